import { describe, expect, test } from 'vitest'
import { freezeDeeply } from '../../src/core/freeze.ts'
import { KnownParts } from '../../src/core/known-parts.ts'

describe('known parts', () => {
  test('are those of values with many of them', () => {
    const known = new KnownParts()
    const [many, few] = [objects(32), objects(31)]
    known.add(many)
    known.add(few)
    expect(many.every((part) => known.has(part))).toBe(true)
    expect(few.some((part) => known.has(part))).toBe(false)
  })

  test('are forgotten in the end, the oldest first, so that there are never very many', () => {
    const known = new KnownParts()
    const values = Array.from({ length: 5 }, () => objects(10_000))
    for (const value of values) known.add(value)
    expect(values.map(([first = {}]) => known.has(first))).toEqual([false, false, true, true, true])
  })

  test('stay known together if one value has more of them than are kept of many', () => {
    const known = new KnownParts()
    const large = objects(100_000)
    known.add(large)
    known.add(objects(32))
    expect(large.every((part) => known.has(part))).toBe(true)
  })

  test('let a value that shares most of another be frozen by its new parts alone', () => {
    const known = new KnownParts()
    const rows: object[] = objects(40)
    freezeDeeply(rows, known)
    const unreadable = new Proxy(rows, {
      ownKeys: () => {
        throw new Error('walked again')
      },
    })
    expect(() => freezeDeeply({ rows: unreadable, more: {} }, known)).toThrow('walked again')
    expect(Object.isFrozen(freezeDeeply({ rows, more: {} }, known).more)).toBe(true)
    const grown = freezeDeeply([...rows, { inside: {} }], known)
    expect(Object.isFrozen(grown.at(-1))).toBe(true)
  })

  function objects(count: number): object[] {
    return Array.from({ length: count }, () => ({}))
  }
})
