/**
 * The exhaustive tier: small programs, each in every order of events.
 *
 * Invariant: what is counted as complete has been run in all its orders, each once.
 */
import { explore, type ReactionOrder, type Recording, virtualHost } from 'flotilla/testing'
import { belowOf, drawProgram } from './draw.ts'
import { type Family, programsOf } from './enumerate.ts'
import { type Program, stepKinds } from './program.ts'
import { runProgram } from './run-program.ts'
import type { Plant } from './world.ts'

/** Programs that are all run, up to a number of steps. */
export interface Stretch {
  readonly family: Family
  readonly stepsMax: number
  /** As for `explore`; default `first`. */
  readonly reactions?: ReactionOrder
}

/** What was run, and how much of it. */
export interface TierCount {
  readonly name: string
  programs: number
  /** Programs of which every order was run. */
  complete: number
  interleavings: number
  operations: number
}

/** A program that failed, and the order in which it did. */
export interface Finding {
  readonly program: Program
  readonly recording: Recording
  readonly error: unknown
}

/** What came of a tier. */
export interface TierResult {
  readonly count: TierCount
  readonly finding: Finding | undefined
}

/** How a tier is run. */
export interface TierOptions {
  /** Hears of the counts after each program. */
  readonly onProgress?: (count: TierCount) => void
  readonly plant?: Plant
}

const key = ['a']
const keys = ['a', 'b']

/** Steps that get in each other's way, in families so small that all their programs can be run. */
export const families = {
  byHand: familyOf('names taken by hand', ['look', 'register', 'unregister', 'exit'], key),
  byStart: familyOf('names taken by a start', ['look', 'exit', 'start', 'keep'], key),
  slowly: familyOf('starts that take a while or fail', ['look', 'exit', 'begin', 'fail'], key),
  guarded: familyOf('ends that take a while', ['look', 'start', 'guard', 'stop'], key),
  mixed: familyOf('names taken in both ways', ['look', 'register', 'exit', 'start', 'ask'], key),
  crew: familyOf('workers of a fleet', ['find', 'dismiss', 'hire', 'ensure', 'retire'], key),
  locks: familyOf('locks', ['lock', 'evict'], key),
  twoKeys: familyOf('two names', ['look', 'register', 'unregister', 'exit'], keys),
  everything: familyOf('every kind of step', stepKinds, key),
  waits: familyOf('steps that wait', ['exit', 'begin', 'ensure', 'lock'], key),
} as const

function familyOf(name: string, kinds: Family['kinds'], keys: readonly string[]): Family {
  return { name, kinds, keys, client: 'process' }
}

/** The families by name. */
export type Families = typeof families

/** How much of the exhaustive tier is run: what a test run has time for, or all of it. */
export type Extent = 'quick' | 'full'

interface Planned extends Readonly<Record<Extent, number>> {
  readonly family: Family
  readonly reactions?: ReactionOrder
}

const plan: readonly Planned[] = [
  { family: families.byHand, quick: 3, full: 6 },
  { family: families.byStart, quick: 3, full: 5 },
  { family: families.slowly, quick: 3, full: 4 },
  { family: families.guarded, quick: 3, full: 4 },
  { family: families.mixed, quick: 3, full: 4 },
  { family: families.crew, quick: 3, full: 4 },
  { family: families.locks, quick: 3, full: 6 },
  { family: families.twoKeys, quick: 3, full: 4 },
  { family: families.everything, quick: 2, full: 3 },
  { family: families.waits, quick: 2, full: 2, reactions: 'chosen' },
]

/** How many drawn programs are run, and in how many orders at most. */
const samples: Readonly<Record<Extent, Pick<Sample, 'programs' | 'ordersMax'>>> = {
  quick: { programs: 10, ordersMax: 200 },
  full: { programs: 50, ordersMax: 20_000 },
}

/** The programs that are all run. */
export function stretchesOf(extent: Extent): readonly Stretch[] {
  return plan.map(({ family, reactions = 'first', ...each }) => {
    return { family, stepsMax: each[extent], reactions }
  })
}

/** One part of the tier, to be run. */
export type Tier = (options: TierOptions) => Promise<TierResult>

/** All parts of the tier: the programs that are all run, and a sample of bigger ones. */
export function tiersOf(extent: Extent, seed: number): readonly Tier[] {
  const sample = { ...samples[extent], seed, stepsMin: 5, stepsMax: 7 }
  return [
    ...stretchesOf(extent).map(
      (stretch): Tier =>
        (options) =>
          runStretch(stretch, options),
    ),
    (options) => runSample(sample, options),
  ]
}

/** Runs every program of a family with at most so many steps in every order. */
export function runStretch(
  { family, stepsMax, reactions = 'first' }: Stretch,
  options: TierOptions = {},
): Promise<TierResult> {
  const late = reactions === 'first' ? '' : ', reactions in any order'
  const count = newCount(`${family.name}, up to ${stepsMax} steps${late}`)
  return runAll(upTo(family, stepsMax), count, { ...options, reactions, ordersMax: unlimited })
}

const unlimited = Number.MAX_SAFE_INTEGER

function* upTo(family: Family, stepsMax: number): IterableIterator<Program> {
  for (let steps = 1; steps <= stepsMax; steps += 1) yield* programsOf(family, steps)
}

/** Which programs are drawn, and how many. */
export interface Sample {
  readonly programs: number
  readonly seed: number
  readonly stepsMin: number
  readonly stepsMax: number
  /** Of a program with more orders than this, only so many are run. */
  readonly ordersMax: number
}

/** Runs programs of all kinds of steps, drawn by chance, in every order. */
function runSample(sample: Sample, options: TierOptions = {}): Promise<TierResult> {
  const { stepsMin, stepsMax, ordersMax } = sample
  const name = `drawn programs of ${stepsMin} to ${stepsMax} steps`
  return runAll(drawnFrom(sample), newCount(name), { ...options, ordersMax })
}

function* drawnFrom({ programs, seed, stepsMin, stepsMax }: Sample): IterableIterator<Program> {
  const { random } = virtualHost({ seed })
  const below = belowOf(() => random.u32())
  for (let count = 0; count < programs; count += 1) {
    const steps = stepsMin + below(stepsMax - stepsMin + 1)
    yield drawProgram(below, { clients: 1 + below(3), steps, keys: 1 + below(2) })
  }
}

function newCount(name: string): TierCount {
  return { name, programs: 0, complete: 0, interleavings: 0, operations: 0 }
}

interface RunAllOptions extends TierOptions {
  readonly ordersMax: number
  readonly reactions?: ReactionOrder
}

async function runAll(
  programs: Iterable<Program>,
  count: TierCount,
  { ordersMax, plant, onProgress, reactions = 'first' }: RunAllOptions,
): Promise<TierResult> {
  for (const program of programs) {
    const outcome = await explore(
      async (host) => {
        count.operations += (await runProgram(program, host, { plant })).operations
      },
      { maxRuns: ordersMax, reactions },
    )
    count.programs += 1
    count.interleavings += outcome.runs
    if (!outcome.ok) {
      const { error, recording } = outcome
      return { count, finding: { program, recording, error } }
    }
    if (outcome.complete) count.complete += 1
    onProgress?.(count)
  }
  return { count, finding: undefined }
}
