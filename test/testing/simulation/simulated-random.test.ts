import { expect, test } from 'vitest'
import { randomSource } from '../../../src/testing/random-source.ts'
import { SimulatedRandom } from '../../../src/testing/simulation/simulated-random.ts'

const random = () => new SimulatedRandom(randomSource(1))

test('draws within its limits', () => {
  const { integer, fraction } = random()
  const integers = Array.from({ length: 500 }, () => Number(integer(3, 6)))
  expect(new Set(integers)).toEqual(new Set([3, 4, 5]))
  for (let count = 0; count < 100; count += 1) expect(fraction()).toBeLessThan(1)
})

test('fills any typed array, and gives the same for the same seed', () => {
  const wide = random().fill(new Uint32Array(4))
  expect(random().fill(new Uint32Array(4))).toEqual(wide)
  expect(new Set(wide).size).toBe(4)
  expect(() => random().fill('text')).toThrow(TypeError)
})

test('answers callbacks as Node does', async () => {
  const { bytes, integer } = random()
  const got = await new Promise((resolve) => bytes(8, (_error, it) => resolve(it)))
  expect(got).toHaveLength(8)
  expect(
    await new Promise((resolve) => integer(5, (_error: null, it: number) => resolve(it))),
  ).toBeLessThan(5)
})

test('makes identifiers of version 4', () => {
  const { uuid } = random()
  const all = new Set(Array.from({ length: 100 }, uuid))
  expect(all.size).toBe(100)
  for (const one of all)
    expect(one).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/)
})
