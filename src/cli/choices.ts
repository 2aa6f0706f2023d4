/**
 * The options of the commands that simulate, and what they come to.
 *
 * Invariant: what is not understood is refused as a whole, with one line for each problem.
 */
import { parseArgs } from 'node:util'
import { trust } from '../core/trust.ts'
import type { SimulateOptions } from '../testing/simulation/simulation-run.ts'
import { suggestion } from './nearest.ts'

/** What `flotilla sim run` is to do. */
export interface RunChoices {
  /** Files and folders; none: the current folder. */
  readonly paths: readonly string[]
  readonly only: string | undefined
  readonly seeds: number
  readonly firstSeed: number
  /** The same for each seed. */
  readonly options: Omit<SimulateOptions, 'seed'>
  readonly jobs: number
  /** How long code may hold a process up before that is ended. */
  readonly limitMs: number
  /** Whether each seed is run twice and nothing else is looked at. */
  readonly checksDeterminism: boolean
  /** The document of earlier runs, which these must equal; undefined: there is none. */
  readonly sameAs: string | undefined
  /** How many runs may be spent on making a failure smaller; 0: it stays as it is. */
  readonly maxShrinkRuns: number
  readonly json: boolean
}

/** What `flotilla sim replay` and `flotilla sim shrink` are to do. */
export interface OneChoices {
  readonly file: string
  readonly only: string | undefined
  readonly options: SimulateOptions
  /** The time around which events are shown, in milliseconds. */
  readonly atMs: number | undefined
  readonly maxShrinkRuns: number
  /** How long code may hold a process up before that is ended. */
  readonly limitMs: number
  readonly json: boolean
}

/** What becomes of a command line. */
export type Parsed<C> =
  | { readonly kind: 'run'; readonly choices: C }
  | { readonly kind: 'help' }
  | { readonly kind: 'refused'; readonly problems: readonly string[] }

const drawnOptions = ['minutes', 'schedule', 'faults', 'nodes', 'only-faults', 'only-clients']
const flags = ['json', 'help', 'no-shrink']
const runOptions = [
  ...['seeds', 'first-seed', 'jobs', 'only', 'check-determinism', 'no-shrink', 'json', 'help'],
  ...['minutes', 'schedule', 'faults', 'nodes', 'limit-seconds', 'same-as'],
]
const oneOptions = ['seed', 'only', 'limit-seconds', 'json', 'help', ...drawnOptions]
const replayOptions = ['at', ...oneOptions]
const shrinkOptions = ['max-runs', ...oneOptions]

const seedMax = 2 ** 32 - 1
const shrinkRuns = 100
const limitSeconds = 30

/** Reads what follows `flotilla sim run`. */
export function parseRun(given: readonly string[], cores: number): Parsed<RunChoices> {
  const reader = new Reader(given, runOptions)
  const twice = reader.whole('check-determinism', { min: 1, max: seedMax })
  if (twice !== undefined && reader.has('seeds')) {
    reader.problems.push('--check-determinism says how many seeds: leave out --seeds')
  }
  if (twice !== undefined && reader.has('same-as')) {
    reader.problems.push('--check-determinism compares two runs of its own: leave out --same-as')
  }
  const seeds = twice ?? reader.whole('seeds', { min: 1, max: seedMax }) ?? 100
  const firstSeed = reader.whole('first-seed', { min: 0, max: seedMax }) ?? 1
  if (firstSeed + seeds - 1 > seedMax) {
    reader.problems.push(`seeds are whole numbers up to ${seedMax}, so there are not so many`)
  }
  return reader.parsed({
    paths: reader.paths,
    only: reader.text('only'),
    seeds,
    firstSeed,
    options: reader.drawn(),
    jobs: reader.whole('jobs', { min: 1, max: 1024 }) ?? cores,
    limitMs: reader.limitMs(),
    checksDeterminism: twice !== undefined,
    sameAs: reader.text('same-as'),
    maxShrinkRuns: reader.has('no-shrink') ? 0 : shrinkRuns,
    json: reader.has('json'),
  })
}

/** Reads what follows `flotilla sim replay` or `flotilla sim shrink`. */
export function parseOne(
  command: 'replay' | 'shrink',
  given: readonly string[],
): Parsed<OneChoices> {
  const reader = new Reader(given, command === 'replay' ? replayOptions : shrinkOptions)
  const [file = '', ...others] = reader.paths
  if (reader.paths.length !== 1) {
    const extra = others.length === 0 ? 'none' : reader.paths.join(', ')
    reader.problems.push(`want one file, given ${extra}`)
  }
  const seed = reader.whole('seed', { min: 0, max: seedMax })
  if (seed === undefined && !reader.has('seed')) reader.problems.push('--seed is missing')
  return reader.parsed({
    file,
    only: reader.text('only'),
    options: { seed: seed ?? 0, ...reader.drawn() },
    atMs: reader.decimal('at', 0),
    maxShrinkRuns: reader.whole('max-runs', { min: 1, max: 1_000_000 }) ?? 200,
    limitMs: reader.limitMs(),
    json: reader.has('json'),
  })
}

interface Range {
  readonly min: number
  readonly max: number
}

/** The values of one command line, read one by one. */
class Reader {
  readonly problems: string[] = []
  readonly paths: readonly string[]
  readonly #values: ReadonlyMap<string, string | boolean>

  constructor(given: readonly string[], known: readonly string[]) {
    const { tokens } = parseArgs({
      args: [...given],
      strict: false,
      allowPositionals: true,
      tokens: true,
      options: Object.fromEntries(known.map((name) => [name, { type: typeOf(name) }])),
    })
    const values = new Map<string, string | boolean>()
    const paths: string[] = []
    for (const token of tokens) {
      if (token.kind === 'positional') paths.push(token.value)
      if (token.kind !== 'option') continue
      const name = token.rawName === '-h' ? 'help' : token.name
      const problem = problemOf({ ...token, name }, known)
      if (problem === undefined) values.set(name, token.value ?? true)
      else this.problems.push(problem)
    }
    this.paths = paths
    this.#values = values
  }

  has(name: string): boolean {
    return this.#values.has(name)
  }

  text(name: string): string | undefined {
    const value = this.#values.get(name)
    return typeof value === 'string' ? value : undefined
  }

  /** Plain decimal digits only: no sign, exponent or blanks that `Number` would take. */
  whole(name: string, { min, max }: Range): number | undefined {
    const text = this.text(name)
    if (text === undefined) return undefined
    const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN
    if (value >= min && value <= max) return value
    this.#refuse(name, text, `a whole number from ${min} to ${max}`)
    return undefined
  }

  decimal(name: string, above: number): number | undefined {
    const text = this.text(name)
    if (text === undefined) return undefined
    const value = /^\d+(\.\d+)?(e-\d+)?$/.test(text) ? Number(text) : Number.NaN
    if (value >= above) return value
    this.#refuse(name, text, 'a number such as 0.5')
    return undefined
  }

  limitMs(): number {
    return (this.decimal('limit-seconds', 0.1) ?? limitSeconds) * 1000
  }

  /** Whatever decides a run beside its seed; only what was given. */
  drawn(): Omit<SimulateOptions, 'seed'> {
    const minutes = this.decimal('minutes', 0)
    const schedule = this.#schedule()
    const nodes = this.whole('nodes', { min: 1, max: 26 })
    const faults = this.#faults()
    const onlyFaults = this.#names('only-faults')
    const onlyClients = this.#names('only-clients')
    return {
      ...(minutes === undefined ? {} : { minutes }),
      ...(schedule === undefined ? {} : { schedule }),
      ...(nodes === undefined ? {} : { nodes }),
      ...(faults === undefined ? {} : { faults }),
      ...(onlyFaults === undefined ? {} : { onlyFaults }),
      ...(onlyClients === undefined ? {} : { onlyClients }),
    }
  }

  parsed<C>(choices: C): Parsed<C> {
    if (this.has('help')) return { kind: 'help' }
    if (this.problems.length > 0) return { kind: 'refused', problems: this.problems }
    return { kind: 'run', choices }
  }

  #schedule(): SimulateOptions['schedule'] {
    const text = this.text('schedule')
    if (text === undefined) return undefined
    const schedules = ['random', 'priority', 'fifo'] as const
    const schedule = schedules.find((name) => name === text)
    if (schedule === undefined) this.#refuse('schedule', text, 'random, priority or fifo')
    return schedule
  }

  /** Which kinds there are and how strong they may be is known to `simulate`. */
  #faults(): SimulateOptions['faults'] {
    const text = this.text('faults')
    if (text === undefined || text === 'swarm' || text === 'none') return text
    const rates = fromJson(text)
    if (typeof rates === 'object' && rates !== null && !Array.isArray(rates)) return trust(rates)
    this.#refuse('faults', text, `swarm, none, or rates such as '{"kill":30}'`)
    return undefined
  }

  #names(name: string): readonly string[] | undefined {
    const text = this.text(name)
    if (text === undefined) return undefined
    const list = fromJson(text)
    if (Array.isArray(list) && list.every((item) => typeof item === 'string')) return list
    this.#refuse(name, text, `a list in JSON, such as '["kill a 1"]'`)
    return undefined
  }

  #refuse(name: string, given: string, wanted: string): void {
    this.problems.push(`--${name} is ${JSON.stringify(given)}, want ${wanted}`)
  }
}

interface OptionToken {
  readonly name: string
  readonly rawName: string
  readonly value?: string | undefined
}

function problemOf(token: OptionToken, known: readonly string[]): string | undefined {
  const { name, rawName, value } = token
  if (!known.includes(name)) {
    return `there is no option ${rawName}${suggestion(
      rawName,
      known.map((each) => `--${each}`),
    )}`
  }
  if (flags.includes(name)) return value === undefined ? undefined : `--${name} takes no value`
  return value === undefined || value === '' ? `--${name} wants a value` : undefined
}

function typeOf(name: string): 'boolean' | 'string' {
  return flags.includes(name) ? 'boolean' : 'string'
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
