import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Key } from '../../src/core/key.ts'
import { NameTable, type Slot } from '../../src/core/name-table.ts'

interface Holder {
  readonly id: number
}

/** The ways on which a key may lead to its holder. */
const ways = [
  ['straight', undefined],
  ['with a value', 1],
  [['composite'], undefined],
  [['composite', 2], 1],
] as const

describe('a name', () => {
  test('has the holder that claimed it, until that one releases it', () => {
    const table = new NameTable<Holder>()
    const [one, other] = [{ id: 1 }, { id: 2 }]
    table.claim('a', one, 'value')
    const slot = table.peek('a')
    expect([table.holder('a'), table.size, slot?.value]).toEqual([one, 1, 'value'])
    expect(table.release('a', other)).toBe(false)
    expect(table.release('a', one)).toBe(true)
    expect(table.release('a', one)).toBe(false)
    expect([table.holder('a'), table.size, slot?.value]).toEqual([undefined, 0, undefined])
    expect(table.release('never taken', one)).toBe(false)
  })

  test('that was freed and taken again is not freed by its holder of before', () => {
    const table = new NameTable<Holder>()
    const [one, other] = [{ id: 1 }, { id: 2 }]
    for (const key of ['a', ['a', 1]]) {
      table.claim(key, one, undefined)
      table.release(key, one)
      table.claim(key, other, undefined)
      expect(table.release(key, one)).toBe(false)
      expect(table.holder(key)).toBe(other)
    }
  })

  test('can be read whatever leads to its holder, and is nothing to read when it is free', () => {
    const table = new NameTable<Holder>()
    const one = { id: 1 }
    for (const [key, value] of ways) {
      expect([table.peek(key), table.slotOf(key)]).toEqual([undefined, undefined])
      table.claim(key, one, value)
      expect(table.peek(key)).toMatchObject({ key, holder: one, value })
      table.release(key, one)
      expect([table.peek(key), table.slotOf(key)]).toEqual([undefined, undefined])
    }
  })

  test('has one slot for whoever keeps hold of it, which its release empties', () => {
    const table = new NameTable<Holder>()
    const one = { id: 1 }
    for (const [key, value] of ways) {
      table.claim(key, one, value)
      const slot = table.slotOf(key)
      expect([slot, table.slotOf(key), table.peek(key)]).toEqual([slot, slot, slot])
      expect([table.slotOf(key) === slot, table.peek(key) === slot]).toEqual([true, true])
      expect([table.holder(key), slot?.key, slot?.value]).toEqual([one, key, value])
      expect(table.release(key, one)).toBe(true)
      expect([slot?.holder, slot?.value, table.holder(key)]).toEqual([
        undefined,
        undefined,
        undefined,
      ])
    }
    expect(table.size).toBe(0)
  })
})

describe('keys and holders', () => {
  test('are those held now, in the order in which the names were first taken', () => {
    const table = new NameTable<Holder>()
    const holders = [{ id: 0 }, { id: 1 }, { id: 2 }]
    for (const holder of holders) table.claim(`k${holder.id}`, holder, holder.id || undefined)
    release(table, 'k1')
    expect([[...table.keys()], [...table.holders()]]).toEqual([
      ['k0', 'k2'],
      [holders[0], holders[2]],
    ])
    expect([...table.entries()]).toMatchObject([
      { key: 'k0', holder: holders[0], value: undefined },
      { key: 'k2', holder: holders[2], value: 2 },
    ])
    table.claim('k1', { id: 3 }, undefined)
    expect([...table.keys()]).toEqual(['k0', 'k1', 'k2'])
    table.clear()
    expect([[...table.keys()], table.size, table.nameCount]).toEqual([[], 0, 0])
  })
})

describe('vacant names', () => {
  test('are kept for a while, so that a name that comes back costs no new entry', () => {
    const table = new NameTable<Holder>()
    for (let life = 0; life < 10_000; life += 1) {
      table.claim('crash-loop', { id: life }, undefined)
      release(table, 'crash-loop')
    }
    expect(table.nameCount).toBe(1)
  })

  test('are never deleted while their name comes back, so that its place stays the first', () => {
    const table = new NameTable<Holder>()
    table.claim('crash-loop', { id: 0 }, undefined)
    table.claim('other', { id: 1 }, undefined)
    for (let life = 0; life < 10_000; life += 1) {
      release(table, 'crash-loop')
      table.claim('crash-loop', { id: life }, undefined)
    }
    expect([...table.keys()]).toEqual(['crash-loop', 'other'])
  })

  test('are swept when they are many: used once, a million names do not stay', () => {
    const table = new NameTable<Holder>()
    for (let id = 0; id < 100_000; id += 1) comeAndGo(table, id)
    expect(table.size).toBe(0)
    expect(table.nameCount).toBeLessThan(3000)
  })

  test('that were taken again are not swept, and are swept once they are free for good', () => {
    // So few that none of them is swept before it is taken again.
    const table = new NameTable<Holder>()
    const again = (): void => {
      for (let id = 0; id < 1000; id += 1) table.claim(`a${id}`, { id }, undefined)
    }
    const free = (): void => {
      for (let id = 0; id < 1000; id += 1) release(table, `a${id}`)
    }
    again()
    free()
    again()
    churn(table, 5000)
    for (let id = 0; id < 1000; id += 1) expect(table.holder(`a${id}`)?.id).toBe(id)
    free()
    churn(table, 5000)
    expect(table.size).toBe(0)
    expect(table.nameCount).toBeLessThan(1500)
  })

  test('wait once, however often their name came and went', () => {
    for (const key of ['a', ['a']]) {
      const table = new NameTable<Holder>()
      comeAndGo(table, key)
      churn(table, 500)
      comeAndGo(table, key)
      churn(table, 5000)
      table.claim(key, { id: 2 }, undefined)
      churn(table, 3000)
      expect(table.holder(key)?.id).toBe(2)
    }
  })

  test('that were taken again lead straight to their holder once they have been swept', () => {
    const table = new NameTable<Holder>()
    comeAndGo(table, 'a')
    table.claim('a', { id: 2 }, undefined)
    const slot = table.peek('a')
    expect(table.peek('a')).toBe(slot)
    churn(table, 5000)
    expect(table.peek('a')).not.toBe(slot)
    expect(table.peek('a')).not.toBe(table.peek('a'))
    expect(table.peek('a')?.holder.id).toBe(2)
  })

  test('leave the slot of a name alone that somebody keeps hold of', () => {
    for (const key of ['a', ['a']]) {
      const table = new NameTable<Holder>()
      comeAndGo(table, key)
      table.claim(key, { id: 2 }, undefined)
      const slot = table.slotOf(key)
      churn(table, 5000)
      expect([table.slotOf(key) === slot, slot?.holder.id]).toEqual([true, 2])
      release(table, key)
      expect([slot?.holder, table.holder(key)]).toEqual([undefined, undefined])
    }
  })

  test('stay few beside many held ones', () => {
    const table = new NameTable<Holder>()
    const held = 20_000
    for (let id = 0; id < held; id += 1) table.claim(`held ${id}`, { id }, undefined)
    for (let id = 0; id < 100_000; id += 1) comeAndGo(table, id)
    expect(table.size).toBe(held)
    expect(table.nameCount).toBeLessThan(held * 1.2 + 2000)
  })
})

test('after any use it holds what a map would, however much was swept', () => {
  const step = fc.tuple(fc.nat(40), fc.constantFrom('claim', 'claim with value', 'keep', 'release'))
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), fc.boolean(), (steps, isCrowded) => {
      const keyOf = (each: number): Key => (each % 3 === 0 ? [each] : each)
      const table = new NameTable<Holder>()
      // Enough vacant slots that each release of the steps sweeps.
      const crowd = isCrowded ? 1100 : 0
      for (let id = 0; id < crowd; id += 1) comeAndGo(table, `x${id}`)
      const model = new Map<number, Pick<Slot<Holder>, 'holder' | 'value'>>()
      for (const [index, [each, what]] of steps.entries()) {
        const key = keyOf(each)
        const held = model.get(each)
        if (what === 'keep') expect(table.slotOf(key)).toEqual(table.peek(key))
        else if (what !== 'release' && held === undefined) {
          const value = what === 'claim' ? undefined : index
          model.set(each, { holder: { id: index }, value })
          table.claim(key, model.get(each)?.holder ?? { id: -1 }, value)
        } else if (what === 'release' && held !== undefined) {
          release(table, key)
          model.delete(each)
        }
        expect(table.size).toBe(model.size)
        for (let other = 0; other <= 40; other += 1) {
          const { holder, value } = table.peek(keyOf(other)) ?? {}
          expect(table.holder(keyOf(other))).toBe(model.get(other)?.holder)
          expect([holder, value]).toEqual([model.get(other)?.holder, model.get(other)?.value])
        }
      }
      const keys = new Set([...model.keys()].map(keyOf))
      expect(new Set(table.keys())).toEqual(keys)
      expect(new Set([...table.entries()].map(({ key }) => key))).toEqual(keys)
    }),
    { numRuns: 40 },
  )
})

let churned = 0

/** Names that are used once. */
function churn(table: NameTable<Holder>, count: number): void {
  for (let each = 0; each < count; each += 1) {
    churned += 1
    comeAndGo(table, churned)
  }
}

function comeAndGo(table: NameTable<Holder>, key: Key): void {
  table.claim(key, { id: 0 }, undefined)
  release(table, key)
}

function release(table: NameTable<Holder>, key: Key): void {
  const holder = table.holder(key)
  if (holder === undefined) throw new Error('not held')
  expect(table.release(key, holder)).toBe(true)
}
