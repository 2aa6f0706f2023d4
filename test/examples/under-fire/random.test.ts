import { expect, it } from 'vitest'
import { randomFrom } from '../../../examples/under-fire/random.ts'

it('gives the same numbers for the same seed and label', () => {
  expect(draw(7, 1)).toEqual(draw(7, 1))
})

it('gives other numbers for another seed or label', () => {
  const streams = [draw(7, 1), draw(8, 1), draw(7, 2), draw(0, 0), draw(1, 7)]
  expect(new Set(streams.map(String)).size).toBe(streams.length)
})

it('stays the same from version to version, since runs are repeated by their seed', () => {
  expect(draw(1, 0).slice(0, 3)).toMatchInlineSnapshot(`
    [
      2119635827,
      1420740820,
      2584658726,
    ]
  `)
})

it('draws below a limit, every number about as often', () => {
  const random = randomFrom(3)
  const counts = Array.from({ length: 10 }, () => 0)
  for (let count = 0; count < 10_000; count += 1) {
    const drawn = random.below(10)
    counts[drawn] = (counts[drawn] ?? 0) + 1
  }
  for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(150)
})

function draw(seed: number, label: number): number[] {
  const random = randomFrom(seed, label)
  return Array.from({ length: 8 }, () => random.u32())
}
