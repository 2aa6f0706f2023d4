import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type DeadlineEntry, Deadlines } from '../../src/core/deadlines.ts'

interface Entry extends DeadlineEntry {
  readonly name: number
}

describe('takeDue', () => {
  test('gives deadlines in due order, and equal ones in the order they were scheduled', () => {
    const deadlines = new Deadlines<Entry>()
    for (const [name, dueMs] of [30, 10, 20, 10, 30, 10].entries()) {
      deadlines.schedule(entry(name), dueMs)
    }
    expect(takeAll(deadlines, 30)).toEqual([1, 3, 5, 2, 0, 4])
  })

  test('gives what is due exactly now, and nothing that is due later', () => {
    const deadlines = new Deadlines<Entry>()
    deadlines.schedule(entry(1), 10)
    expect(deadlines.takeDue(9.999)).toBeUndefined()
    expect(deadlines.takeDue(10)?.name).toBe(1)
    expect(deadlines.takeDue(Number.POSITIVE_INFINITY)).toBeUndefined()
  })

  test('gives an entry back free to be scheduled again', () => {
    const deadlines = new Deadlines<Entry>()
    const again = entry(1)
    deadlines.schedule(again, 10)
    deadlines.takeDue(10)
    expect(again.heapIndex).toBe(-1)
    deadlines.schedule(again, 20)
    expect(deadlines.earliestMs()).toBe(20)
  })
})

describe('schedule', () => {
  test('moves a deadline that is scheduled, earlier or later, without a second entry', () => {
    const deadlines = new Deadlines<Entry>()
    const [first, second] = [entry(1), entry(2)]
    deadlines.schedule(first, 10)
    deadlines.schedule(second, 20)
    deadlines.schedule(first, 30)
    expect(deadlines.earliestMs()).toBe(20)
    deadlines.schedule(first, 5)
    expect(deadlines.earliestMs()).toBe(5)
    expect(deadlines.size).toBe(2)
  })

  test('puts a deadline behind its equals when it is scheduled again for the same time', () => {
    const deadlines = new Deadlines<Entry>()
    const [first, second] = [entry(1), entry(2)]
    deadlines.schedule(first, 10)
    deadlines.schedule(second, 10)
    deadlines.schedule(first, 10)
    expect(takeAll(deadlines, 10)).toEqual([2, 1])
  })
})

describe('cancel', () => {
  test('tells whether the deadline was scheduled here', () => {
    const deadlines = new Deadlines<Entry>()
    const elsewhere = new Deadlines<Entry>()
    const one = entry(1)
    expect(deadlines.cancel(one)).toBe(false)
    deadlines.schedule(one, 10)
    elsewhere.schedule(entry(2), 10)
    expect(elsewhere.cancel(one)).toBe(false)
    expect(deadlines.cancel(one)).toBe(true)
    expect(deadlines.cancel(one)).toBe(false)
    expect([deadlines.size, elsewhere.size]).toEqual([0, 1])
  })

  test('keeps the order when the last entry of the heap must rise into the free place', () => {
    const deadlines = new Deadlines<Entry>()
    // A heap with a late branch on the left and an early one on the right.
    const entries = [1, 50, 2, 60, 70, 3, 4].map((dueMs) => {
      const each = entry(dueMs)
      deadlines.schedule(each, dueMs)
      return each
    })
    expect(deadlines.cancel(entries[3] ?? entry(0))).toBe(true)
    expect(takeAll(deadlines, 100)).toEqual([1, 2, 3, 4, 50, 70])
  })
})

describe('clear', () => {
  test('takes everything out and lets every entry be scheduled again', () => {
    const deadlines = new Deadlines<Entry>()
    const entries = [entry(1), entry(2), entry(3)]
    for (const each of entries) deadlines.schedule(each, each.name)
    deadlines.clear()
    expect([deadlines.size, deadlines.earliestMs()]).toEqual([0, undefined])
    expect(entries.map(({ heapIndex }) => heapIndex)).toEqual([-1, -1, -1])
    for (const each of entries) deadlines.schedule(each, -each.name)
    expect(takeAll(deadlines, 0)).toEqual([3, 2, 1])
  })
})

test('deadlines behave like a sorted list under any sequence of operations', () => {
  const operation = fc.record({
    kind: fc.constantFrom('schedule', 'schedule', 'cancel', 'take'),
    name: fc.nat(15),
    timeMs: fc.nat(20),
  })
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 120 }), (operations) => {
      const deadlines = new Deadlines<Entry>()
      const entries = Array.from({ length: 16 }, (_, name) => entry(name))
      let model: { readonly name: number; readonly dueMs: number }[] = []
      const without = (name: number): typeof model => model.filter((each) => each.name !== name)
      for (const { kind, name, timeMs } of operations) {
        const each = entries[name] ?? entry(name)
        if (kind === 'schedule') {
          deadlines.schedule(each, timeMs)
          // A stable sort: among equals the one scheduled last stays last.
          model = [...without(name), { name, dueMs: timeMs }].sort((a, b) => a.dueMs - b.dueMs)
        } else if (kind === 'cancel') {
          expect(deadlines.cancel(each)).toBe(model.some((known) => known.name === name))
          model = without(name)
        } else {
          const expected = model[0] !== undefined && model[0].dueMs <= timeMs ? model[0].name : -1
          expect(deadlines.takeDue(timeMs)?.name ?? -1).toBe(expected)
          model = without(expected)
        }
        expect(deadlines.size).toBe(model.length)
        expect(deadlines.earliestMs()).toBe(model[0]?.dueMs)
      }
      expect(takeAll(deadlines, 20)).toEqual(model.map(({ name }) => name))
      expect(entries.every(({ heapIndex }) => heapIndex === -1)).toBe(true)
    }),
    { seed: 4, numRuns: 500 },
  )
})

function entry(name: number): Entry {
  return { name, dueMs: 0, sequence: 0, heapIndex: -1 }
}

function takeAll(deadlines: Deadlines<Entry>, nowMs: number): number[] {
  const names: number[] = []
  for (let due = deadlines.takeDue(nowMs); due !== undefined; due = deadlines.takeDue(nowMs)) {
    names.push(due.name)
  }
  return names
}
