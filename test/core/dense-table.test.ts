import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DenseTable } from '../../src/core/dense-table.ts'

interface Item {
  place: number
  readonly number: number
}

class Items extends DenseTable<Item> {
  protected numberOf({ number }: Item): number {
    return number
  }
}

describe('a dense table', () => {
  test('has whatever was added until it is taken out, whatever the order', () => {
    const actions = fc.array(fc.record({ adds: fc.boolean(), at: fc.nat() }), { maxLength: 200 })
    fc.assert(
      fc.property(actions, fc.nat(200), (steps, indexedFrom) => {
        const table = new Items()
        const model: Item[] = []
        for (const [number, { adds, at }] of steps.entries()) {
          if (number === indexedFrom) table.get(0)
          if (adds || model.length === 0) {
            const item = { place: 0, number }
            table.add(item)
            model.push(item)
          } else {
            const [gone] = model.splice(at % model.length, 1)
            if (gone === undefined) throw new RangeError('unreachable: one was taken out')
            table.delete(gone)
            table.delete(gone)
            expect(number >= indexedFrom ? table.get(gone.number) : undefined).toBeUndefined()
          }
          expect([table.size, new Set(table)]).toEqual([model.length, new Set(model)])
        }
        expect(table.inOrder()).toEqual(model)
        for (const item of model) expect(table.get(item.number)).toBe(item)
      }),
    )
  })

  test('knows by number what came before anybody asked, and what comes after', () => {
    const table = new Items()
    const [one, other] = [
      { place: 0, number: 1 },
      { place: 0, number: 2 },
    ]
    table.add(one)
    expect(table.get(1)).toBe(one)
    table.add(other)
    table.delete(one)
    expect([1, 2].map((number) => table.get(number))).toEqual([undefined, other])
  })
})
