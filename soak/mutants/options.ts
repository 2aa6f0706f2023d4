/**
 * The command line of the mutants.
 *
 * Invariant: what is not understood is refused as a whole, with one line for each problem.
 */
import type { CommandLine } from '../../programs/command-line.ts'
import { readCommandLine } from '../../programs/options.ts'

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
export function parseOptions(given: readonly string[]): CommandLine<Options> {
  return readCommandLine(given, known, (values, check) => {
    const { only = [], list, json = false, names = false, report = false } = values
    if (report && (only.length > 0 || list !== undefined)) {
      check.problems.push('--report is for all mutants that are here')
    }
    if (report && names) check.problems.push('--names tries no mutant')
    return {
      only,
      seeds: check.wholeNumber('seeds', values.seeds, [1, seedsMax]) ?? defaultSeeds,
      jobs: check.wholeNumber('jobs', values.jobs, [1, jobsMax]) ?? 1,
      list,
      task: names ? 'names' : report ? 'report' : 'try',
      json,
    }
  })
}

const known = {
  only: { type: 'string', multiple: true },
  seeds: { type: 'string' },
  jobs: { type: 'string' },
  list: { type: 'string' },
  names: { type: 'boolean' },
  report: { type: 'boolean' },
  json: { type: 'boolean' },
} as const
