import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isHeld, NameTable, type Slot } from '../../src/core/name-table.ts'

interface Holder {
  readonly id: number
}

describe('a name', () => {
  test('has the holder that claimed it, until that one releases it', () => {
    const table = new NameTable<Holder>()
    const [one, other] = [{ id: 1 }, { id: 2 }]
    const slot = table.claim('a', one, 'value')
    expect([table.holder('a'), table.size, slot.value]).toEqual([one, 1, 'value'])
    expect(table.release(slot, other)).toBe(false)
    expect(table.release(slot, one)).toBe(true)
    expect(table.release(slot, one)).toBe(false)
    expect([table.holder('a'), table.size, slot.value]).toEqual([undefined, 0, undefined])
  })

  test('that was freed and taken again is not freed by its holder of before', () => {
    const table = new NameTable<Holder>()
    const [one, other] = [{ id: 1 }, { id: 2 }]
    const slot = table.claim(['a', 1], one, undefined)
    table.release(slot, one)
    const again = table.claim(['a', 1], other, undefined)
    expect(table.release(slot, one)).toBe(false)
    expect([table.holder(['a', 1]), again === slot]).toEqual([other, true])
  })
})

describe('keys and holders', () => {
  test('are those held now, in the order in which the names were first taken', () => {
    const table = new NameTable<Holder>()
    const holders = [{ id: 0 }, { id: 1 }, { id: 2 }]
    const slots = holders.map((holder) => table.claim(`k${holder.id}`, holder, undefined))
    release(table, slots[1])
    expect([[...table.keys()], [...table.holders()]]).toEqual([
      ['k0', 'k2'],
      [holders[0], holders[2]],
    ])
    expect([...table.slots()]).toEqual([slots[0], slots[2]])
    expect(slots.map(isHeld)).toEqual([true, false, true])
    table.clear()
    expect([[...table.keys()], table.size, table.slotCount]).toEqual([[], 0, 0])
  })
})

describe('vacant slots', () => {
  test('are kept for a while, so that a name that comes back costs no new entry', () => {
    const table = new NameTable<Holder>()
    for (let life = 0; life < 10_000; life += 1) {
      release(table, table.claim('crash-loop', { id: life }, undefined))
    }
    expect(table.slotCount).toBe(1)
  })

  test('are swept when they are many: used once, a million names do not stay', () => {
    const table = new NameTable<Holder>()
    for (let id = 0; id < 100_000; id += 1) release(table, table.claim(id, { id }, undefined))
    expect(table.size).toBe(0)
    expect(table.slotCount).toBeLessThan(3000)
  })

  test('that were taken again are not swept, and are swept once they are free for good', () => {
    // So few that none of them is swept before it is taken again.
    const table = new NameTable<Holder>()
    const slots: Slot<Holder>[] = []
    const again = (): void => {
      for (let id = 0; id < 1000; id += 1) slots[id] = table.claim(`a${id}`, { id }, undefined)
    }
    const free = (): void => {
      for (const slot of slots) release(table, slot)
    }
    again()
    free()
    again()
    churn(table, 5000)
    for (let id = 0; id < 1000; id += 1) expect(table.holder(`a${id}`)?.id).toBe(id)
    free()
    churn(table, 5000)
    expect([table.size, table.find('a0')]).toEqual([0, undefined])
    expect(table.slotCount).toBeLessThan(1500)
  })

  test('wait once, however often their name came and went', () => {
    const table = new NameTable<Holder>()
    const comeAndGo = () => release(table, table.claim('a', { id: 1 }, undefined))
    comeAndGo()
    churn(table, 500)
    comeAndGo()
    while (table.find('a') !== undefined) churn(table, 1)
    table.claim('a', { id: 2 }, undefined)
    churn(table, 3000)
    expect(table.holder('a')?.id).toBe(2)
  })

  test('stay few beside many held ones', () => {
    const table = new NameTable<Holder>()
    const held = 20_000
    for (let id = 0; id < held; id += 1) table.claim(`held ${id}`, { id }, undefined)
    for (let id = 0; id < 100_000; id += 1) release(table, table.claim(id, { id }, undefined))
    expect(table.size).toBe(held)
    expect(table.slotCount).toBeLessThan(held * 1.2 + 2000)
  })
})

test('after any use it holds what a map would, however much was swept', () => {
  const step = fc.tuple(fc.nat(40), fc.boolean())
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), fc.boolean(), (steps, isCrowded) => {
      const table = new NameTable<Holder>()
      // Enough vacant slots that each release of the steps sweeps.
      const crowd = isCrowded ? 1100 : 0
      for (let id = 0; id < crowd; id += 1) release(table, table.claim(`x${id}`, { id }, undefined))
      const model = new Map<number, Slot<Holder>>()
      for (const [index, [key, isClaim]] of steps.entries()) {
        const slot = model.get(key)
        if (isClaim && slot === undefined) {
          model.set(key, table.claim(key, { id: index }, undefined))
        } else if (!isClaim && slot !== undefined) {
          release(table, slot)
          model.delete(key)
        }
        expect(table.size).toBe(model.size)
        for (let each = 0; each <= 40; each += 1) {
          expect(table.holder(each)?.id).toBe(model.get(each)?.holder?.id)
        }
      }
      expect(new Set(table.keys())).toEqual(new Set(model.keys()))
    }),
    { numRuns: 40 },
  )
})

let churned = 0

/** Names that are used once. */
function churn(table: NameTable<Holder>, count: number): void {
  for (let each = 0; each < count; each += 1) {
    churned += 1
    release(table, table.claim(churned, { id: churned }, undefined))
  }
}

function release(table: NameTable<Holder>, slot: Slot<Holder> | undefined): void {
  if (slot?.holder === undefined) throw new Error('not held')
  expect(table.release(slot, slot.holder)).toBe(true)
}
