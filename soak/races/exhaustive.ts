/**
 * The exhaustive tier: small programs, each in every order of events.
 *
 * Invariant: what is counted as complete has been run in all its orders, each once.
 */
import { explore, type Recording, virtualHost } from 'flotilla/testing'
import { belowOf, drawProgram } from './draw.ts'
import { type Family, programsOf } from './enumerate.ts'
import { type Program, stepKinds } from './program.ts'
import { runProgram } from './run-program.ts'
import type { Plant } from './world.ts'

/** Programs that are all run, up to a number of steps. */
export interface Stretch {
  readonly family: Family
  readonly stepsMax: number
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
  /** Hears of the counts, every so often. */
  readonly onProgress?: (count: TierCount) => void
  readonly plant?: Plant
  readonly signal?: AbortSignal
}

const key = ['a']
const keys = ['a', 'b']

/** What a client may do with names alone, as one family for each way to hold one. */
export const families = {
  byHand: familyOf('names taken by hand', ['look', 'register', 'unregister', 'exit'], key),
  byStart: familyOf('names taken by a start', ['look', 'exit', 'start', 'keep'], key),
  slowly: familyOf('starts that take a while or fail', ['look', 'exit', 'begin', 'fail'], key),
  mixed: familyOf('names taken in both ways', ['look', 'register', 'exit', 'start', 'ask'], key),
  crew: familyOf('workers of a fleet', ['find', 'dismiss', 'ensure', 'retire'], key),
  locks: familyOf('locks', ['lock', 'evict'], key),
  twoKeys: familyOf('two names', ['look', 'register', 'unregister', 'exit'], keys),
  everything: familyOf('every kind of step', stepKinds, key),
} as const

/** The families by name. */
export type Families = typeof families

function familyOf(name: string, kinds: Family['kinds'], keys: readonly string[]): Family {
  return { name, kinds, keys, client: 'process' }
}

/** Runs every program of a family with at most so many steps in every order. */
export function runStretch(
  { family, stepsMax }: Stretch,
  options: TierOptions = {},
): Promise<TierResult> {
  const name = `${family.name}, up to ${stepsMax} steps`
  return runAll(upTo(family, stepsMax), newCount(name), { ...options, ordersMax: unlimited })
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
export function runSample(sample: Sample, options: TierOptions = {}): Promise<TierResult> {
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

async function runAll(
  programs: Iterable<Program>,
  count: TierCount,
  { ordersMax, ...options }: TierOptions & { readonly ordersMax: number },
): Promise<TierResult> {
  for (const program of programs) {
    if (options.signal?.aborted === true) break
    const outcome = await explore(
      async (host) => {
        count.operations += (await runProgram(program, host, options.plant)).operations
      },
      { maxRuns: ordersMax },
    )
    count.programs += 1
    count.interleavings += outcome.runs
    if (!outcome.ok) {
      const { error, recording } = outcome
      return { count, finding: { program, recording, error } }
    }
    if (outcome.complete) count.complete += 1
    options.onProgress?.(count)
  }
  return { count, finding: undefined }
}
