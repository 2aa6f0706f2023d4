import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LastItems } from '../../src/core/last-items.ts'

test('keeps the newest items, oldest first, however it is filled and resized', () => {
  const operation = fc.oneof(
    fc.record({ add: fc.integer() }),
    fc.record({ resize: fc.integer({ min: 1, max: 8 }) }),
  )
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 8 }),
      fc.array(operation, { maxLength: 60 }),
      (first, operations) => {
        const items = new LastItems<number>(first)
        let max = first
        let model: number[] = []
        for (const each of operations) {
          if ('add' in each) {
            items.add(each.add)
            model.push(each.add)
          } else {
            items.resize(each.resize)
            max = each.resize
          }
          model = model.slice(-max)
          expect(items.toArray()).toEqual(model)
        }
      },
    ),
    { numRuns: 500 },
  )
})

test('gives a copy', () => {
  const items = new LastItems<number>(2)
  items.add(1)
  items.toArray().push(2)
  expect(items.toArray()).toEqual([1])
})
