/**
 * Looks for a schedule under which OTP shows a trace, too.
 *
 * Where a program leaves open who of several is faster, OTP has several outcomes. The schedules
 * tried first are those that make the processes faster or slower of which the two traces differ.
 */
import type { Assignment, Schedule } from './encode.ts'
import type { Program } from './program.ts'
import { Randomness } from './random.ts'
import { actorsOf, canonical } from './trace.ts'

/** What is to be explained: a trace, and what OTP showed when it scheduled as it liked. */
export interface Riddle {
  readonly program: Program
  /** Both in canonical form. */
  readonly wanted: string
  readonly usual: string
}

/** Whatever runs programs under schedules; a `Beam` does. */
export interface Runner {
  run(batch: readonly Assignment[]): Promise<string[]>
}

/** How many schedules it took, or that there was none among so many. */
export interface Explanation {
  readonly found: boolean
  readonly tried: number
}

/** How long to look. */
export interface Patience {
  readonly schedules: number
  isOver(): boolean
}

const schedulesAtOnce = 16

/** Tries schedules until OTP shows the trace, or patience is over. */
export async function explain(
  runner: Runner,
  riddle: Riddle,
  patience: Patience,
): Promise<Explanation> {
  const { program, wanted } = riddle
  const all = schedules(riddle)
  let tried = 0
  while (tried < patience.schedules && !patience.isOver()) {
    const some = Array.from({ length: schedulesAtOnce }, () => all.next().value)
    const traces = await runner.run(some.map((schedule) => ({ program, ...schedule })))
    const index = traces.findIndex((trace) => canonical(program, trace) === wanted)
    if (index >= 0) return { found: true, tried: tried + index + 1 }
    tried += schedulesAtOnce
  }
  return { found: false, tried }
}

/** Schedules, the most promising first. */
function* schedules(riddle: Riddle): Generator<Schedule, never> {
  const random = new Randomness(1, 1)
  const all = allActors(riddle)
  const differing = differingActors(riddle)
  for (const slow of [differing, without(all, differing)]) yield* bothWays(random, slow)
  for (const one of [...differing, ...without(all, differing)]) {
    yield* bothWays(random, [one])
    yield* bothWays(random, without(all, [one]))
  }
  for (;;) {
    const some = differing.filter(() => random.chance(50))
    yield* bothWays(random, some)
    yield* bothWays(random, without(all, some))
    yield { noise: noiseOf(random), slow: 'any' }
    yield* bothWays(
      random,
      all.filter(() => random.chance(50)),
    )
  }
}

/** Without pauses and with them: odd noise has none. */
function* bothWays(random: Randomness, slow: readonly number[]): Generator<Schedule, void> {
  const noise = noiseOf(random)
  yield { noise, slow }
  yield { noise: noise + 1, slow }
}

function noiseOf(random: Randomness): number {
  return random.below(2 ** 28) * 2 + 1
}

/** The ids of all who do anything in either trace. */
function allActors({ wanted, usual }: Riddle): number[] {
  return [...new Set([...actorsOf(wanted), ...actorsOf(usual)].map(([actor]) => idOf(actor)))]
}

/** The ids of those of whom the traces tell different things. */
function differingActors({ wanted, usual }: Riddle): number[] {
  const here = new Map(actorsOf(wanted))
  const there = new Map(actorsOf(usual))
  const actors = new Set([...here.keys(), ...there.keys()])
  const differing = [...actors].filter((actor) => here.get(actor) !== there.get(actor))
  return [...new Set(differing.map(idOf))]
}

function idOf(actor: string): number {
  return actor.startsWith('c') ? -Number(actor.slice(1)) : Number.parseInt(actor, 10)
}

function without(all: readonly number[], some: readonly number[]): number[] {
  return all.filter((each) => !some.includes(each))
}
