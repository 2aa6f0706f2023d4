/**
 * Reading JSON of which nothing is known: answers of arms, recorded runs, floors.
 *
 * Invariant: what comes out has the shape that was asked for, or an error says where it has not.
 */

/** Reads a value; `at` says where it is, for the error. @throws DecodeError */
export type Decoder<T> = (value: unknown, at: string) => T

/** JSON has another shape than was asked for. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError'
}

/** Reads a text. */
export const text: Decoder<string> = (value, at) =>
  typeof value === 'string' ? value : refuse(value, at, 'a text')

/** Reads a finite number. */
export const number: Decoder<number> = (value, at) =>
  typeof value === 'number' && Number.isFinite(value) ? value : refuse(value, at, 'a number')

/** Reads true or false. */
export const flag: Decoder<boolean> = (value, at) =>
  typeof value === 'boolean' ? value : refuse(value, at, 'true or false')

/** Reads one of some texts. */
export function oneOf<const T extends string>(texts: readonly T[]): Decoder<T> {
  return (value, at) =>
    texts.find((each) => each === value) ?? refuse(value, at, `one of ${texts.join(', ')}`)
}

/** Reads a list of things of one kind. */
export function list<T>(item: Decoder<T>): Decoder<T[]> {
  return (value, at) =>
    Array.isArray(value)
      ? value.map((each: unknown, index) => item(each, `${at}[${index}]`))
      : refuse(value, at, 'a list')
}

/** Reads a record of things of one kind under any keys. */
export function table<T>(item: Decoder<T>): Decoder<Record<string, T>> {
  return (value, at) =>
    Object.fromEntries(entriesOf(value, at).map(([key, each]) => [key, item(each, `${at}.${key}`)]))
}

/** Reads a record with known keys; other keys are left out. */
export function record<T extends object>(shape: { [K in keyof T]: Decoder<T[K]> }): Decoder<T> {
  return (value, at) => {
    const given = new Map(entriesOf(value, at))
    const read: Partial<T> = {}
    for (const key in shape) read[key] = shape[key](given.get(key), `${at}.${key}`)
    return isWhole(read, shape) ? read : refuse(value, at, 'a whole record')
  }
}

/** Parses a text and reads it. @throws DecodeError */
export function parseAs<T>(decoder: Decoder<T>, source: string, at: string): T {
  let value: unknown
  try {
    value = JSON.parse(source)
  } catch {
    throw new DecodeError(`Cannot read ${at}: it is no JSON: ${source.slice(0, 200)}`)
  }
  return decoder(value, at)
}

/** Says what was found and what is wanted. @throws DecodeError always */
export function refuse(value: unknown, at: string, wanted: string): never {
  const found = value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 80)
  throw new DecodeError(`Cannot read ${at}: it is ${found}, want ${wanted}`)
}

function entriesOf(value: unknown, at: string): [string, unknown][] {
  const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isRecord ? Object.entries(value) : refuse(value, at, 'a record')
}

function isWhole<T extends object>(read: Partial<T>, shape: object): read is T {
  return Object.keys(shape).every((key) => key in read)
}
