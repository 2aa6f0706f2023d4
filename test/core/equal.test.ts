import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { areEqual, isPlain, isSame } from '../../src/core/equal.ts'

describe('isSame', () => {
  test('is strict, but NaN is itself and the zeros are one', () => {
    expect(isSame(Number.NaN, Number.NaN)).toBe(true)
    expect(isSame(0, -0)).toBe(true)
    expect(isSame(1, '1')).toBe(false)
    expect(isSame(1, 1n)).toBe(false)
    expect(isSame([], [])).toBe(false)
  })
})

describe('areEqual', () => {
  const leaf = fc.oneof(
    fc.constantFrom<unknown>(null, undefined, true, 0, 1, Number.NaN, '', '1', 1n),
    fc.string({ maxLength: 2 }),
  )
  const data = fc.letrec<{ data: unknown }>((tie) => ({
    data: fc.oneof(
      { maxDepth: 4 },
      leaf,
      fc.array(tie('data'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom('a', 'b', '__proto__', 'then'), tie('data'), {
        maxKeys: 3,
        noNullPrototype: true,
      }),
    ),
  })).data

  test('agrees with the comparison of Node on plain data', () => {
    fc.assert(
      fc.property(data, data, (one, other) => {
        expect(areEqual(one, other)).toBe(isDeepStrictEqual(one, other))
        expect(areEqual(one, structuredClone(one))).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })

  test('looks at structure, not at identity or the order of properties', () => {
    expect(areEqual({ a: 1, b: [2, { c: 3 }] }, { b: [2, { c: 3 }], a: 1 })).toBe(true)
    expect(areEqual({ a: 1 }, { a: 1, b: undefined })).toBe(false)
    expect(areEqual({ a: undefined }, { b: undefined })).toBe(false)
    expect(areEqual([1, 2], [1])).toBe(false)
    expect(areEqual([], {})).toBe(false)
    expect(areEqual({}, [])).toBe(false)
    expect(areEqual(null, {})).toBe(false)
    expect(areEqual({}, undefined)).toBe(false)
    expect(areEqual(Object.create(null), {})).toBe(true)
  })

  test('knows what has no structure of its own by identity only', () => {
    const date = new Date(0)
    expect(areEqual(date, date)).toBe(true)
    expect(areEqual(date, new Date(0))).toBe(false)
    expect(areEqual(new Map(), new Map())).toBe(false)
    expect(areEqual(new Map(), {})).toBe(false)
    const mark = (): number => 1
    expect([areEqual([mark], [mark]), areEqual(mark, (): number => 1)]).toEqual([true, false])
  })

  test('gives up on what is too deep, too large or endless, and says no', () => {
    const deep = (levels: number): unknown => (levels === 0 ? 1 : [deep(levels - 1)])
    expect(areEqual(deep(16), deep(16))).toBe(true)
    expect(areEqual(deep(17), deep(17))).toBe(false)
    const wide = (length: number): unknown => Array.from({ length }, () => 1)
    expect(areEqual(wide(10_000), wide(10_000))).toBe(true)
    expect(areEqual(wide(10_001), wide(10_001))).toBe(false)
    expect(areEqual(new Array(2 ** 32 - 1), new Array(2 ** 32 - 1))).toBe(false)
    const endless = (): unknown[] => {
      const list: unknown[] = []
      list.push(list, list, list)
      return list
    }
    expect(areEqual(endless(), endless())).toBe(false)
    const one = endless()
    expect(areEqual(one, one)).toBe(true)
  })
})

describe('isPlain', () => {
  test('is an object without a class', () => {
    expect([{}, Object.create(null), structuredClone({})].every(isPlain)).toBe(true)
    expect([new Date(0), new Map(), Object.create({})].some(isPlain)).toBe(false)
  })
})
