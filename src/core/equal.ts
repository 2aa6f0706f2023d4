/**
 * Whether two values are the same data.
 *
 * Invariant: the answer depends on type and structure, never on identity, except for what has no
 * structure to compare (functions, symbols, instances of classes).
 */

const levelsMax = 16
const partsMax = 10_000

/** Strictly the same; NaN is itself, and 0 and -0 are one, as for keys. */
export function isSame(one: unknown, other: unknown): boolean {
  return one === other || (Number.isNaN(one) && Number.isNaN(other))
}

/**
 * Whether two values are equal in type and structure.
 *
 * Values of more than 16 levels or 10,000 parts are equal to none but themselves: comparing them
 * could take for ever. It throws what a proxy or a getter in them throws.
 */
export function areEqual(one: unknown, other: unknown): boolean {
  return new Comparison().areEqual(one, other, 0)
}

class Comparison {
  #partsLeft = partsMax

  areEqual(one: unknown, other: unknown, level: number): boolean {
    if (isSame(one, other)) return true
    if (typeof one !== 'object' || typeof other !== 'object') return false
    if (one === null || other === null || level === levelsMax) return false
    if (Array.isArray(one)) return Array.isArray(other) && this.#sameItems(one, other, level + 1)
    if (!isPlain(one) || !isPlain(other)) return false
    return this.#sameProperties(one, other, level + 1)
  }

  #sameItems(one: readonly unknown[], other: readonly unknown[], level: number): boolean {
    if (one.length !== other.length || !this.#affords(one.length)) return false
    return one.every((item, index) => this.areEqual(item, other[index], level))
  }

  #sameProperties(one: object, other: object, level: number): boolean {
    const names = Reflect.ownKeys(one)
    if (names.length !== Reflect.ownKeys(other).length || !this.#affords(names.length)) return false
    return names.every((name) => {
      if (!Object.hasOwn(other, name)) return false
      return this.areEqual(Reflect.get(one, name), Reflect.get(other, name), level)
    })
  }

  #affords(parts: number): boolean {
    this.#partsLeft -= parts
    return this.#partsLeft >= 0
  }
}

/** An object without a class, of any realm. */
export function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}
