import { describe, expect, it } from 'vitest'
import { SmallSet } from '../../src/core/small-set.ts'

const [first, second, third] = [{ name: 'first' }, { name: 'second' }, { name: 'third' }]

function itemsOf(set: SmallSet<object>): object[] {
  const items: object[] = []
  set.each((item) => items.push(item))
  return items
}

describe('a small set', () => {
  it('is empty at first', () => {
    const set = new SmallSet()
    expect([set.size, itemsOf(set), set.delete(first)]).toEqual([0, [], false])
  })

  it('has each item once, in the order in which they came', () => {
    const set = new SmallSet()
    for (const item of [second, first, second, first, third]) set.add(item)
    expect([set.size, itemsOf(set)]).toEqual([3, [second, first, third]])
  })

  it('deletes an item once, wherever it is', () => {
    for (const gone of [first, second, third]) {
      const set = new SmallSet()
      for (const item of [first, second, third]) set.add(item)
      expect([set.delete(gone), set.delete(gone), set.size]).toEqual([true, false, 2])
      expect(itemsOf(set)).toEqual([first, second, third].filter((item) => item !== gone))
    }
  })

  it('keeps the order when the oldest has gone and another one comes', () => {
    const set = new SmallSet()
    set.add(first)
    set.add(second)
    set.delete(first)
    set.add(third)
    set.add(first)
    expect(itemsOf(set)).toEqual([second, third, first])
  })

  it('does not take an item twice that came second and stands alone now', () => {
    const set = new SmallSet()
    set.add(first)
    set.add(second)
    set.delete(first)
    set.add(second)
    expect([set.size, itemsOf(set)]).toEqual([1, [second]])
    expect([set.delete(second), set.size]).toEqual([true, 0])
  })

  it('can be filled again after it was emptied', () => {
    const set = new SmallSet()
    for (const item of [first, second]) set.add(item)
    for (const item of [first, second]) set.delete(item)
    set.add(third)
    expect([set.size, itemsOf(set)]).toEqual([1, [third]])
  })

  it('finds the first item that passes a test', () => {
    const set = new SmallSet<{ readonly name: string }>()
    expect(set.find(() => true)).toBeUndefined()
    for (const item of [first, second, third]) if (item !== undefined) set.add(item)
    expect(set.find(() => true)).toBe(first)
    expect(set.find(({ name }) => name !== 'first')).toBe(second)
    expect(set.find(({ name }) => name === 'fourth')).toBeUndefined()
  })
})
