import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { freezeDeeply } from '../../src/core/freeze.ts'
import { KnownParts } from '../../src/core/known-parts.ts'

describe('freezeDeeply', () => {
  test('gives back the very value, frozen to its depth', () => {
    const value = { list: [{ deep: [1, { deeper: true }] }], text: 'x', nothing: undefined }
    expect(freezeDeeply(value)).toBe(value)
    expect(isDeeplyFrozen(value)).toBe(true)
    expect(() => {
      value.list.push({ deep: [] })
    }).toThrow(TypeError)
  })

  test('lets primitives and functions pass', () => {
    for (const value of [undefined, null, 0, '', 1n, true, Symbol('x'), () => 1]) {
      expect(freezeDeeply(value)).toBe(value)
    }
  })

  test('ends for cycles, for shared parts and for depths beyond the stack', () => {
    const cyclic: unknown[] = []
    cyclic.push({ cyclic })
    expect(Object.isFrozen(freezeDeeply(cyclic)[0])).toBe(true)
    let deep: unknown[] = []
    for (let level = 0; level < 100_000; level += 1) deep = [deep]
    expect(Object.isFrozen(freezeDeeply(deep)[0])).toBe(true)
  })

  test('takes an object that is whole without looking inside', () => {
    const whole = new Map([['a', { b: 1 }]])
    const value = { whole, more: {} }
    expect(() => freezeDeeply(value)).toThrow(TypeError)
    expect(freezeDeeply(value, undefined, (part) => part === whole)).toBe(value)
    expect([value, value.more, whole].every(Object.isFrozen)).toBe(true)
    expect(Object.isFrozen(whole.get('a'))).toBe(false)
  })

  test('covers hidden and symbol properties, and objects without a prototype', () => {
    const part = Symbol('part')
    const bare: Record<PropertyKey, unknown> = Object.create(null)
    bare[part] = { a: [] }
    Object.defineProperty(bare, 'hidden', { value: { b: [] }, enumerable: false })
    freezeDeeply(bare)
    expect(Object.isFrozen(bare[part])).toBe(true)
    expect(Object.isFrozen(Reflect.get(bare, 'hidden'))).toBe(true)
  })

  const refused: [string, () => unknown][] = [
    ['a Map', () => new Map()],
    ['a frozen Map', () => Object.freeze(new Map())],
    ['a Set', () => new Set()],
    ['a Date', () => new Date(0)],
    ['a typed array', () => new Uint8Array(1)],
    ['a class instance', () => new (class Point {})()],
    ['a promise', () => Promise.resolve()],
    ['a getter', () => Object.defineProperty({}, 'x', { get: () => 1, enumerable: true })],
  ]
  for (const [what, make] of refused) {
    test(`refuses ${what}, and then nothing is frozen`, () => {
      const value = { before: { a: 1 }, made: make(), after: [1] }
      expect(() => freezeDeeply(value)).toThrow(TypeError)
      expect([value, value.before, value.after].map(Object.isFrozen)).toEqual([false, false, false])
    })
  }

  test('does not trust what somebody else has frozen', () => {
    const inside = { changes: 1 }
    freezeDeeply({ shared: Object.freeze({ inside }) })
    expect(Object.isFrozen(inside)).toBe(true)
  })

  test('does not walk again what it knows', () => {
    const known = new KnownParts()
    const shared = { inside: Array.from({ length: 50 }, () => ({})) }
    freezeDeeply(shared, known)
    expect([known.has(shared), known.has(shared.inside)]).toEqual([true, true])
    const unreadable = Object.freeze({
      get never(): never {
        throw new Error('walked')
      },
    })
    known.add(Array.from({ length: 50 }, () => unreadable))
    freezeDeeply({ shared, unreadable }, known)
  })

  test('freezes any plain data whole, and changes nothing in it', () => {
    const data = fc.anything({ withBigInt: true, withNullPrototype: true })
    fc.assert(
      fc.property(data, (value) => {
        const before = structuredClone(value)
        expect(isDeeplyFrozen(freezeDeeply(value))).toBe(true)
        expect(value).toEqual(before)
      }),
    )
  })
})

function isDeeplyFrozen(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true
  return Object.isFrozen(value) && Object.values(value).every(isDeeplyFrozen)
}
