/**
 * The command line of the oracle.
 *
 * Invariant: what is not understood is refused as a whole, with one line for each problem.
 */
import type { CommandLine } from '../programs/command-line.ts'
import { readCommandLine } from '../programs/options.ts'

/** What the oracle is asked to do. */
export interface Options {
  readonly task: 'compare' | 'record'
  readonly programs: number
  /** Decides every program; left out: a new one. */
  readonly seed: number | undefined
  /** How many differences are enough. */
  readonly differences: number
  readonly json: boolean
  /** Where to write counts in the shape of vitest's JSON reporter, for .ci/run. */
  readonly report: string | undefined
}

/** What `--help` prints. */
export const usage = `Runs random programs on Elixir/OTP and on Flotilla and compares what happens.

Usage: npm run test:otp -- [options]

  --programs N     how many programs (1 to 100000000, default 20000)
  --seed N         decides them all (0 to 4294967295, default by chance)
  --differences N  how many differences are enough to stop (1 to 1000, default 1)
  --json           print one JSON document at the end and nothing else on standard output
  --report FILE    also write the counts to a file, as vitest's JSON reporter does
  --record         run programs and write those that cover most to the corpus of npm test
  --help           print this text

Exit code: 0 if there is no difference, 1 if there is one, 2 for wrong options or without Elixir.
Ctrl-C stops in order and still prints what was found; a second Ctrl-C does not wait.
`

/** Reads a command line, without the program's own name. */
export function parseOptions(given: readonly string[]): CommandLine<Options> {
  return readCommandLine(given, known, (values, check) => ({
    task: values.record === true ? 'record' : 'compare',
    programs: check.wholeNumber('programs', values.programs, [1, 100_000_000]) ?? 20_000,
    seed: check.wholeNumber('seed', values.seed, [0, 2 ** 32 - 1]),
    differences: check.wholeNumber('differences', values.differences, [1, 1000]) ?? 1,
    json: values.json === true,
    report: values.report,
  }))
}

const known = {
  programs: { type: 'string' },
  seed: { type: 'string' },
  differences: { type: 'string' },
  report: { type: 'string' },
  json: { type: 'boolean' },
  record: { type: 'boolean' },
} as const
