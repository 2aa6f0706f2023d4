import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { below, randomSource } from '../../src/testing/random-source.ts'

describe('a random source', () => {
  test('is frozen: a seed that was written down means the same for ever', () => {
    const source = randomSource(0)
    expect([source(), source(), source()]).toEqual([1684164658, 3653269916, 2939563536])
  })

  test('gives the same numbers for the same seed, and others for another', () => {
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 32 - 1 }), (seed) => {
        const numbers = draw(seed)
        expect(draw(seed)).toEqual(numbers)
        expect(draw((seed + 1) % 2 ** 32)).not.toEqual(numbers)
      }),
    )
  })
})

describe('below', () => {
  test('gives every number under the limit about as often, and no other', () => {
    const source = randomSource(7)
    const counts = new Map<number, number>()
    for (let count = 0; count < 60_000; count += 1) {
      const drawn = below(source, 6)
      counts.set(drawn, (counts.get(drawn) ?? 0) + 1)
    }
    expect([...counts.keys()].sort()).toEqual([0, 1, 2, 3, 4, 5])
    for (const count of counts.values()) expect(Math.abs(count - 10_000)).toBeLessThan(500)
  })

  test('of 1 is 0', () => {
    expect(below(randomSource(3), 1)).toBe(0)
  })
})

function draw(seed: number): number[] {
  const source = randomSource(seed)
  return Array.from({ length: 20 }, source)
}
