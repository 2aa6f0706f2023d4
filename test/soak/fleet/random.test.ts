import { describe, expect, test } from 'vitest'
import { Randomness } from '../../../soak/fleet/random.ts'

describe('Randomness', () => {
  test('is the same for the same seed and another for another', () => {
    const draw = (seed: number) => {
      const random = new Randomness(seed)
      return Array.from({ length: 20 }, () => random.u32())
    }
    expect(draw(7)).toEqual(draw(7))
    expect(draw(8)).not.toEqual(draw(7))
  })

  test('draws each choice as often as its weight says', () => {
    const random = new Randomness(1)
    const counts = { often: 0, seldom: 0, never: 0 }
    for (let draw = 0; draw < 10_000; draw += 1) {
      const choices = [[3, 'often'] as const, [0, 'never'] as const, [1, 'seldom'] as const]
      counts[random.weighted(choices)] += 1
    }
    expect(counts.never).toBe(0)
    expect(Math.abs(counts.often - 7500)).toBeLessThan(300)
    expect(() => random.weighted([])).toThrow(RangeError)
  })

  test('draws integers below a limit, all of them', () => {
    const random = new Randomness(2)
    const drawn = new Set(Array.from({ length: 500 }, () => random.below(5)))
    expect([...drawn].sort()).toEqual([0, 1, 2, 3, 4])
  })
})
