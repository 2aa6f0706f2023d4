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
/** So many at first are drawn alone, before the best of them is worked on. */
const wideSchedules = 1024
/** After so many without getting nearer, another one is worked on. */
const staleSchedules = 1024

/**
 * Tries schedules until OTP shows the trace, or patience is over.
 *
 * Where several races must all end in a certain way, none of a few thousand schedules does it by
 * chance. So the best one so far is changed from some birth on, which keeps what was right before.
 */
export async function explain(
  runner: Runner,
  riddle: Riddle,
  patience: Patience,
): Promise<Explanation> {
  const { program, wanted } = riddle
  const random = new Randomness(1, 2)
  const wide = schedules(riddle)
  let best: Found = { schedule: wide.next().value, score: Number.NEGATIVE_INFINITY }
  let nearerAt = 0
  let tried = 0
  while (tried < patience.schedules && !patience.isOver()) {
    const isWide = tried < wideSchedules
    const some = Array.from({ length: schedulesAtOnce }, (_, index) => {
      return isWide || index % 4 === 0 ? wide.next().value : turned(best, riddle, random)
    })
    const traces = await runner.run(some.map((schedule) => ({ program, ...schedule })))
    const shown = traces.map((trace) => canonical(program, trace))
    const index = shown.indexOf(wanted)
    if (index >= 0) return { found: true, tried: tried + index + 1 }
    for (const [place, schedule] of some.entries()) {
      const score = likeness(wanted, shown[place] ?? '')
      if (score > best.score) nearerAt = tried
      if (score >= best.score) best = { schedule, score }
    }
    tried += schedulesAtOnce
    if (tried - nearerAt < staleSchedules + wideSchedules) continue
    best = { schedule: wide.next().value, score: Number.NEGATIVE_INFINITY }
    nearerAt = tried
  }
  return { found: false, tried }
}

interface Found {
  readonly schedule: Schedule
  readonly score: number
}

/** Births are counted by step: the third one in step 2 has the number 2003. */
const birthsPerStep = 1000

/** The same schedule up to some birth in the first step that is wrong, another noise from there. */
function turned({ schedule, score }: Found, riddle: Riddle, random: Randomness): Schedule {
  const step = Math.max(0, Math.floor(score))
  const lives = actorsOf(riddle.wanted.split('\n\n')[step] ?? '').length
  const from = step * birthsPerStep + random.below(2 * lives + 2)
  const all = allActors(riddle)
  const slow = random.weighted<() => Schedule['slow']>([
    [2, () => 'any'],
    [2, () => differingActors(riddle).filter(() => random.chance(50))],
    [2, () => all.filter(() => random.chance(50))],
    [1, () => []],
  ])()
  const turn = { from, noise: noiseOf(random) + random.below(2), slow }
  const kept = schedule.turns.filter((each) => each.from < from)
  return { ...schedule, turns: [...kept, turn] }
}

/**
 * How many steps of a wanted trace another one shows, and what share of the next. There early lives
 * count more than all that come after them: a turn keeps what was before it, so what is right is to
 * grow from the beginning.
 */
function likeness(wanted: string, shown: string): number {
  const theirs = shown.split('\n\n')
  const ours = wanted.split('\n\n')
  const step = ours.findIndex((each, index) => each !== theirs[index])
  return step < 0 ? ours.length : step + shareOf(ours[step] ?? '', theirs[step] ?? '')
}

function shareOf(wanted: string, shown: string): number {
  const others = keyedLines(shown)
  const lines = [...keyedLines(wanted)]
  const first = Math.min(...lines.map(([, line]) => lifeOf(line)))
  let share = 0
  let whole = 1
  for (const [key, line] of lines) {
    const weight = 2 ** (first - lifeOf(line)) + 1 / 1000
    const other = others.get(key) ?? ''
    share += other === line ? weight : (weight / 1000) * (sharedStart(line, other) / line.length)
    whole += weight
  }
  return share / whole
}

/** The number of the life a line is about; what is about no life comes last. */
function lifeOf(line: string): number {
  return Number(/^\d+#(\d+) /.exec(line)?.[1] ?? 1000)
}

/** The lines of a step by whom they are about. */
function keyedLines(step: string): Map<string, string> {
  return new Map(step.split('\n').map((line) => [/^[^ :(]*/.exec(line)?.[0] ?? '', line]))
}

function sharedStart(left: string, right: string): number {
  let length = 0
  while (length < left.length && left[length] === right[length]) length += 1
  return length
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
    yield { noise: noiseOf(random), slow: 'any', turns: [] }
    yield* bothWays(
      random,
      all.filter(() => random.chance(50)),
    )
  }
}

/** Without pauses and with them: odd noise has none. */
function* bothWays(random: Randomness, slow: readonly number[]): Generator<Schedule, void> {
  const noise = noiseOf(random)
  yield { noise, slow, turns: [] }
  yield { noise: noise + 1, slow, turns: [] }
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
