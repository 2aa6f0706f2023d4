/**
 * What each kind of argument accepts, written down a second time and without the checks of `src`.
 *
 * Invariant: a predicate never throws and reads no property of what it is given twice.
 */

/** Whether a value is right in some place. */
export type Accepts = (value: unknown) => boolean

export const anything: Accepts = () => true
export const nothing: Accepts = () => false

export const aFunction: Accepts = (value) => typeof value === 'function'
export const aBoolean: Accepts = (value) => value === true || value === false

/** Left out, or right. */
export function optional(accepts: Accepts): Accepts {
  return (value) => value === undefined || accepts(value)
}

export function oneOf(...allowed: readonly unknown[]): Accepts {
  return (value) => allowed.includes(value)
}

export function anyOf(...kinds: readonly Accepts[]): Accepts {
  return (value) => kinds.some((accepts) => accepts(value))
}

/** An integer within limits. */
export function aCount(min: number, max: number): Accepts {
  return (value) => Number.isInteger(value) && Number(value) >= min && Number(value) <= max
}

export const aDuration: Accepts = (value) => {
  return typeof value === 'number' && value >= 0 && value < 2 ** 53
}

export const aPositiveNumber: Accepts = (value) => {
  return typeof value === 'number' && value > 0 && value < Number.POSITIVE_INFINITY
}

/** One line of text, well formed. */
export const aName: Accepts = (value) => {
  if (typeof value !== 'string' || value === '' || value.length > 255) return false
  return [...value].every((character) => {
    const codePoint = character.codePointAt(0) ?? 0
    const isControl = codePoint < 0x20 || (codePoint >= 0x7f && codePoint < 0xa0)
    const isSurrogate = codePoint >= 0xd800 && codePoint <= 0xdfff
    if (/\p{Bidi_Control}/u.test(character)) return false
    return !isControl && !isSurrogate && codePoint !== 0x2028 && codePoint !== 0x2029
  })
}

/** A plain object, of any realm, that says nothing. */
export const noOptions: Accepts = (value) => {
  try {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
    const prototype = Object.getPrototypeOf(value)
    const isPlain = prototype === null || Object.getPrototypeOf(prototype) === null
    return isPlain && enumerableKeys(value).length === 0
  } catch {
    return false
  }
}

function enumerableKeys(value: object): readonly (string | symbol)[] {
  return Reflect.ownKeys(value).filter((name) => {
    return Object.getOwnPropertyDescriptor(value, name)?.enumerable === true
  })
}

/** A plain object, of any realm, with nothing but functions in it. */
export const handlers: Accepts = (value) => {
  try {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
    const prototype = Object.getPrototypeOf(value)
    if (prototype !== null && Object.getPrototypeOf(prototype) !== null) return false
    return enumerableKeys(value).every((name) => {
      return typeof name === 'string' && typeof Reflect.get(value, name) === 'function'
    })
  } catch {
    return false
  }
}

export const aKey: Accepts = (value) => (unitsOf(value, 0) ?? 4097) <= 4096

function unitsOf(value: unknown, level: number): number | undefined {
  if (typeof value === 'string') return value.length
  if (typeof value === 'boolean') return 1
  if (typeof value === 'number') return Number.isFinite(value) ? String(value).length : undefined
  if (typeof value === 'bigint') return value < 10n ** 4096n ? String(value).length : undefined
  try {
    if (!Array.isArray(value) || level === 16 || value.length > 4096) return undefined
    let units = value.length
    for (let index = 0; index < value.length; index += 1) {
      const more = unitsOf(value[index], level + 1)
      if (more === undefined || units + more > 4096) return undefined
      units += more
    }
    return units
  } catch {
    return undefined
  }
}

/** An array with nothing in it; what holds children and shards accepts no other hostile one. */
export const emptyArray: Accepts = (value) => {
  try {
    return Array.isArray(value) && value.length === 0
  } catch {
    return false
  }
}

/** Different strings and finite numbers, at least one. */
export const shardList: Accepts = (value) => {
  try {
    if (!Array.isArray(value) || value.length === 0 || value.length > 1000) return false
    const items = Array.from(value)
    const isRight = (item: unknown): boolean => {
      return (typeof item === 'string' || Number.isFinite(item)) && aKey(item)
    }
    return items.every(isRight) && new Set(items).size === items.length
  } catch {
    return false
  }
}

/** What can be made immutable: primitives, functions, arrays, plain objects, in depth. */
export const plainData: Accepts = (value) => {
  const open: unknown[] = [value]
  const seen = new Set<unknown>()
  try {
    for (let next = open.pop(); open.length > 0 || next !== undefined; next = open.pop()) {
      if (typeof next !== 'object' || next === null || Object.isFrozen(next)) continue
      if (seen.has(next)) continue
      seen.add(next)
      const prototype = Object.getPrototypeOf(next)
      if (!Array.isArray(next) && prototype !== null && prototype !== Object.prototype) return false
      for (const property of Reflect.ownKeys(next)) {
        const descriptor = Object.getOwnPropertyDescriptor(next, property)
        if (descriptor?.get !== undefined) return false
        open.push(descriptor?.value)
      }
    }
    return true
  } catch {
    return false
  }
}

/** What `structuredClone` copies; asked by trying. */
export const cloneable: Accepts = (value) => {
  try {
    structuredClone(value)
    return true
  } catch {
    return false
  }
}

/** Neither a promise nor anything `await` would take for one. */
export const notThenable: Accepts = (value) => {
  try {
    const isObject = typeof value === 'object' ? value !== null : typeof value === 'function'
    return !isObject || typeof Reflect.get(Object(value), 'then') !== 'function'
  } catch {
    return false
  }
}

/** Something with a method `send`. */
export const aPort: Accepts = (value) => {
  try {
    return typeof value === 'object' && value !== null && isFunction(Reflect.get(value, 'send'))
  } catch {
    return false
  }
}

/** Anything with the three parts of one. */
export const aPid: Accepts = (value) => {
  try {
    const { node, serial, incarnation } = Object(value)
    return typeof node === 'string' && [serial, incarnation].every(Number.isFinite)
  } catch {
    return false
  }
}

/** A real one. */
export const aSignal: Accepts = (value) => {
  try {
    return value instanceof AbortSignal
  } catch {
    return false
  }
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function'
}
