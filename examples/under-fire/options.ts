/**
 * The command line of the main job.
 *
 * Invariant: what is not understood is refused as a whole, with one line for each problem that says
 * what was given and what is wanted; nothing is guessed, cut or taken half.
 */

import { parseArgs } from 'node:util'

/** What the main job is asked to do. */
export interface Options {
  readonly users: number
  readonly games: number
  readonly seconds: number
  readonly killsPerSecond: number
  /** Decides every random choice; left out: a new one. */
  readonly seed: number | undefined
  readonly json: boolean
}

/** What becomes of a command line. */
export type ParsedOptions =
  | { readonly kind: 'run'; readonly options: Options }
  | { readonly kind: 'help' }
  | { readonly kind: 'refused'; readonly message: string }

interface NumberOption {
  readonly meaning: string
  readonly standard: number | undefined
  readonly min: number
  readonly max: number
  readonly isWhole: boolean
}

const numberOptions = {
  users: {
    meaning: 'user workers to keep running',
    standard: 10_000,
    min: 1,
    max: 200_000,
    isWhole: true,
  },
  games: {
    meaning: 'Islands games in play at any time',
    standard: 200,
    min: 1,
    max: 10_000,
    isWhole: true,
  },
  seconds: {
    meaning: 'how long to keep up the fire',
    standard: 30,
    min: 0.1,
    max: 86_400,
    isWhole: false,
  },
  'kills-per-second': {
    meaning: 'how many workers to end each second',
    standard: 100,
    min: 0,
    max: 10_000,
    isWhole: false,
  },
  seed: {
    meaning: 'decides who is hit and how',
    standard: undefined,
    min: 0,
    max: 2 ** 32 - 1,
    isWhole: true,
  },
} as const satisfies Readonly<Record<string, NumberOption>>

type NumberName = keyof typeof numberOptions

const flags = ['json', 'help'] as const
const numberNames: readonly NumberName[] = ['users', 'games', 'seconds', 'kills-per-second', 'seed']
const names: readonly string[] = [...numberNames, ...flags]

/** What `--help` prints. */
export const usage = `Starts a fleet of user workers and games of Islands played by bots, ends
random workers in every way there is, and checks that nobody who calls them by name can tell.

Usage: npm start -- [options]

${numberNames.map(usageLine).join('\n')}
  --json                 print one JSON document at the end and nothing else; the status goes
                         to standard error
  --help                 print this text

Exit code: 0 if every invariant held, 1 if one broke, 2 for wrong options.
Ctrl-C stops in order and still prints the verdict; a second Ctrl-C does not wait.
`

function usageLine(name: NumberName): string {
  const { meaning, standard, min, max } = numberOptions[name]
  const kept = standard === undefined ? 'by chance' : `${standard}`
  return `  ${`--${name} N`.padEnd(21)}  ${meaning} (${min} to ${max}, default ${kept})`
}

/** Reads a command line, without the program's own name. */
export function parseOptions(given: readonly string[]): ParsedOptions {
  const problems: string[] = []
  const texts = new Map<string, string>()
  const types = Object.fromEntries([
    ...numberNames.map((name) => [name, { type: 'string' }] as const),
    ...flags.map((name) => [name, { type: 'boolean' }] as const),
    ['h', { type: 'boolean' }] as const,
  ])
  const { tokens } = parseArgs({
    args: [...given],
    options: types,
    strict: false,
    tokens: true,
  })
  let isKnown = true
  for (const token of tokens) {
    // The word after an option that does not exist is most likely meant as its value.
    if (token.kind === 'positional' && isKnown) problems.push(`unexpected ${quote(token.value)}`)
    isKnown = true
    if (token.kind !== 'option') continue
    const name = token.rawName === '-h' ? 'help' : token.name
    isKnown = names.includes(name)
    const problem = problemOf(name, token) ?? (texts.has(name) ? `--${name} given twice` : '')
    if (problem !== '') problems.push(problem)
    else texts.set(name, token.value ?? '')
  }
  if (texts.has('help')) return { kind: 'help' }
  return readNumbers(texts, problems)
}

interface OptionToken {
  readonly rawName: string
  readonly value: string | undefined
}

function problemOf(name: string, { rawName, value }: OptionToken): string | undefined {
  if (!names.includes(name) || (rawName !== `--${name}` && rawName !== '-h')) {
    const nearest = nearestName(rawName)
    const advice = nearest === undefined ? '' : `, perhaps --${nearest} was meant`
    return `there is no option ${quote(rawName)}${advice}`
  }
  const takesNumber = isNumberName(name)
  if (takesNumber && value === undefined) return `--${name} has no value, want ${wantedOf(name)}`
  if (!takesNumber && value !== undefined) return `--${name} takes no value, got ${quote(value)}`
  return undefined
}

function readNumbers(texts: ReadonlyMap<string, string>, problems: string[]): ParsedOptions {
  const options: Options = {
    users: read('users') ?? numberOptions.users.standard,
    games: read('games') ?? numberOptions.games.standard,
    seconds: read('seconds') ?? numberOptions.seconds.standard,
    killsPerSecond: read('kills-per-second') ?? numberOptions['kills-per-second'].standard,
    seed: read('seed'),
    json: texts.has('json'),
  }
  if (problems.length === 0) return { kind: 'run', options }
  const lines = problems.map((problem) => `Cannot read the options: ${problem}`)
  return { kind: 'refused', message: `${lines.join('\n')}\nTry --help` }

  function read(name: NumberName): number | undefined {
    const text = texts.get(name)
    if (text === undefined) return undefined
    const value = numberOf(name, text)
    if (value === undefined) problems.push(`--${name} is ${quote(text)}, want ${wantedOf(name)}`)
    return value
  }
}

/** Plain decimal digits only: no sign, exponent, hexadecimal or blanks that `Number` would take. */
function numberOf(name: NumberName, text: string): number | undefined {
  const { min, max, isWhole } = numberOptions[name]
  if (text.length > 20 || !(isWhole ? /^\d+$/ : /^\d+(\.\d+)?$/).test(text)) return undefined
  const value = Number(text)
  return value >= min && value <= max ? value : undefined
}

function wantedOf(name: NumberName): string {
  const { min, max, isWhole } = numberOptions[name]
  return `a ${isWhole ? 'whole ' : ''}number from ${min} to ${max}`
}

function isNumberName(name: string): name is NumberName {
  return Object.hasOwn(numberOptions, name)
}

/** What was given, short enough for a line and harmless to a terminal. */
function quote(text: string): string {
  const shown = text.slice(0, 40).replace(/[^\x20-\x7e]/g, (each) => {
    return `\\u{${each.charCodeAt(0).toString(16)}}`
  })
  return text.length > 40 ? `"${shown}"… (${text.length} characters)` : `"${shown}"`
}

/** The option that the fewest changes of a letter lead to, if those are few. */
function nearestName(given: string): string | undefined {
  const plain = given.replace(/^-+/, '').toLowerCase().slice(0, 40)
  const ranked = names
    .map((name) => ({ name, changes: changesBetween(plain, name) }))
    .sort((left, right) => left.changes - right.changes)
  const [best] = ranked
  if (best === undefined) return undefined
  return best.changes <= Math.max(2, Math.floor(best.name.length / 3)) ? best.name : undefined
}

/** How many letters must be put in, taken out or replaced to turn one text into the other. */
function changesBetween(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (const [index, letter] of [...from].entries()) {
    const next = [index + 1]
    for (let column = 1; column <= to.length; column += 1) {
      const replaced = (row[column - 1] ?? 0) + (letter === to[column - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[to.length] ?? 0
}
