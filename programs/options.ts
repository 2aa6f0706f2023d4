/**
 * Reading the options of a program.
 *
 * Invariant: what is not understood is refused as a whole, every problem is named with what was
 * given and what is wanted, and `--help` goes before all of them.
 */
import { type ParseArgsConfig, parseArgs } from 'node:util'
import type { CommandLine } from './command-line.ts'

type Known = NonNullable<ParseArgsConfig['options']>
type ValuesOf<K extends Known> = ReturnType<typeof parseArgs<{ options: K }>>['values']

/** The least and the greatest that may be given. */
export type Span = readonly [min: number, max: number]

/** Collects what is wrong. */
export class OptionCheck {
  readonly problems: string[] = []

  /** A number in plain decimal digits: no sign, exponent or blanks that `Number` would take. */
  wholeNumber(name: string, text: string | undefined, span: Span): number | undefined {
    return this.#number(name, text, { span, shape: /^\d{1,20}$/, kind: 'a whole number' })
  }

  /** As `wholeNumber`, where a fraction is as good. */
  decimal(name: string, text: string | undefined, span: Span): number | undefined {
    return this.#number(name, text, { span, shape: /^\d{1,20}(\.\d{1,20})?$/, kind: 'a number' })
  }

  /** One of some words. */
  oneOf<T extends string>(
    name: string,
    text: string | undefined,
    wanted: readonly T[],
  ): T | undefined {
    const found = wanted.find((each) => each === text)
    if (found !== undefined || text === undefined) return found
    this.problems.push(`--${name} is ${JSON.stringify(text)}, want ${wanted.join(', ')}`)
    return undefined
  }

  #number(name: string, text: string | undefined, { span, shape, kind }: Shape) {
    if (text === undefined) return undefined
    const [min, max] = span
    const value = shape.test(text) ? Number(text) : Number.NaN
    if (value >= min && value <= max) return value
    const given = JSON.stringify(text)
    this.problems.push(`--${name} is ${given}, want ${kind} from ${min} to ${max}`)
    return undefined
  }
}

interface Shape {
  readonly span: Span
  readonly shape: RegExp
  readonly kind: string
}

/**
 * Reads a command line, without the program's own name.
 *
 * @param known the options besides `help`, as `parseArgs` wants them
 * @param read makes of the values what the program works with; what it finds wrong it adds to the
 * problems of the check, or throws as a `RangeError`
 */
export function readCommandLine<K extends Known, O>(
  given: readonly string[],
  known: K,
  read: (values: ValuesOf<K>, check: OptionCheck) => O,
): CommandLine<O> {
  const check = new OptionCheck()
  const values = parsed(given, known, check)
  if (values !== undefined) {
    if (Reflect.get(values, 'help') === true) return { kind: 'help' }
    try {
      const options = read(values, check)
      if (check.problems.length === 0) return { kind: 'run', options }
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      check.problems.push(error.message)
    }
  }
  const lines = check.problems.map((problem) => `Cannot read the options: ${problem}`)
  return { kind: 'refused', message: `${lines.join('\n')}\nTry --help` }
}

function parsed<K extends Known>(
  given: readonly string[],
  known: K,
  check: OptionCheck,
): ValuesOf<K> | undefined {
  const help = { type: 'boolean', short: 'h' } as const
  try {
    return parseArgs({ args: joinNegatives(given), options: { ...known, help } }).values
  } catch (error) {
    check.problems.push(error instanceof Error ? error.message : String(error))
    return undefined
  }
}

/** `--name -1` as `--name=-1`: otherwise Node takes the number for an option. */
function joinNegatives(given: readonly string[]): string[] {
  const joined: string[] = []
  for (const text of given) {
    const last = joined.at(-1)
    const isValue = /^-\d/.test(text) && last !== undefined && /^--[^=]+$/.test(last)
    if (isValue) joined[joined.length - 1] = `${last}=${text}`
    else joined.push(text)
  }
  return joined
}
