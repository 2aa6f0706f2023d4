/**
 * The command line of the long form of the race checks.
 *
 * Invariant: what is not understood is refused as a whole, with one line for each problem.
 */
import { parseArgs } from 'node:util'
import type { CommandLine } from '../../programs/command-line.ts'
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
  const problems: string[] = []
  const values = readValues(given, problems)
  if (values.help === true) return { kind: 'help' }
  const operations = wholeNumber(
    { name: 'operations', max: operationsMax },
    values.operations,
    problems,
  )
  const seed = wholeNumber({ name: 'seed', max: seedMax }, values.seed, problems)
  const wanted = values.exhaustive ?? 'quick'
  const exhaustive = extents.find((extent) => extent === wanted)
  if (exhaustive === undefined) {
    problems.push(`--exhaustive is ${JSON.stringify(wanted)}, want ${extents.join(', ')}`)
  }
  if (exhaustive === undefined || problems.length > 0) {
    const lines = problems.map((problem) => `Cannot read the options: ${problem}`)
    return { kind: 'refused', message: `${lines.join('\n')}\nTry --help` }
  }
  const json = values.json === true
  return { kind: 'run', options: { operations: operations ?? 100_000, seed, exhaustive, json } }
}

function readValues(given: readonly string[], problems: string[]) {
  try {
    return parseArgs({
      args: [...given],
      options: {
        operations: { type: 'string' },
        seed: { type: 'string' },
        exhaustive: { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values
  } catch (error) {
    problems.push(error instanceof Error ? error.message : String(error))
    return {}
  }
}

/** Plain decimal digits only: no sign, exponent or blanks that `Number` would take. */
function wholeNumber(
  { name, max }: { readonly name: string; readonly max: number },
  text: string | undefined,
  problems: string[],
): number | undefined {
  if (text === undefined) return undefined
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN
  if (value <= max) return value
  problems.push(`--${name} is ${JSON.stringify(text)}, want a whole number from 0 to ${max}`)
  return undefined
}
