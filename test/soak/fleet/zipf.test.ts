import { expect, test } from 'vitest'
import { Zipf } from '../../../soak/fleet/zipf.ts'

test('each key is drawn as often as its weight says', () => {
  const zipf = new Zipf(50, 0.9)
  const draws = 100_000
  const counts = new Array<number>(50).fill(0)
  for (let draw = 0; draw < draws; draw += 1) {
    const key = zipf.keyOf((draw + 0.5) / draws)
    counts[key] = (counts[key] ?? 0) + 1
  }
  for (const [key, count] of counts.entries()) {
    expect(Math.abs(count - zipf.weightOf(key) * draws)).toBeLessThanOrEqual(1.5)
  }
})

test('key 0 is asked for 2 ** 0.9 times as often as key 1, and the weights make one', () => {
  const zipf = new Zipf(1000, 0.9)
  expect(zipf.weightOf(0) / zipf.weightOf(1)).toBeCloseTo(2 ** 0.9)
  const weights = Array.from({ length: 1000 }, (_, key) => zipf.weightOf(key))
  expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1)
})

test('the least and the greatest draw are keys', () => {
  expect([new Zipf(3, 1).keyOf(0), new Zipf(3, 1).keyOf(1 - 2 ** -32)]).toEqual([0, 2])
})
