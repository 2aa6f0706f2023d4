/**
 * Renders any value in one short line for error messages.
 *
 * Invariant: it never throws, never returns more than 80 UTF-16 units, never returns a character
 * that could break or disguise a line, and never runs a getter, `toJSON` or `toString` of the
 * value. Only a Proxy's own traps may be asked, and what they answer or throw is not trusted.
 *
 * It deliberately does not print the contents of objects: they may be huge, cyclic or secret.
 */

const quotedUnitsMax = 40
const nameUnitsMax = 32
const hugeBigint = 10n ** 40n
const unprintable = /[\p{C}\p{Z}"\\]/u
/** What nearly all texts are made of: one test of the whole in place of one for each letter. */
const plain = /^[\w !#-/:;<=>?@[\]^`{|}~]*$/

/**
 * Renders any value in at most 80 printable UTF-16 units, such as `"abc"`, `-0`, `10n`,
 * `a function named greet`, `an array of 3`, `a plain object` or `a Promise`.
 *
 * @param value Anything at all, hostile values included.
 * @returns One line of text.
 */
export function show(value: unknown): string {
  if (typeof value === 'string') return quote(value, quotedUnitsMax)
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value)
  if (typeof value === 'bigint') return showBigint(value)
  if (typeof value === 'symbol') return `Symbol(${escapeName(value.description ?? '')})`
  if (typeof value === 'function') return showFunction(value)
  if (typeof value === 'object' && value !== null) return showObject(value)
  return String(value) // undefined, null, true or false
}

/**
 * Puts a text in double quotes with every unprintable character escaped.
 *
 * @param text The text; it may be of any length and hold lone surrogates.
 * @param unitsMax How many UTF-16 units of escaped text to keep at most; longer texts end in an
 * ellipsis and their length.
 * @returns The quoted text in one line.
 */
export function quote(text: string, unitsMax: number): string {
  const { escaped, isWhole } = escapePrefix(text, unitsMax)
  return isWhole ? `"${escaped}"` : `"${escaped}…" (${text.length} characters)`
}

function escapeName(name: string): string {
  const { escaped, isWhole } = escapePrefix(name, nameUnitsMax)
  return isWhole ? escaped : `${escaped}…`
}

function escapePrefix(text: string, unitsMax: number): { escaped: string; isWhole: boolean } {
  if (text.length <= unitsMax && plain.test(text)) return { escaped: text, isWhole: true }
  let escaped = ''
  // One unit more than can be kept, so that a pair at the cut is not taken for a lone surrogate.
  for (const character of text.slice(0, unitsMax + 1)) {
    const next = escapeCharacter(character)
    if (escaped.length + next.length > unitsMax) return { escaped, isWhole: false }
    escaped += next
  }
  return { escaped, isWhole: true }
}

function escapeCharacter(character: string): string {
  if (character === ' ' || !unprintable.test(character)) return character
  if (character === '"' || character === '\\') return `\\${character}`
  if (character === '\n') return '\\n'
  if (character === '\r') return '\\r'
  if (character === '\t') return '\\t'
  const codePoint = character.codePointAt(0) ?? 0
  const hexadecimal = codePoint.toString(16)
  return codePoint > 0xffff ? `\\u{${hexadecimal}}` : `\\u${hexadecimal.padStart(4, '0')}`
}

function showBigint(value: bigint): string {
  // Writing out a bigint of millions of digits would take seconds.
  if (value >= hugeBigint || value <= -hugeBigint) return 'a bigint of more than 40 digits'
  return `${value}n`
}

function showFunction(value: object): string {
  const name = ownText(value, 'name')
  const kind = isClass(value) ? 'a class' : 'a function'
  return name === '' ? kind : `${kind} named ${escapeName(name)}`
}

/** Of all functions only classes have a `prototype` that cannot be replaced. */
function isClass(value: object): boolean {
  try {
    return Object.getOwnPropertyDescriptor(value, 'prototype')?.writable === false
  } catch {
    return false // a hostile Proxy: nothing more can be said than that it is callable
  }
}

function showObject(value: object): string {
  try {
    if (Array.isArray(value)) return showArray(value)
    const prototype: unknown = Object.getPrototypeOf(value)
    if (prototype === null) return 'a plain object'
    const name = className(prototype)
    if (name === 'Object') return 'a plain object'
    if (name === '') return 'an object'
    const shown = escapeName(name)
    return /^[AEIO]/.test(shown) ? `an ${shown}` : `a ${shown}`
  } catch {
    return 'an object that cannot be looked into' // a revoked Proxy, or a trap that throws
  }
}

function showArray(value: object): string {
  const length: unknown = Object.getOwnPropertyDescriptor(value, 'length')?.value
  return typeof length === 'number' ? `an array of ${length}` : 'an array'
}

function className(prototype: unknown): string {
  if (typeof prototype !== 'object' || prototype === null) return ''
  const maker: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value
  return typeof maker === 'function' ? ownText(maker, 'name') : ''
}

/** The own text property of that name, or '' when there is none or it cannot be read safely. */
function ownText(owner: object, property: string): string {
  try {
    const text: unknown = Object.getOwnPropertyDescriptor(owner, property)?.value
    return typeof text === 'string' ? text : ''
  } catch {
    return '' // a hostile Proxy: no name is better than its error
  }
}
