/**
 * The command line of the soak.
 *
 * Invariant: what is not understood is refused, with one line that says what was given and what is
 * wanted.
 */
import { parseArgs } from 'node:util'
import type { CommandLine } from '../../programs/command-line.ts'
import { isPlant, type Plant, plants } from './plants.ts'
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
  --plant X          plants a defect: ${Object.keys(plants).join(', ')}
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
  try {
    const { values } = parseArgs({ args: [...given], options: known })
    if (values.help === true) return { kind: 'help' }
    return { kind: 'run', options: read(values) }
  } catch (error) {
    if (!(error instanceof Error)) throw error
    return { kind: 'refused', message: `Cannot read the options: ${error.message}\nTry --help` }
  }
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
  help: { type: 'boolean', short: 'h' },
} as const

type Values = { readonly [N in keyof typeof known]?: string | boolean }

function read(values: Values): Options {
  const whole = (name: keyof Values, min: number, max: number): number | undefined => {
    return numberOf(name, values[name], { min, max, isWhole: true })
  }
  const { level = 'S0', plant, output, report } = values
  const comparing = values['compare-elixir'] === true
  const options: Options = {
    level: levelNames.find((name) => name === level) ?? refuse('level', level, levelNames),
    task: comparing ? 'compare' : 'run',
    minutes: numberOf('minutes', values.minutes, { min: 0.02, max: 10_000, isWhole: false }),
    workers: whole('workers', 1, 1_000_000),
    callsPerSecond: whole('calls', 1, 1_000_000),
    endsPerSecond: whole('ends', 0, 100_000),
    seed: whole('seed', 0, 2 ** 32 - 1),
    plant: plantOf(plant),
    measureCeiling: values['measure-ceiling'] === true,
    rounds: whole('rounds', 1, 100) ?? 3,
    collects: values['no-collect'] !== true,
    json: values.json === true,
    report: typeof report === 'string' ? report : undefined,
    output: typeof output === 'string' ? output : 'build/soak-runs',
  }
  if (comparing && options.plant !== undefined) {
    throw new RangeError('--plant is for a run alone, not for --compare-elixir')
  }
  if (!comparing && values.rounds !== undefined) {
    throw new RangeError('--rounds is for --compare-elixir')
  }
  return options
}

function plantOf(given: string | boolean | undefined): Plant | undefined {
  if (typeof given !== 'string') return undefined
  return isPlant(given) ? given : refuse('plant', given, Object.keys(plants))
}

function refuse(name: string, given: unknown, wanted: readonly string[]): never {
  throw new RangeError(`--${name} is ${JSON.stringify(given)}, want ${wanted.join(', ')}`)
}

interface Limits {
  readonly min: number
  readonly max: number
  readonly isWhole: boolean
}

/** Plain decimal digits only: no sign, exponent or blanks that `Number` would take. */
function numberOf(
  name: string,
  text: string | boolean | undefined,
  { min, max, isWhole }: Limits,
): number | undefined {
  if (typeof text !== 'string') return undefined
  const value = Number(text)
  const isNumber = text.length <= 20 && (isWhole ? /^\d+$/ : /^\d+(\.\d+)?$/).test(text)
  if (isNumber && value >= min && value <= max) return value
  const kind = isWhole ? 'a whole number' : 'a number'
  throw new RangeError(`--${name} is ${JSON.stringify(text)}, want ${kind} from ${min} to ${max}`)
}
