/**
 * The command line of the long form of the race checks.
 *
 * Invariant: what is not understood is refused as a whole, with one line for each problem.
 */
import type { CommandLine } from '../../programs/command-line.ts'
import { readCommandLine } from '../../programs/options.ts'
import type { Extent } from './exhaustive.ts'

/** What is asked for. */
export interface Options {
  /** How many operations the random tier checks at least. */
  readonly operations: number
  /** Of the first round of the random tier; left out: a new one. */
  readonly seed: number | undefined
  /** How much of the exhaustive tier is run. */
  readonly exhaustive: Extent | 'none'
  readonly json: boolean
}

const extents = ['none', 'quick', 'full'] as const
const operationsMax = 1_000_000_000
const seedMax = 2 ** 32 - 1

/** What `--help` prints. */
export const usage = `Checks that names, workers of fleets and locks are linearizable: every order
of small programs, and bigger ones in orders drawn by chance.

Usage: npm run test:races -- [options]

  --operations N   operations the random tier checks at least
                   (0 to ${operationsMax}, default 100000)
  --seed N         of its first round; each has the next one (0 to ${seedMax}, default by chance)
  --exhaustive X   how much of the exhaustive tier is run: none, quick (default) or full
  --json           print one JSON document at the end and nothing else
  --help           print this text

Exit code: 0 if nothing was found, 1 if a violation was, 2 for wrong options. A round that failed
is run again by: npm run test:races -- --exhaustive none --operations 1 --seed N
`

/** Reads a command line, without the program's own name. */
export function parseOptions(given: readonly string[]): CommandLine<Options> {
  return readCommandLine(given, known, (values, check) => ({
    operations: check.wholeNumber('operations', values.operations, [0, operationsMax]) ?? 100_000,
    seed: check.wholeNumber('seed', values.seed, [0, seedMax]),
    exhaustive: check.oneOf('exhaustive', values.exhaustive, extents) ?? 'quick',
    json: values.json === true,
  }))
}

const known = {
  operations: { type: 'string' },
  seed: { type: 'string' },
  exhaustive: { type: 'string' },
  json: { type: 'boolean' },
} as const
