/**
 * Makes plain data immutable.
 *
 * Invariant: either the whole value is frozen, or it throws; a Map, Set, Date or typed array has
 * contents that freezing does not reach, so it is refused.
 */

import type { KnownParts } from './known-parts.ts'

/** Why a value was not frozen. */
export class NotPlain extends TypeError {
  /** What is not plain data: a part of the value, or the getter of a part. */
  readonly part: unknown

  constructor(part: unknown) {
    super('not plain data')
    this.part = part
  }
}

/**
 * Freezes plain data in depth.
 *
 * @param value what to freeze
 * @param known objects that earlier calls have frozen in depth, and where this one adds its own: a
 * large state that shares most of its parts with the one before costs only the new parts. An object
 * that somebody else has frozen is not in it, and may have parts that are not.
 * @param isWhole which objects have nothing inside that could change, whatever they are made of
 * @throws NotPlain for anything but primitives, arrays, plain objects and functions
 */
export function freezeDeeply<T>(
  value: T,
  known?: KnownParts,
  isWhole: (part: object) => boolean = () => false,
): T {
  const open: unknown[] = [value]
  const plain: object[] = []
  const seen = new Set<object>()
  for (let next = open.pop(); open.length > 0 || next !== undefined; next = open.pop()) {
    if (typeof next !== 'object' || next === null || seen.has(next)) continue
    if (known?.has(next)) continue
    if (isWhole(next)) {
      plain.push(next)
      continue
    }
    if (!Array.isArray(next) && !isPlain(next)) throw new NotPlain(next)
    seen.add(next)
    plain.push(next)
    for (const property of Reflect.ownKeys(next)) {
      const descriptor = Reflect.getOwnPropertyDescriptor(next, property)
      if (descriptor?.get !== undefined) throw new NotPlain(descriptor.get)
      open.push(descriptor?.value)
    }
  }
  for (const object of plain) Object.freeze(object)
  known?.add(plain)
  return value
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}
