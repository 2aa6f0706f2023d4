/**
 * The random tier: bigger programs, each in one order of events drawn by chance.
 *
 * Invariant: a round is decided by its seed alone, so that of a million the one that failed can be
 * run again.
 */
import {
  exploringHost,
  prioritySchedule,
  randomSchedule,
  type Schedule,
  virtualHost,
} from 'flotilla/testing'
import { type Below, belowOf, drawProgram } from './draw.ts'
import { runProgram } from './run-program.ts'
import type { Plant } from './world.ts'

/** What was run so far. */
export interface RandomCount {
  rounds: number
  operations: number
}

/** What came of the tier. */
export interface RandomResult {
  readonly count: RandomCount
  readonly finding: { readonly seed: number; readonly error: unknown } | undefined
}

/** How much is run. */
export interface RandomOptions {
  /** Until so many operations have been checked. */
  readonly operations: number
  /** Of the first round; each has the next one. */
  readonly seed: number
  readonly onProgress?: (count: RandomCount) => void
  readonly plant?: Plant
}

/** Runs rounds until enough operations have been checked, or one fails. */
export async function runRandom(options: RandomOptions): Promise<RandomResult> {
  const { seed: first, onProgress, plant } = options
  const count: RandomCount = { rounds: 0, operations: 0 }
  while (count.operations < options.operations) {
    const seed = (first + count.rounds) % 2 ** 32
    count.rounds += 1
    try {
      count.operations += await runRound(seed, plant)
    } catch (error) {
      return { count, finding: { seed, error } }
    }
    onProgress?.(count)
  }
  return { count, finding: undefined }
}

/**
 * Runs one round: a program, a schedule and the order of reactions, all drawn from its seed.
 *
 * @returns how many operations were checked
 */
export async function runRound(seed: number, plant?: Plant): Promise<number> {
  const { random } = virtualHost({ seed })
  const below = belowOf(() => random.u32())
  const program = drawProgram(below, {
    clients: 2 + below(7),
    steps: 20 + below(100),
    keys: 1 + below(4),
  })
  const reactions = below(2) === 0 ? 'first' : 'chosen'
  const host = exploringHost({ seed, schedule: drawSchedule(below), reactions })
  // More than the table keeps vacant places for.
  const churn = below(20) === 0 ? 1200 : 0
  return (await runProgram(program, host, { plant, churn })).operations
}

/** By chance and by priorities in turn: what one hardly ever finds the other often does. */
function drawSchedule(below: Below): Schedule {
  const seed = below(2 ** 32)
  if (below(2) === 0) return randomSchedule({ seed })
  return prioritySchedule({ seed, changePoints: below(7), decisions: 400 })
}
