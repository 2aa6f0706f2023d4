/**
 * Keys: what names a process in a registry, and their one canonical text.
 *
 * Invariant: two keys have the same {@link keyText} exactly when they are the same key, that is of
 * the same type and structure; `1`, `'1'`, `1n` and `['1']` are four keys, `0` and `-0` are one.
 * The text is frozen: shards are placed by it, on every node and in every version.
 */
import { argumentError } from './argument-error.ts'
import { quote, show } from './show.ts'

/** Type-strict and structural: `1`, `'1'` and `['a', 1]` are three different keys. */
export type Key = string | number | bigint | boolean | readonly Key[]

const unitsMax = 4096
const levelsMax = 16
const shownKeyUnitsMax = 60
const wantedKey = 'a string, a finite number, a bigint, a boolean or an array of those'

/**
 * Refuses anything but a key: a string, a finite number, a bigint, a boolean, or an array of keys
 * at most 16 levels deep; 4,096 UTF-16 units of text in total, where each element of an array
 * counts one more.
 *
 * @param attempted What the caller tried, as words after "Cannot", such as `register a process`.
 * @param key The key; from outside, so it may be anything.
 * @throws ArgumentError `FLOTILLA_INVALID_KEY`.
 */
export function checkKey(attempted: string, key: unknown): asserts key is Key {
  if (typeof key === 'string' && key.length <= unitsMax) return
  if (typeof key === 'number' && Number.isFinite(key)) return
  let mistake: KeyMistake | undefined
  try {
    const measured = measure(key, unitsMax, 0)
    if (typeof measured === 'number') return
    mistake = measured
  } catch {
    mistake = unreadable // a revoked Proxy, a trap that throws
  }
  throw argumentError('invalid_key', { attempted, subject: 'the key', ...mistake })
}

/**
 * Checks a key as {@link checkKey} does and makes it ours: an array is copied and frozen, so that
 * whoever gave it cannot change a name that is held.
 *
 * @param attempted What the caller tried, as words after "Cannot".
 * @param key The key; from outside, so it may be anything.
 * @returns The key, or an equal one.
 * @throws ArgumentError `FLOTILLA_INVALID_KEY`.
 */
export function ownKey(attempted: string, key: unknown): Key {
  let own = key
  if (typeof key === 'object') {
    try {
      own = copyItem(key, { left: unitsMax }, 0)
    } catch {
      throw argumentError('invalid_key', { attempted, subject: 'the key', ...unreadable })
    }
  }
  checkKey(attempted, own)
  return own
}

/**
 * Writes a key as its canonical text: equal for equal keys, different for different ones.
 *
 * @param key A key that {@link checkKey} has passed.
 * @returns The text, such as `s2:u1`, `n42;`, `i10;`, `t` or `[s1:an1;]`.
 * @throws ArgumentError `FLOTILLA_INVALID_KEY` for what can be no key.
 */
export function keyText(key: Key): string {
  if (typeof key === 'string') return `s${key.length}:${key}`
  if (typeof key === 'number') return `n${key};` // -0 is written 0
  return otherKeyText(key, 0)
}

/**
 * Tells whether a key is an array of keys.
 *
 * @param key A key.
 * @returns True for an array.
 */
export function isComposite(key: Key): key is readonly Key[] {
  return typeof key === 'object'
}

/**
 * Renders a key for messages and logs, as it would be written in code, escaped and shortened.
 *
 * @param key A key.
 * @returns One line of at most 160 UTF-16 units, such as `"u1"`, `42`, `10n` or `["a", 1]`.
 */
export function showKey(key: Key): string {
  if (!isComposite(key)) return show(key === 0 ? 0 : key) // -0 is the key 0
  try {
    return showComposite('', key)
  } catch {
    return show(key) // a Proxy that turned hostile after it was checked
  }
}

interface KeyMistake {
  readonly given?: unknown
  readonly problem?: string
  readonly wanted?: string
}

/** How many of the units left the key takes, or what is wrong with it. */
function measure(key: unknown, unitsLeft: number, level: number): number | KeyMistake {
  let units = 1 // a boolean
  if (typeof key === 'string') units = key.length
  else if (typeof key === 'number' && Number.isFinite(key)) units = String(key).length
  else if (typeof key === 'bigint') units = bigintUnits(key)
  else if (Array.isArray(key)) return measureComposite(key, unitsLeft, level)
  else if (typeof key !== 'boolean')
    return level === 0 ? { given: key, wanted: wantedKey } : nestedMistake(key)
  return units <= unitsLeft ? units : tooLong
}

function measureComposite(
  items: readonly unknown[],
  unitsLeft: number,
  level: number,
): number | KeyMistake {
  if (level === levelsMax) {
    return { problem: `the key is cyclic or nested deeper than ${levelsMax} levels` }
  }
  const length = items.length
  if (length > unitsLeft) return tooLong
  let units = length
  for (let i = 0; i < length; i++) {
    const measured = measure(items[i], unitsLeft - units, level + 1)
    if (typeof measured !== 'number') return measured
    units += measured
  }
  return units
}

/** A copy as far as a key can go; what goes further is left for the check to refuse. */
function copyItem(item: unknown, items: { left: number }, level: number): unknown {
  if (!Array.isArray(item) || level === levelsMax) return item
  const { length } = item
  items.left -= length
  if (items.left < 0) return Array(unitsMax + 1)
  return Object.freeze(
    Array.from({ length }, (_, index) => copyItem(item[index], items, level + 1)),
  )
}

const unreadable: KeyMistake = { problem: 'the key cannot be read' }

const tooLong: KeyMistake = {
  problem: `the key is longer than ${unitsMax} characters`,
  wanted: 'a short key',
}

function nestedMistake(item: unknown): KeyMistake {
  return { problem: `the key holds ${show(item)}`, wanted: wantedKey }
}

const longestBigint = 10n ** BigInt(unitsMax)

/** Compared before it is written out: the digits of a huge bigint take seconds. */
function bigintUnits(key: bigint): number {
  if (key >= longestBigint || key <= -longestBigint) return Number.POSITIVE_INFINITY
  return String(key).length
}

function otherKeyText(key: bigint | boolean | readonly Key[], level: number): string {
  if (typeof key === 'bigint') return `i${key};`
  if (typeof key === 'boolean') return key ? 't' : 'f'
  if (!Array.isArray(key) || level === levelsMax) {
    // Only a key that was never checked, or that changes while it is read, comes here.
    throw argumentError('invalid_key', { attempted: 'use a key', given: key, wanted: wantedKey })
  }
  let text = '['
  for (let i = 0; i < key.length; i++) {
    const item: Key = key[i]
    if (typeof item === 'string' || typeof item === 'number') text += keyText(item)
    else text += otherKeyText(item, level + 1)
  }
  return `${text}]`
}

/** Adds the array to the text, with an ellipsis for what does not fit. */
function showComposite(before: string, items: readonly Key[]): string {
  let shown = `${before}[`
  for (let i = 0; i < items.length; i++) {
    const item: Key | undefined = items[i]
    const unitsLeft = shownKeyUnitsMax - shown.length
    if (i > 0) shown += ', '
    if (unitsLeft <= 0 || item === undefined) return `${shown}…]`
    if (isComposite(item)) shown = showComposite(shown, item)
    else shown += typeof item === 'string' ? quote(item, unitsLeft) : showKey(item)
  }
  return `${shown}]`
}
