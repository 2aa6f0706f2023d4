import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Inbox, push, removeWhere, shift, takeAfter, unshift } from '../../src/core/inbox.ts'

interface Item {
  readonly value: number
  next: Item | undefined
}

describe('push and shift', () => {
  test('give items back in the order they came', () => {
    const inbox = inboxOf(1, 2, 3)
    expect(shift(inbox)?.value).toBe(1)
    push(inbox, item(4))
    expect(valuesOf(inbox)).toEqual([2, 3, 4])
  })

  test('give nothing from an empty list, and leave it empty', () => {
    const inbox = inboxOf(1)
    shift(inbox)
    expect(shift(inbox)).toBeUndefined()
    expect(inbox).toEqual({ head: undefined, tail: undefined, size: 0 })
  })

  test('keep nothing alive through an item that was taken', () => {
    const inbox = inboxOf(1, 2)
    expect(shift(inbox)?.next).toBeUndefined()
  })

  test('work on a holder that has other fields too', () => {
    const holder: Inbox<Item> & { state: string } = { ...inboxOf(), state: 'idle' }
    push(holder, item(1))
    expect(holder).toMatchObject({ size: 1, state: 'idle' })
  })
})

describe('unshift', () => {
  test('puts an item before all others', () => {
    const inbox = inboxOf(1)
    unshift(inbox, item(2))
    expect(valuesOf(inbox)).toEqual([2, 1])
  })

  test('fills an empty list so that the next push comes behind', () => {
    const inbox = inboxOf()
    unshift(inbox, item(1))
    push(inbox, item(2))
    expect(valuesOf(inbox)).toEqual([1, 2])
  })
})

describe('removeWhere', () => {
  test('takes out the first, the last and what is between, and tells how many', () => {
    const inbox = inboxOf(1, 2, 3, 4, 5)
    expect(removeWhere(inbox, ({ value }) => value % 2 === 1)).toBe(3)
    expect(valuesOf(inbox)).toEqual([2, 4])
    push(inbox, item(6))
    expect(valuesOf(inbox)).toEqual([2, 4, 6])
  })

  test('unlinks what it takes out', () => {
    const inbox = inboxOf(1, 2)
    const first = inbox.head
    removeWhere(inbox, () => true)
    expect(first?.next).toBeUndefined()
    expect(inbox).toEqual({ head: undefined, tail: undefined, size: 0 })
  })

  test('leaves a whole list behind when the predicate throws', () => {
    const inbox = inboxOf(1, 2, 3)
    const failing = ({ value }: Item): boolean => {
      if (value === 2) throw new Error('no answer')
      return true
    }
    expect(() => removeWhere(inbox, failing)).toThrow('no answer')
    expect(valuesOf(inbox)).toEqual([2, 3])
  })

  test('asks about what the predicate pushes', () => {
    const inbox = inboxOf(1)
    const removed = removeWhere(inbox, ({ value }) => {
      if (value < 3) push(inbox, item(value + 1))
      return value !== 2
    })
    expect(removed).toBe(2)
    expect(valuesOf(inbox)).toEqual([2])
  })
})

describe('takeAfter', () => {
  test('takes out what is behind an item, the oldest one without an item, and nothing at the end', () => {
    const inbox = inboxOf(1, 2, 3)
    const oldest = inbox.head
    expect(takeAfter(inbox, oldest)?.value).toBe(2)
    expect(takeAfter(inbox, oldest)).toMatchObject({ value: 3, next: undefined })
    expect(takeAfter(inbox, oldest)).toBeUndefined()
    expect(valuesOf(inbox)).toEqual([1])
    expect(takeAfter(inbox, undefined)?.value).toBe(1)
    expect(takeAfter(inbox, undefined)).toBeUndefined()
    expect(valuesOf(inbox)).toEqual([])
  })
})

test('an inbox behaves like an array under any sequence of operations', () => {
  const operation = fc.record({
    kind: fc.constantFrom('push', 'unshift', 'shift', 'removeWhere', 'takeAfter'),
    value: fc.nat(5),
  })
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 60 }), (operations) => {
      const inbox = inboxOf()
      let model: number[] = []
      for (const { kind, value } of operations) {
        if (kind === 'push') {
          push(inbox, item(value))
          model.push(value)
        } else if (kind === 'unshift') {
          unshift(inbox, item(value))
          model.unshift(value)
        } else if (kind === 'shift') {
          expect(shift(inbox)?.value).toBe(model.shift())
        } else if (kind === 'takeAfter') {
          let before = inbox.head
          for (let count = 0; count < value; count += 1) before = before?.next
          const index = before === undefined ? 0 : value + 1
          expect(takeAfter(inbox, before)?.value).toBe(model.splice(index, 1)[0])
        } else {
          const kept = model.filter((each) => each !== value)
          const removed = removeWhere(inbox, (each) => each.value === value)
          expect(removed).toBe(model.length - kept.length)
          model = kept
        }
        expect(valuesOf(inbox)).toEqual(model)
      }
    }),
    { seed: 3, numRuns: 500 },
  )
})

function item(value: number): Item {
  return { value, next: undefined }
}

function inboxOf(...values: readonly number[]): Inbox<Item> {
  const inbox: Inbox<Item> = { head: undefined, tail: undefined, size: 0 }
  for (const value of values) push(inbox, item(value))
  return inbox
}

/** The values in order; checks on the way that head, tail and size belong together. */
function valuesOf(inbox: Inbox<Item>): number[] {
  const values: number[] = []
  let last: Item | undefined
  for (let each = inbox.head; each !== undefined; each = each.next) {
    values.push(each.value)
    last = each
  }
  expect(inbox.tail).toBe(last)
  expect(inbox.size).toBe(values.length)
  return values
}
