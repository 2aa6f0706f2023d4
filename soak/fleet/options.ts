/**
 * The command line of the soak.
 *
 * Invariant: what is not understood is refused as a whole, with one line for each problem.
 */
import type { CommandLine } from '../../programs/command-line.ts'
import { readCommandLine } from '../../programs/options.ts'
import { type Plant, plantNames } from './plants.ts'
import { type LevelName, levelNames } from './workload.ts'

/** What the soak is asked to do. */
export interface Options {
  readonly level: LevelName
  readonly task: 'run' | 'compare'
  /** In the place of what the level says. */
  readonly minutes: number | undefined
  readonly workers: number | undefined
  readonly callsPerSecond: number | undefined
  readonly endsPerSecond: number | undefined
  readonly seed: number | undefined
  readonly plant: Plant | undefined
  readonly measureCeiling: boolean
  readonly rounds: number
  readonly collects: boolean
  readonly json: boolean
  /** Where to write counts in the shape of vitest's JSON reporter, for .ci/run. */
  readonly report: string | undefined
  /** Where the CSV and the picture go. */
  readonly output: string
}

/** What `--help` prints. */
export const usage = `Keeps fleets of workers under load and churn, and judges what clients see.

Usage: npm run soak -- [options]

  --level X          S0 (default), S1 or S2: how many workers, calls and ends, and for how long
  --minutes N        length, in the place of the level's (0.02 to 10000)
  --workers N        workers, in the place of the level's (1 to 1000000)
  --calls N          calls offered each second, in the place of the level's (1 to 1000000)
  --ends N           ends of workers each second, in the place of the level's (0 to 100000)
  --measure-ceiling  first finds out what the thread can do, and keeps the load at 65 % of that
  --plant X          plants a defect: ${plantNames.join(', ')}
  --seed N           decides who does what to whom (0 to 4294967295, default by chance)
  --no-collect       does not collect garbage to see how much memory is left
  --compare-elixir   runs the same on Elixir in turn and prints both side by side
  --rounds N         how often, for --compare-elixir (1 to 100, default 3)
  --output FOLDER    where the CSV and the picture go (default build/soak-runs)
  --report FILE      also write counts to a file, as vitest's JSON reporter does
  --json             print one JSON document at the end and nothing else on standard output
  --help             print this text

Exit code: 0 if every criterion held, 1 if one broke, 2 for wrong options or without Elixir,
130 if interrupted. Ctrl-C stops in order and still judges what was seen; a second one does not
wait.
`

/** Reads a command line, without the program's own name. */
export function parseOptions(given: readonly string[]): CommandLine<Options> {
  return readCommandLine(given, known, (values, check) => {
    const { plant, output = 'build/soak-runs', report } = values
    const comparing = values['compare-elixir'] === true
    if (comparing && plant !== undefined) {
      check.problems.push('--plant is for a run alone, not for --compare-elixir')
    }
    if (!comparing && values.rounds !== undefined) {
      check.problems.push('--rounds is for --compare-elixir')
    }
    return {
      level: check.oneOf('level', values.level, levelNames) ?? 'S0',
      task: comparing ? 'compare' : 'run',
      minutes: check.decimal('minutes', values.minutes, [0.02, 10_000]),
      workers: check.wholeNumber('workers', values.workers, [1, 1_000_000]),
      callsPerSecond: check.wholeNumber('calls', values.calls, [1, 1_000_000]),
      endsPerSecond: check.wholeNumber('ends', values.ends, [0, 100_000]),
      seed: check.wholeNumber('seed', values.seed, [0, 2 ** 32 - 1]),
      plant: check.oneOf('plant', plant, plantNames),
      measureCeiling: values['measure-ceiling'] === true,
      rounds: check.wholeNumber('rounds', values.rounds, [1, 100]) ?? 3,
      collects: values['no-collect'] !== true,
      json: values.json === true,
      report,
      output,
    }
  })
}

const known = {
  level: { type: 'string' },
  minutes: { type: 'string' },
  workers: { type: 'string' },
  calls: { type: 'string' },
  ends: { type: 'string' },
  'measure-ceiling': { type: 'boolean' },
  plant: { type: 'string' },
  seed: { type: 'string' },
  'no-collect': { type: 'boolean' },
  'compare-elixir': { type: 'boolean' },
  rounds: { type: 'string' },
  output: { type: 'string' },
  report: { type: 'string' },
  json: { type: 'boolean' },
} as const
