/**
 * The error for a wrong argument, and the small checks that throw it at the door.
 *
 * Invariant: a wrong argument throws at once, before anything has happened, with a code that never
 * changes and a message that says what was attempted, what was given and what is wanted.
 * It is never used for what a running process answers (a value) or dies of (an exit reason).
 */
import { quote, show } from './show.ts'

/** Every code an {@link ArgumentError} can carry, by its short name. */
export const argumentCodes = Object.freeze({
  /** An argument that is not an option is of the wrong kind or out of range. */
  invalid_argument: 'FLOTILLA_INVALID_ARGUMENT',
  /** A known option has a value of the wrong kind or out of range. */
  invalid_option: 'FLOTILLA_INVALID_OPTION',
  /** An option that does not exist, most often a misspelt one. */
  unknown_option: 'FLOTILLA_UNKNOWN_OPTION',
  /** Something that cannot be a registry key, such as NaN or a plain object. */
  invalid_key: 'FLOTILLA_INVALID_KEY',
  /** Something that is neither a pid nor a via. */
  invalid_address: 'FLOTILLA_INVALID_ADDRESS',
  /** A call or cast for which the server has no handler. */
  unknown_message: 'FLOTILLA_UNKNOWN_MESSAGE',
  /** A handler gave back something other than a step. */
  invalid_step: 'FLOTILLA_INVALID_STEP',
  /** Something that is not a child specification. */
  invalid_child: 'FLOTILLA_INVALID_CHILD',
  /** Two children of one supervisor have the same id. */
  duplicate_child: 'FLOTILLA_DUPLICATE_CHILD',
  /** The thing used has not been started yet. */
  not_started: 'FLOTILLA_NOT_STARTED',
  /** The thing started was started before. */
  already_started: 'FLOTILLA_ALREADY_STARTED',
  /** The name belongs to something else. */
  name_taken: 'FLOTILLA_NAME_TAKEN',
  /** A function for use inside a process was called outside of one, or the other way round. */
  outside_call: 'FLOTILLA_OUTSIDE_CALL',
  /** Something that belongs to one process was used by another. */
  wrong_process: 'FLOTILLA_WRONG_PROCESS',
  /** A fixed limit is reached. */
  limit: 'FLOTILLA_LIMIT',
} as const)

/** The codes, each unchanged for as long as the package lives. */
export type ArgumentErrorCode = (typeof argumentCodes)[keyof typeof argumentCodes]

const brand: unique symbol = Symbol.for('flotilla.ArgumentError')

/** A wrong argument, thrown at once by the function it was given to. */
export class ArgumentError extends TypeError {
  /** Which mistake it is; programs branch on this, never on the message. */
  readonly code: ArgumentErrorCode

  /**
   * Makes the error; most callers want {@link argumentError} instead.
   *
   * @param code One of {@link argumentCodes}.
   * @param message What was attempted, given and wanted, for people.
   */
  constructor(code: ArgumentErrorCode, message: string) {
    checkParts(code, message)
    super(message)
    this.code = code
  }

  /** Always `ArgumentError`, also in the first line of the stack. */
  override get name(): string {
    return 'ArgumentError'
  }

  /** Recognised by {@link ArgumentError.is} in every copy of the package. */
  get [brand](): true {
    return true
  }

  /**
   * Tells whether a value is an ArgumentError, made by this or by another copy of the package.
   *
   * @param value Anything, hostile values included.
   * @returns True for an ArgumentError; never throws.
   */
  static is(value: unknown): value is ArgumentError {
    try {
      return typeof value === 'object' && value !== null && brand in value && value[brand] === true
    } catch {
      return false // a Proxy that throws when asked is not ours
    }
  }
}

/** Refuses what would make an error that nobody can tell from the others. */
function checkParts(code: unknown, message: unknown): void {
  const attempted = 'make an ArgumentError'
  if (typeof message !== 'string') {
    const subject = 'the message'
    throw argumentError('invalid_argument', {
      attempted,
      subject,
      given: message,
      wanted: 'a text',
    })
  }
  if (Object.values<unknown>(argumentCodes).includes(code)) return
  const wanted = 'one of argumentCodes'
  throw argumentError('invalid_argument', { attempted, subject: 'the code', given: code, wanted })
}

/** The parts of the message of an {@link ArgumentError}, in the order they are said. */
export interface ArgumentMistake {
  /** What the caller tried, as words after "Cannot", such as `start a fleet`. */
  readonly attempted: string
  /** What was wrong, such as `option "maxChildren"`; the value itself if left out. */
  readonly subject?: string
  /** The wrong value itself; shown safely. Leave the property out if no value is to blame. */
  readonly given?: unknown
  /** What is wrong, in words, instead of a value: `the name "games" is taken`. */
  readonly problem?: string
  /** What would have been right, such as `a positive integer`. */
  readonly wanted?: string
  /** What to do about it, such as `start the node first`. */
  readonly fix?: string
}

/**
 * Makes the error for a wrong argument; the caller throws it.
 *
 * @param code The short name of the code, such as `invalid_option`.
 * @param mistake The parts of the message; together they read like
 * `Cannot start a fleet: option "maxChildren" is -1, wanted an integer of at least 1`.
 * @returns The error.
 */
export function argumentError(
  code: keyof typeof argumentCodes,
  mistake: ArgumentMistake,
): ArgumentError {
  const said: string[] = []
  if (mistake.problem !== undefined) said.push(mistake.problem)
  else if ('given' in mistake) {
    said.push(`${mistake.subject ?? 'the value'} is ${show(mistake.given)}`)
  }
  if (mistake.wanted !== undefined) said.push(`wanted ${mistake.wanted}`)
  const fix = mistake.fix === undefined ? '' : `; ${mistake.fix}`
  return new ArgumentError(
    argumentCodes[code],
    `Cannot ${mistake.attempted}: ${said.join(', ')}${fix}`,
  )
}

/**
 * Refuses anything but a plain object with known option names, and copies it.
 *
 * The copy is read once, so that a getter or a Proxy cannot change its answer after the checks.
 *
 * @param attempted What the caller tried, as words after "Cannot".
 * @param options The object with options; from outside, so it may be anything.
 * @param knownNames Every option there is.
 * @returns A shallow copy of the options.
 * @throws {@link ArgumentError} `FLOTILLA_INVALID_ARGUMENT` if it is no plain object,
 * `FLOTILLA_UNKNOWN_OPTION` with the nearest known name for a name that is not known.
 */
export function checkOptions<T>(attempted: string, options: T, knownNames: readonly string[]): T {
  const copy = copyPlain(options)
  if (copy === undefined) {
    const subject = 'the options argument'
    const wanted = 'a plain object'
    throw argumentError('invalid_argument', { attempted, subject, given: options, wanted })
  }
  // Not by `Reflect.ownKeys`, which takes longer than all the rest.
  for (const name in copy) {
    if (knownNames.includes(name) || !Object.hasOwn(copy, name)) continue
    throw unknownOption(attempted, name, knownNames)
  }
  const [symbol] = Object.getOwnPropertySymbols(copy)
  if (symbol !== undefined) throw unknownOption(attempted, symbol, knownNames)
  return copy
}

/**
 * Refuses anything but a name: text of 1 to 255 UTF-16 units, in one line and well formed.
 *
 * @param attempted What the caller tried, as words after "Cannot".
 * @param value The name.
 * @returns The name.
 * @throws {@link ArgumentError} `FLOTILLA_INVALID_ARGUMENT`.
 */
export function checkName(attempted: string, value: unknown): string {
  if (typeof value === 'string' && value.length > 0 && value.length <= nameUnitsMax) {
    if (!unfitForNames.test(value)) return value
  }
  throw argumentError('invalid_argument', {
    attempted,
    subject: 'the name',
    given: value,
    wanted: `a text of 1 to ${nameUnitsMax} characters without control characters`,
  })
}

/** What {@link checkCount} checks against. */
export interface CountLimits {
  /** The name of the option, for the message. */
  readonly option: string
  /** The least count allowed. */
  readonly min: number
  /** The greatest count allowed; `Number.MAX_SAFE_INTEGER` if left out. */
  readonly max?: number
}

/**
 * Refuses anything but an integer within limits.
 *
 * @param attempted What the caller tried, as words after "Cannot".
 * @param value The count.
 * @param limits The name of the option and the limits, both inclusive.
 * @returns The count.
 * @throws {@link ArgumentError} `FLOTILLA_INVALID_OPTION`.
 */
export function checkCount(attempted: string, value: unknown, limits: CountLimits): number {
  const max = limits.max ?? Number.MAX_SAFE_INTEGER
  if (typeof value === 'number' && Number.isSafeInteger(value)) {
    if (value >= limits.min && value <= max) return value
  }
  const wanted =
    limits.max === undefined
      ? `an integer of at least ${limits.min}`
      : `an integer from ${limits.min} to ${limits.max}`
  throw optionError(attempted, limits.option, { given: value, wanted })
}

/** What {@link checkDuration} checks against. */
export interface DurationLimits {
  /** The name of the option, for the message. */
  readonly option: string
  /** Whether the text `infinity` is allowed as well; false if left out. */
  readonly allowInfinity?: boolean
}

/**
 * Refuses anything but a duration: a number from 0 to `Number.MAX_SAFE_INTEGER`, in the unit the
 * option's name says, or the text `infinity` where that is allowed.
 *
 * @param attempted What the caller tried, as words after "Cannot".
 * @param value The duration.
 * @param limits The name of the option and whether `infinity` is allowed.
 * @returns The duration.
 * @throws {@link ArgumentError} `FLOTILLA_INVALID_OPTION`.
 */
export function checkDuration(
  attempted: string,
  value: unknown,
  limits: DurationLimits & { readonly allowInfinity: true },
): number | 'infinity'
export function checkDuration(
  attempted: string,
  value: unknown,
  limits: DurationLimits & { readonly allowInfinity?: false },
): number
export function checkDuration(
  attempted: string,
  value: unknown,
  limits: DurationLimits,
): number | 'infinity' {
  if (typeof value === 'number' && value >= 0 && value <= Number.MAX_SAFE_INTEGER) return value
  const allowInfinity = limits.allowInfinity === true
  if (allowInfinity && value === 'infinity') return value
  const wanted = allowInfinity
    ? "a number from 0 to 2 ** 53 - 1, or 'infinity'"
    : 'a number from 0 to 2 ** 53 - 1'
  throw optionError(attempted, limits.option, { given: value, wanted })
}

/**
 * Refuses anything but a function.
 *
 * @param attempted What the caller tried, as words after "Cannot".
 * @param value The function.
 * @param option The name of the option, for the message.
 * @throws {@link ArgumentError} `FLOTILLA_INVALID_OPTION`.
 */
export function checkFunction(
  attempted: string,
  value: unknown,
  option: string,
): asserts value is (...args: never[]) => unknown {
  if (typeof value === 'function') return
  throw optionError(attempted, option, { given: value, wanted: 'a function' })
}

/**
 * Refuses anything but true and false.
 *
 * @param attempted What the caller tried, as words after "Cannot".
 * @param value The choice.
 * @param option The name of the option, for the message.
 * @returns The choice.
 * @throws {@link ArgumentError} `FLOTILLA_INVALID_OPTION`.
 */
export function checkBoolean(attempted: string, value: unknown, option: string): boolean {
  if (typeof value === 'boolean') return value
  throw optionError(attempted, option, { given: value, wanted: 'true or false' })
}

const nameUnitsMax = 255
// Control characters, those of writing direction too, lone surrogates and the two line breaks.
const unfitForNames = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/u

function optionError(
  attempted: string,
  option: string,
  found: { readonly given: unknown; readonly wanted: string },
): ArgumentError {
  return argumentError('invalid_option', { attempted, subject: `option "${option}"`, ...found })
}

function isObject<T>(value: T): value is T & object {
  return typeof value === 'object' && value !== null
}

/**
 * Copies a plain object, reading each property once.
 *
 * @param value Anything, hostile values included.
 * @returns A shallow copy, or undefined if it is no plain object or cannot be read.
 */
export function copyPlain<T>(value: T): (T & object) | undefined {
  if (!isObject(value)) return undefined
  try {
    const prototype: unknown = Object.getPrototypeOf(value)
    // The prototype of a plain object of another realm is recognised by having none itself.
    const plain =
      prototype === Object.prototype ||
      prototype === null ||
      (typeof prototype === 'object' && Object.getPrototypeOf(prototype) === null)
    return plain && !Array.isArray(value) ? { ...value } : undefined
  } catch {
    return undefined // a revoked Proxy, a trap or a getter that throws: cannot be read
  }
}

function unknownOption(
  attempted: string,
  name: string | symbol,
  knownNames: readonly string[],
): ArgumentError {
  const shown = typeof name === 'string' ? quote(name, 40) : show(name)
  const nearest = typeof name === 'string' ? nearestName(name, knownNames) : undefined
  return argumentError('unknown_option', {
    attempted,
    problem: `there is no option ${shown}`,
    wanted: knownNames.length === 0 ? 'no options' : `one of ${knownNames.join(', ')}`,
    ...(nearest === undefined ? {} : { fix: `perhaps "${nearest}" was meant` }),
  })
}

/** The known name that takes the fewest edits, if that is at most a third of its length. */
function nearestName(name: string, knownNames: readonly string[]): string | undefined {
  if (name.length > 2 * nameUnitsMax) return undefined // the cost grows with the length
  let nearest: string | undefined
  let fewest = Number.POSITIVE_INFINITY
  for (const known of knownNames) {
    const edits = editDistance(name.toLowerCase(), known.toLowerCase())
    if (edits < fewest && edits <= Math.max(1, Math.floor(known.length / 3))) {
      nearest = known
      fewest = edits
    }
  }
  return nearest
}

/** How many letters must be put in, taken out or replaced to turn one text into the other. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (let i = 1; i <= from.length; i++) {
    const next = [i]
    for (let j = 1; j <= to.length; j++) {
      const replace = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1)
      next.push(Math.min(replace, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[to.length] ?? 0
}
