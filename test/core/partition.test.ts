import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hashKey } from '../../src/core/hash.ts'
import { partitionOf } from '../../src/core/partition.ts'

const key = fc.oneof(
  fc.string(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.bigInt(),
  fc.boolean(),
  fc.array(fc.oneof(fc.string(), fc.integer())),
)

describe('the partition of a key', () => {
  test.each([
    [0, 0],
    [-0, 0],
    [3, 0],
    [-1, 1],
    [-5, 2],
    [7, 1],
    [2 ** 53, 2],
    [-(2n ** 64n), 1],
    [5n, 2],
  ])('%s is that of its absolute value among three: %i', (integer, partition) => {
    expect(partitionOf(integer, 3)).toBe(partition)
  })

  test.each(['u1', 1.5, true, ['a', 1], '3'])('%j is that of its frozen hash', (other) => {
    expect(partitionOf(other, 7)).toBe(hashKey(other) % 7)
  })

  test('is always one of those there are, and always the same', () => {
    fc.assert(
      fc.property(key, fc.integer({ min: 1, max: 100 }), (any, count) => {
        const partition = partitionOf(any, count)
        expect(partition).toSatisfy((found: number) => {
          return Number.isInteger(found) && found >= 0 && found < count
        })
        expect(Object.is(partition, -0)).toBe(false)
        expect(partitionOf(any, count)).toBe(partition)
      }),
    )
  })

  test('takes every partition for its fair share of many keys', () => {
    const counts = new Array<number>(8).fill(0)
    for (let user = 0; user < 8000; user += 1) {
      const partition = partitionOf(`user-${user}`, 8)
      counts[partition] = (counts[partition] ?? 0) + 1
    }
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(150)
  })

  test('refuses what is no key', () => {
    expect(() => partitionOf(Number.NaN, 3)).toThrow('the key is NaN')
  })
})
