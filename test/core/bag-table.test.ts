import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BagTable } from '../../src/core/bag-table.ts'
import type { Slot } from '../../src/core/name-table.ts'

type Holder = { readonly id: string }
const [ann, bob, eve]: readonly Holder[] = [{ id: 'ann' }, { id: 'bob' }, { id: 'eve' }]
const holders = [ann, bob, eve].filter((each) => each !== undefined)

function shown(slots: Iterable<Slot<Holder>>): unknown[] {
  return [...slots].map(({ key, holder, value }) => [key, holder?.id, value])
}

function holder(index: number): Holder {
  const found = holders[index % holders.length]
  if (found === undefined) throw new Error('unreachable')
  return found
}

describe('a bag', () => {
  test('has an entry for each that was added, also by one holder', () => {
    const table = new BagTable<Holder>()
    table.add('k', holder(0), 1)
    table.add('k', holder(1), 2)
    table.add('k', holder(0), 3)
    table.add('other', holder(0), 4)
    expect(shown(table.of('k'))).toEqual([
      ['k', 'ann', 1],
      ['k', 'ann', 3],
      ['k', 'bob', 2],
    ])
    expect(shown(table.heldBy('k', holder(0)))).toEqual([
      ['k', 'ann', 1],
      ['k', 'ann', 3],
    ])
    expect(shown(table.heldBy('k', holder(2)))).toEqual([])
    expect([table.of('nothing'), table.heldBy('nothing', holder(0))]).toEqual([[], []])
    expect([table.size, table.keyCount, shown(table.slots()).length]).toEqual([4, 2, 4])
  })

  test('loses one entry at a time, and only to its holder', () => {
    const table = new BagTable<Holder>()
    const first = table.add('k', holder(0), 1)
    const second = table.add('k', holder(0), 2)
    expect(table.remove(first, holder(1))).toBe(false)
    expect([table.remove(first, holder(0)), table.remove(first, holder(0))]).toEqual([true, false])
    expect(shown(table.of('k'))).toEqual([['k', 'ann', 2]])
    expect([first.holder, first.value]).toEqual([undefined, undefined])
    expect(table.remove(second, holder(0))).toBe(true)
    expect([table.size, table.keyCount, table.of('k')]).toEqual([0, 0, []])
    expect(table.remove(second, holder(0))).toBe(false)
  })

  test('of a key that comes and goes keeps nothing of it', () => {
    const table = new BagTable<Holder>()
    for (let round = 0; round < 5000; round += 1) {
      table.remove(table.add(round, holder(0), round), holder(0))
      table.remove(table.add('same', holder(0), round), holder(0))
    }
    expect([table.size, table.keyCount]).toEqual([0, 0])
    table.add('same', holder(1), 1)
    table.clear()
    expect([table.size, table.keyCount, shown(table.slots())]).toEqual([0, 0, []])
  })

  test('with very many entries of one holder loses them all in no time', () => {
    const table = new BagTable<Holder>()
    const slots = Array.from({ length: 50_000 }, (_, value) => table.add('k', holder(0), value))
    expect(slots.every((slot) => table.remove(slot, holder(0)))).toBe(true)
    expect(table.size).toBe(0)
  })
})

test('any use agrees with a list of entries', () => {
  const step = fc.record({ isAdd: fc.boolean(), key: fc.nat(3), who: fc.nat(2), at: fc.nat(20) })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
      const table = new BagTable<Holder>()
      let model: Slot<Holder>[] = []
      for (const [value, { isAdd, key, who, at }] of steps.entries()) {
        if (isAdd) model.push(table.add(key, holder(who), value))
        else {
          const slot = model[at % Math.max(1, model.length)]
          model = model.filter((each) => each !== slot)
          if (slot?.holder !== undefined) expect(table.remove(slot, slot.holder)).toBe(true)
        }
        expect(table.size).toBe(model.length)
        expect(new Set(table.slots())).toEqual(new Set(model))
        for (let each = 0; each <= 3; each += 1) {
          const own = model.filter((slot) => slot.key === each)
          expect(new Set(table.of(each))).toEqual(new Set(own))
          for (const one of holders) {
            expect(table.heldBy(each, one)).toEqual(own.filter((slot) => slot.holder === one))
          }
        }
      }
    }),
  )
})
