import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hashText } from '../../src/core/hash.ts'
import type { Key } from '../../src/core/key.ts'
import { KeyTable } from '../../src/core/key-table.ts'

/** A Map alone, and a table from the first key on, or from later ones. */
const fews = [10_000, 12, 3, 0]

/** Texts whose own place in any table of up to 4,096 places is the same. */
function colliding(count: number): string[] {
  const texts: string[] = []
  for (let i = 0; texts.length < count; i += 1) {
    if ((hashText(`k${i}`) & 4095) === 7) texts.push(`k${i}`)
  }
  return texts
}

function contentsOf<V>(table: KeyTable<V>): (readonly [Key, V])[] {
  return [...table.entries()].map(([key, value]) => [key, value])
}

const someTexts = colliding(40)
const keys = fc.oneof(
  fc.constantFrom(...someTexts),
  fc.integer({ min: 0, max: 90 }).map((i) => `user-${i}`),
  fc.constantFrom<Key>('', 'x'.repeat(48), 'x'.repeat(49), 'é', '\ud800', 1, '1', 1n, true, -0, 0),
)
const steps = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('set'), key: keys }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('delete'), key: keys }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('clear'), key: keys }) },
  ),
  { maxLength: 300, size: 'max' },
)

describe.each(fews)('a table that is a Map for up to %i keys', (few) => {
  test('has what a Map would have after every step', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const table = new KeyTable<number>(few)
        const model = new Map<Key, number>()
        for (const [value, { kind, key }] of all.entries()) {
          if (kind === 'set') {
            table.set(key, value)
            model.set(key, value)
          } else if (kind === 'delete') {
            table.delete(key)
            model.delete(key)
          } else {
            table.clear()
            model.clear()
          }
          expect([table.get(key), table.size]).toEqual([model.get(key), model.size])
        }
        expect(new Map(contentsOf(table))).toEqual(model)
        for (const key of [...someTexts, 'user-1', 1, '1', 0]) {
          expect(table.get(key)).toBe(model.get(key))
        }
      }),
      { numRuns: 200 },
    )
  })

  test('finds every key of many while it grows, and none that was deleted while it shrinks', () => {
    const table = new KeyTable<number>(few)
    const count = 5000
    for (let i = 0; i < count; i += 1) table.set(`user-${i}`, i)
    const isRight = (from: number) =>
      Array.from({ length: count }, (_, i) => table.get(`user-${i}`)).every((found, i) =>
        i < from ? found === undefined : found === i,
      )
    expect(isRight(0)).toBe(true)
    for (let i = 0; i < count; i += 1) {
      table.delete(`user-${i}`)
      if (i % 1000 === 999) expect(isRight(i + 1)).toBe(true)
    }
    expect([table.size, table.placeCount]).toEqual([0, 16])
  })

  test('lists texts in the order in which they came, one that came back at the end', () => {
    const table = new KeyTable<number>(few)
    for (let i = 0; i < 20; i += 1) table.set(`user-${i}`, i)
    for (let i = 0; i < 20; i += 2) table.delete(`user-${i}`)
    table.set('user-0', 20)
    table.set('user-3', 21)
    const odd = [1, 3, 5, 7, 9, 11, 13, 15, 17, 19]
    expect(contentsOf(table)).toEqual([
      ...odd.map((i) => [`user-${i}`, i === 3 ? 21 : i]),
      ['user-0', 20],
    ])
  })

  test('can change while it is listed: what stays is listed once, what went before is not', () => {
    const table = new KeyTable<number>(few)
    for (let i = 0; i < 10; i += 1) table.set(`user-${i}`, i)
    const seen: [Key, number][] = []
    for (const [key, value] of table.entries()) {
      seen.push([key, value])
      if (key !== 'user-4') continue
      table.delete('user-6')
      // Enough for it to be written anew, twice.
      for (let i = 0; i < 100; i += 1) table.set(`other-${i}`, i)
      for (let i = 0; i < 100; i += 1) table.delete(`other-${i}`)
      table.delete('user-8')
      table.set('user-9', -9)
    }
    expect(seen).toEqual([...[0, 1, 2, 3, 4, 5, 7].map((i) => [`user-${i}`, i]), ['user-9', -9]])
  })
})

test('a key that found no place is still one key when there is a place for it', () => {
  const table = new KeyTable<number>(0)
  for (const [i, text] of someTexts.entries()) table.set(text, i)
  const [first = '', last = ''] = [someTexts[0], someTexts[39]]
  table.delete(first)
  table.set(last, 100)
  expect([table.get(last), table.size]).toEqual([100, 39])
  table.delete(last)
  expect([table.get(last), table.size]).toEqual([undefined, 38])
})

test('a key that comes and goes keeps its place', () => {
  const table = new KeyTable<number>(0)
  for (let i = 0; i < 1000; i += 1) {
    table.set('user', i)
    expect(table.get('user')).toBe(i)
    table.delete('user')
    expect(table.get('user')).toBeUndefined()
  }
  expect([table.size, table.placeCount]).toEqual([0, 16])
})

test('two keys of one hash are two keys', () => {
  const seen = new Map<number, string>()
  let pair: readonly [string, string] | undefined
  for (let i = 0; pair === undefined; i += 1) {
    const twin = seen.get(hashText(`k${i}`))
    if (twin !== undefined) pair = [twin, `k${i}`]
    seen.set(hashText(`k${i}`), `k${i}`)
  }
  const [one, other] = pair
  const table = new KeyTable<string>(0)
  table.set(one, one)
  expect(table.get(other)).toBeUndefined()
  table.set(other, other)
  expect([table.get(one), table.get(other), table.size]).toEqual([one, other, 2])
})

test('keys that were chosen to collide are all found, and make the table no larger', () => {
  const table = new KeyTable<string>(0)
  for (const text of someTexts) table.set(text, text)
  expect(someTexts.map((text) => table.get(text))).toEqual(someTexts)
  expect(table.placeCount).toBe(128)
  for (const text of someTexts.slice(0, 39)) table.delete(text)
  expect(contentsOf(table)).toEqual([[someTexts[39], someTexts[39]]])
})
