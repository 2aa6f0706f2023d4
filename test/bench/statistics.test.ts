import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { medianOf, ratioOf, spreadOf } from '../../bench/statistics.ts'

describe('a median', () => {
  test('is the middle value, and the mean of both middles of an even number', () => {
    expect(medianOf([9, 1, 5])).toBe(5)
    expect(medianOf([1, 9, 5, 7])).toBe(6)
    expect(medianOf([3])).toBe(3)
  })

  test('of nothing is no number', () => {
    expect(medianOf([])).toBeNaN()
    expect(spreadOf([])).toEqual({ median: Number.NaN, min: Number.NaN, max: Number.NaN })
  })

  test('is not moved by one value that is far out', () => {
    expect(spreadOf([10, 11, 12, 13, 9000])).toEqual({ median: 12, min: 10, max: 9000 })
  })
})

describe('a ratio', () => {
  test('says how many times better: less time and more operations are both more', () => {
    const pair = [{ ours: 2, theirs: 8 }]
    expect(ratioOf(pair, 'less').median).toBe(4)
    expect(ratioOf(pair, 'more').median).toBe(0.25)
  })

  test('is made of pairs, so that a slow moment of the machine does not show', () => {
    const pairs = [1, 10, 1, 7, 2].map((slowness) => ({ ours: slowness, theirs: 3 * slowness }))
    expect(ratioOf(pairs, 'less')).toEqual({ median: 3, low: 3, high: 3 })
  })

  test('reaches from the least to the greatest as long as there are few rounds', () => {
    const pairs = [1, 2, 3, 4, 5].map((theirs) => ({ ours: 1, theirs }))
    expect(ratioOf(pairs, 'less')).toEqual({ median: 3, low: 1, high: 5 })
    expect(ratioOf(pairs.slice(0, 2), 'less')).toEqual({ median: 1.5, low: 1, high: 2 })
  })

  test('with more rounds leaves out as many at both ends as chance allows', () => {
    // Of 9 throws of a coin at most 1 falls heads in 10 of 512 cases, at most 2 in 46.
    const nine = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((theirs) => ({ ours: 1, theirs }))
    expect(ratioOf(nine, 'less')).toEqual({ median: 5, low: 2, high: 8 })
    expect(ratioOf(nine.slice(0, 8), 'less')).toEqual({ median: 4.5, low: 2, high: 7 })
    expect(ratioOf(nine.slice(0, 7), 'less')).toEqual({ median: 4, low: 1, high: 7 })
  })

  test('has its true median inside the interval nine times in ten', () => {
    // By counting: of each order of values below and above the median, is the median inside?
    for (const rounds of [5, 6, 7, 8, 9, 12]) {
      let inside = 0
      for (let bits = 0; bits < 2 ** rounds; bits++) {
        const above = Array.from({ length: rounds }, (_, bit) => (bits >> bit) & 1)
        const pairs = above.map((bit) => ({ ours: 1, theirs: bit === 1 ? 3 : 1 }))
        const { low, high } = ratioOf(pairs, 'less')
        if (low < 2 && high > 2) inside++
      }
      expect(inside / 2 ** rounds).toBeGreaterThanOrEqual(0.9)
    }
  })

  test('lies within its interval, whatever the figures', () => {
    const figure = fc.double({ min: 1e-6, max: 1e9, noNaN: true })
    const pairs = fc.array(fc.record({ ours: figure, theirs: figure }), { minLength: 1 })
    fc.assert(
      fc.property(pairs, fc.constantFrom('less', 'more'), (each, better) => {
        const { median, low, high } = ratioOf(each, better)
        expect(low).toBeLessThanOrEqual(median)
        expect(median).toBeLessThanOrEqual(high)
      }),
    )
  })
})
