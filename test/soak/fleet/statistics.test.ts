import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Randomness } from '../../../soak/fleet/random.ts'
import {
  lastPart,
  middleOf,
  poissonLimit,
  type Sample,
  slopeOf,
} from '../../../soak/fleet/statistics.ts'

describe('slopeOf', () => {
  test('finds a line exactly, whatever a quarter of the points do', () => {
    const samples = Array.from({ length: 40 }, (_, index) => {
      return { atSeconds: index * 10, value: index % 5 === 2 ? 1e9 : 100 + index }
    })
    expect(slopeOf(samples).perHour).toBeCloseTo(360, -1)
  })

  test('has no slope for what stays, and says what it is around', () => {
    const samples = Array.from({ length: 9 }, (_, index) => ({ atSeconds: index, value: 7 }))
    expect(slopeOf(samples)).toEqual({ perHour: 0, low: 0, high: 0, median: 7 })
  })

  test('is sure of a steady rise and unsure of noise', () => {
    const rising = Array.from({ length: 20 }, (_, index) => ({ atSeconds: index, value: index }))
    expect(slopeOf(rising).low).toBeGreaterThan(0)
    const noise = Array.from({ length: 20 }, (_, index) => ({
      atSeconds: index,
      value: (index * index * 7) % 31,
    }))
    const { low, high } = slopeOf(noise)
    expect(low).toBeLessThan(0)
    expect(high).toBeGreaterThan(0)
  })

  test('its interval holds its slope, and a thousand points are thinned out without bending it', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1000 }), { maxLength: 60 }), (values) => {
        const { low, perHour, high } = slopeOf(
          values.map((value, index) => ({ atSeconds: index, value })),
        )
        expect(low).toBeLessThanOrEqual(perHour)
        expect(high).toBeGreaterThanOrEqual(perHour)
      }),
    )
    const many = Array.from({ length: 1000 }, (_, index) => ({ atSeconds: index, value: index }))
    expect(slopeOf(many).perHour).toBeCloseTo(3600)
  })

  test('is seldom sure of waves that lead nowhere, and sure of a rise in the same waves', () => {
    const sureOf = (risePerSample: number): number => {
      const seeds = Array.from({ length: 200 }, (_, index) => index + 1)
      return seeds.filter((seed) => slopeOf(waves(seed, risePerSample)).low > 0).length
    }
    // Without regard to the waves it is sure of 58 of these.
    expect(sureOf(0)).toBeLessThanOrEqual(20)
    expect(sureOf(0.05)).toBeGreaterThanOrEqual(190)
  })

  test('of nothing and of one point is nothing', () => {
    expect(slopeOf([])).toEqual({ perHour: 0, low: 0, high: 0, median: 0 })
    expect(slopeOf([{ atSeconds: 1, value: 5 }]).median).toBe(5)
  })
})

/** Eighty samples, each of which is four fifths the one before, and a rise. */
function waves(seed: number, risePerSample: number): readonly Sample[] {
  const random = new Randomness(seed)
  let wave = 0
  return Array.from({ length: 80 }, (_, index) => {
    const noise = Array.from({ length: 12 }, () => random.share() - 0.5)
    wave = 0.8 * wave + 0.6 * noise.reduce((sum, part) => sum + part, 0)
    return { atSeconds: index * 30, value: wave + index * risePerSample }
  })
}

test('the last part of a series goes by time, not by number of points', () => {
  const samples = [0, 1, 2, 3, 90, 100].map((atSeconds) => ({ atSeconds, value: 0 }))
  expect(lastPart(samples, 0.8).map(({ atSeconds }) => atSeconds)).toEqual([90, 100])
})

test.each([
  [0, 0],
  [0.1, 2],
  [1, 5],
  [10, 21],
  [1000, 1099],
])(
  'a Poisson variable of mean %d exceeds %d in less than one of a thousand cases',
  (mean, limit) => {
    expect(poissonLimit(mean)).toBe(limit)
  },
)

test('the middle of an even number of values lies between two', () => {
  expect([middleOf([]), middleOf([3]), middleOf([4, 1]), middleOf([9, 1, 2])]).toEqual([
    0, 3, 2.5, 2,
  ])
})
