/**
 * Patterns at work: reading one, and asking whether values fit it.
 *
 * Invariant: whether a value fits depends on the pattern and the value alone. A pattern is read
 * once and is small (16 levels, 1,000 parts); what cannot be read or is larger is refused then, and
 * a value that cannot be read fits nothing. Matching never throws and calls no guard.
 */
import { argumentError } from './argument-error.ts'
import { areEqual, isPlain, isSame } from './equal.ts'
import { Variable, Wildcard } from './pattern.ts'

/** A pattern that was read. */
export type Test =
  | { readonly kind: 'any' }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'same'; readonly value: unknown }
  | { readonly kind: 'items'; readonly items: readonly Test[] }
  | { readonly kind: 'properties'; readonly properties: readonly (readonly [PropertyKey, Test])[] }

/** Fits everything and binds nothing. */
export const fitsAll: Test = Object.freeze({ kind: 'any' })

/** What variables stand for, by name. */
export type Bindings = Map<string, unknown>

const levelsMax = 16
const partsMax = 1000

/**
 * Reads a pattern, once.
 *
 * @param attempted what the caller tried, as words after "Cannot"
 * @param subject what the pattern is, such as `the pattern`
 * @param pattern from outside, so it may be anything
 * @throws ArgumentError FLOTILLA_INVALID_ARGUMENT for one that is too large or cannot be read
 */
export function compilePattern(attempted: string, subject: string, pattern: unknown): Test {
  let problem = `${subject} cannot be read`
  try {
    const test = new Reading().test(pattern, 0)
    if (test !== undefined) return test
    problem = `${subject} has more than ${levelsMax} levels or ${partsMax} parts`
  } catch {
    // A revoked proxy, a trap or a getter that throws.
  }
  throw argumentError('invalid_argument', { attempted, problem, wanted: 'a small pattern' })
}

/**
 * Whether a value fits. What it binds is added to `bindings`, also by one that does not fit in the
 * end; what is there already must be equal.
 */
export function fits(test: Test, value: unknown, bindings: Bindings): boolean {
  try {
    return fitsPart(test, value, bindings)
  } catch {
    // A proxy or a getter in the value that throws.
    return false
  }
}

class Reading {
  #partsLeft = partsMax

  test(pattern: unknown, level: number): Test | undefined {
    this.#partsLeft -= 1
    if (this.#partsLeft < 0 || level > levelsMax) return undefined
    if (typeof pattern !== 'object' || pattern === null) return { kind: 'same', value: pattern }
    if (Wildcard.is(pattern)) return fitsAll
    const name = Variable.nameOf(pattern)
    if (name !== undefined) return { kind: 'variable', name }
    if (Array.isArray(pattern)) return this.#items(pattern, level + 1)
    if (!isPlain(pattern)) return { kind: 'same', value: pattern }
    return this.#properties({ ...pattern }, level + 1)
  }

  #items(pattern: readonly unknown[], level: number): Test | undefined {
    const { length } = pattern
    const items: Test[] = []
    for (let index = 0; index < length; index += 1) {
      const item = this.test(pattern[index], level)
      if (item === undefined) return undefined
      items.push(item)
    }
    return { kind: 'items', items }
  }

  #properties(copy: object, level: number): Test | undefined {
    const properties: [PropertyKey, Test][] = []
    for (const name of Reflect.ownKeys(copy)) {
      const property = this.test(Reflect.get(copy, name), level)
      if (property === undefined) return undefined
      properties.push([name, property])
    }
    return { kind: 'properties', properties }
  }
}

function fitsPart(test: Test, value: unknown, bindings: Bindings): boolean {
  switch (test.kind) {
    case 'any':
      return true
    case 'variable':
      return fitsVariable(test.name, value, bindings)
    case 'same':
      return isSame(test.value, value)
    case 'items': {
      const { items } = test
      if (!Array.isArray(value) || value.length !== items.length) return false
      return items.every((item, index) => fitsPart(item, value[index], bindings))
    }
    case 'properties':
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
      return test.properties.every(([name, property]) => {
        return Object.hasOwn(value, name) && fitsPart(property, Reflect.get(value, name), bindings)
      })
  }
}

function fitsVariable(name: string, value: unknown, bindings: Bindings): boolean {
  if (bindings.has(name)) return areEqual(bindings.get(name), value)
  bindings.set(name, value)
  return true
}
