/**
 * The command line of the mutants.
 *
 * Invariant: what is not understood is refused as a whole, with one line for each problem.
 */
import { parseArgs } from 'node:util'

/** What is asked for. */
export interface Options {
  /** Ids of the mutants to try; empty: all. */
  readonly only: readonly string[]
  readonly seeds: number
  readonly jobs: number
  /** A file with mutants in the place of those here. */
  readonly list: string | undefined
  readonly task: 'try' | 'names' | 'report'
  readonly json: boolean
}

/** What becomes of a command line. */
export type ParsedOptions =
  | { readonly kind: 'run'; readonly options: Options }
  | { readonly kind: 'help' }
  | { readonly kind: 'refused'; readonly message: string }

/** So many seeds a mutant has to be found with. */
const defaultSeeds = 40
const seedsMax = 100_000
const jobsMax = 64

/** What `--help` prints. */
export const usage = `Plants bugs in a copy of the source, one at a time, and lets the simulator
hunt them; the source without a bug is hunted first, with the same seeds.

Usage: npm run mutants -- [options]

  --only ID       try this mutant alone; may be given several times
  --seeds N       how many seeds a mutant has to be found with
                  (1 to ${seedsMax}, default ${defaultSeeds})
  --jobs N        how many are tried side by side (1 to ${jobsMax}, default 1)
  --names         list the mutants and try none
  --list FILE     a JSON file with mutants in the place of ours: id, bug, targets, changes
  --report        write what was found to docs/evidence/mutants.md
  --json          print one JSON document at the end and nothing else
  --help          print this text

Exit code: 0 if every mutant was found that can be, 1 if one was not or the sound source fell, 2 for
wrong options or a mutant that does not fit the source, 130 after Ctrl-C.
`

/** Reads a command line, without the program's own name. */
export function parseOptions(given: readonly string[]): ParsedOptions {
  const problems: string[] = []
  const values = readValues(given, problems)
  if (values.help === true) return { kind: 'help' }
  const seeds = wholeNumber({ name: 'seeds', max: seedsMax }, values.seeds, problems)
  const jobs = wholeNumber({ name: 'jobs', max: jobsMax }, values.jobs, problems)
  const only = values.only ?? []
  const isPart = only.length > 0 || values.list !== undefined
  if (values.report === true && isPart) problems.push('--report is for all mutants that are here')
  if (values.report === true && values.names === true) problems.push('--names tries no mutant')
  if (problems.length > 0) {
    const lines = problems.map((problem) => `Cannot read the options: ${problem}`)
    return { kind: 'refused', message: `${lines.join('\n')}\nTry --help` }
  }
  const task = values.names === true ? 'names' : values.report === true ? 'report' : 'try'
  const { list, json = false } = values
  const counts = { seeds: seeds ?? defaultSeeds, jobs: jobs ?? 1 }
  return { kind: 'run', options: { only, ...counts, list, task, json } }
}

function readValues(given: readonly string[], problems: string[]) {
  try {
    return parseArgs({
      args: [...given],
      options: {
        only: { type: 'string', multiple: true },
        seeds: { type: 'string' },
        jobs: { type: 'string' },
        list: { type: 'string' },
        names: { type: 'boolean' },
        report: { type: 'boolean' },
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
  if (value >= 1 && value <= max) return value
  problems.push(`--${name} is ${JSON.stringify(text)}, want a whole number from 1 to ${max}`)
  return undefined
}
