import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { below, forkedSource, fraction, randomSource } from '../../src/testing/random-source.ts'

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

test('gives each label a stream of its own, the same each time', () => {
  const first = (seed: number, label: string) => forkedSource(seed, label)()
  expect(first(1, 'a')).toBe(first(1, 'a'))
  const drawn = [first(1, 'a'), first(1, 'b'), first(2, 'a')]
  expect(new Set(drawn).size).toBe(3)
})

test('draws fractions from 0 to below 1', () => {
  expect(fraction(() => 0)).toBe(0)
  expect(fraction(() => 2 ** 32 - 1)).toBeLessThan(1)
})
