import { expect, test } from 'vitest'
import { percentile } from '../../../../bench/arms/work/percentile.ts'

test('a percentile is the smallest sample that so many percent do not exceed', () => {
  const samples = Array.from({ length: 200 }, (_, index) => 200 - index)
  expect([percentile(samples, 50), percentile(samples, 99), percentile(samples, 100)]).toEqual([
    100, 198, 200,
  ])
  expect([percentile([7], 1), percentile([7], 99)]).toEqual([7, 7])
})

test('of no samples there is none', () => {
  expect(percentile([], 50)).toBeNaN()
})

test('numbers are put in order as numbers, and the samples stay as they were', () => {
  const samples = [10, 9, 100]
  expect(percentile(samples, 50)).toBe(10)
  expect(samples).toEqual([10, 9, 100])
})
