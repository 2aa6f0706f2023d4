import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ArgumentError } from '../../src/core/argument-error.ts'
import { fmix32, hashKey } from '../../src/core/hash.ts'
import type { Key } from '../../src/core/key.ts'
import { pickShard, rankShards } from '../../src/core/rendezvous.ts'

/** A change of any of these would move processes to other shards. */
const frozenPicks: readonly (readonly [key: Key, of4: string, of16: number])[] = [
  ['', 'shard-3', 7],
  ['u1', 'shard-3', 9],
  ['user-12345', 'shard-1', 1],
  ['game:42', 'shard-2', 1],
  ['é', 'shard-1', 13],
  ['😀', 'shard-2', 12],
  ['\ud800', 'shard-2', 8],
  [0, 'shard-1', 14],
  [42, 'shard-0', 5],
  [0.1, 'shard-0', 10],
  [-1n, 'shard-1', 6],
  [10n, 'shard-1', 4],
  [true, 'shard-0', 13],
  [false, 'shard-3', 5],
  [[], 'shard-1', 6],
  [['a', 1], 'shard-3', 0],
  [['a', ['b', 2n]], 'shard-1', 14],
]

/** Two shards whose hashes with seed 0 are the same. */
const twins = ['shard-100802', 'shard-140772'] as const

describe('pickShard', () => {
  test('keeps its answers for good', () => {
    for (const [key, of4, of16] of frozenPicks) {
      expect.soft(pickShard(key, named(4)), String(key)).toBe(of4)
      expect.soft(pickShard(key, numbered(16)), String(key)).toBe(of16)
    }
  })

  test('picks the shard with the highest score, as it is documented', () => {
    fc.assert(
      fc.property(anyKey, shardList, (key, shards) => {
        const scores = shards.map((shard) => fmix32(hashKey(key) ^ hashKey(shard)))
        expect(pickShard(key, shards)).toBe(shards[scores.indexOf(Math.max(...scores))])
      }),
      { seed: 11, numRuns: 500 },
    )
  })

  test('does not depend on the order of the shards', () => {
    fc.assert(
      fc.property(anyKey, shuffled, (key, [shards, reordered]) => {
        expect(pickShard(key, reordered)).toBe(pickShard(key, shards))
      }),
      { seed: 12, numRuns: 500 },
    )
  })

  test('moves keys only to a shard that is added, and about its fair share of them', () => {
    const [before, after] = [named(16), named(17)]
    const moved = keys.filter((key) => pickShard(key, before) !== pickShard(key, after))
    expect(moved.every((key) => pickShard(key, after) === 'shard-16')).toBe(true)
    expect(moved.length / keys.length).toBeCloseTo(1 / 17, 2)
  })

  test('moves only the keys of a shard that is removed, wherever it stood', () => {
    const before = named(16)
    for (const removed of before) {
      const after = before.filter((shard) => shard !== removed)
      for (const key of keys.slice(0, 500)) {
        const old = pickShard(key, before)
        if (old === removed) expect(after).toContain(pickShard(key, after))
        else expect(pickShard(key, after)).toBe(old)
      }
    }
  })

  test('tells keys and shards of different types apart', () => {
    const answers = Array.from({ length: 64 }, (_, i) => [
      pickShard(i, named(64)) === pickShard(String(i), named(64)),
      pickShard('u1', [i, `${i}`]) === i,
    ])
    // One of 64 would agree by chance; half of them would choose the number.
    expect(answers.filter(([same]) => same).length).toBeLessThan(6)
    const numbers = answers.filter(([, isNumber]) => isNumber).length
    expect(numbers).toBeGreaterThan(16)
    expect(numbers).toBeLessThan(48)
  })

  test('notices every change of a list that it has seen before', () => {
    const shards = named(4)
    const few = keys.slice(0, 200)
    const picks = (list: readonly string[]): string[] => few.map((key) => pickShard(key, list))
    expect(picks(shards)).toContain('shard-1')
    shards[1] = 'other'
    expect(picks(shards)).toEqual(picks([...shards]))
    shards.push('shard-4')
    expect(picks(shards)).toEqual(picks([...shards]))
    shards.length = 1
    expect(pickShard('u1', shards)).toBe('shard-0')
    shards.push('shard-0')
    expect(() => pickShard('u1', shards)).toThrow('the shard "shard-0" is listed twice')
  })

  test('keeps frozen lists apart that are used by turns', () => {
    const keys = Array.from({ length: 50 }, (_, index) => `key-${index}`)
    const lists = [['a', 'b', 'c'], ['b', 'c'], ['c']].map((list) => Object.freeze(list))
    const each = (list: readonly string[]) => keys.map((key) => pickShard(key, list))
    const byTurns = keys.map((key) => lists.map((list) => pickShard(key, list)))
    expect(lists.map((_, at) => byTurns.map((picks) => picks[at]))).toEqual(lists.map(each))
    expect(lists.map((list) => new Set(each(list)).size)).toEqual([3, 2, 1])
  })

  test('notices that a list was changed before it was frozen', () => {
    const shards = ['a']
    expect(pickShard('u1', shards)).toBe('a')
    shards[0] = 'b'
    Object.freeze(shards)
    expect(pickShard('u1', shards)).toBe('b')
    expect(pickShard('u1', shards)).toBe('b')
  })

  test('gives both of two shards with the same hash their share of the keys', () => {
    expect(hashKey(twins[0])).toBe(hashKey(twins[1]))
    const counts = countsOf(keys.map((key) => pickShard(key, twins)))
    expect(chiSquared([...counts.values()])).toBeLessThan(10.8) // 1 degree of freedom, 99.9 %
    expect(counts.size).toBe(2)
    const turned = [...twins].reverse()
    for (const key of keys.slice(0, 500)) {
      expect(pickShard(key, turned)).toBe(pickShard(key, twins))
      expect(rankShards(key, turned)).toEqual(rankShards(key, twins))
    }
  })
})

describe('the spread of keys', () => {
  // The chi-squared of an even spread stays below these in 99.9 % of all cases.
  test.each([
    [4, 16.3],
    [16, 37.7],
    [64, 103.4],
  ])('over %i shards is even for texts, numbers and arrays', (count, bound) => {
    const kinds: Readonly<Record<string, (i: number) => Key>> = {
      texts: (i) => `user-${i}`,
      numbers: (i) => i,
      bigints: (i) => BigInt(i) << 32n,
      arrays: (i) => ['game', i % 100, String(i)],
    }
    for (const [kind, keyOf] of Object.entries(kinds)) {
      const lists: readonly (readonly (string | number)[])[] = [named(count), numbered(count)]
      for (const shards of lists) {
        const picks = Array.from({ length: 20_000 }, (_, i) => pickShard(keyOf(i), shards))
        const counts = countsOf(picks)
        expect.soft(counts.size, kind).toBe(count)
        expect.soft(chiSquared([...counts.values()]), kind).toBeLessThan(bound)
      }
    }
  })
})

describe('rankShards', () => {
  test('begins with the pick, and goes on with the picks if the best ones were missing', () => {
    fc.assert(
      fc.property(anyKey, shardList, (key, shards) => {
        const ranked = rankShards(key, shards)
        let left = shards
        for (const shard of ranked) {
          expect(shard).toBe(pickShard(key, left))
          left = left.filter((each) => each !== shard)
        }
        expect(left).toEqual([])
      }),
      { seed: 13, numRuns: 300 },
    )
  })

  test('leaves the list as it is, and does not depend on its order', () => {
    fc.assert(
      fc.property(anyKey, shuffled, (key, [shards, reordered]) => {
        const before = [...shards]
        const weightOf = (shard: string | number): number => String(shard).length
        expect(rankShards(key, shards)).toEqual(rankShards(key, reordered))
        expect(rankShards(key, shards, weightOf)).toEqual(rankShards(key, reordered, weightOf))
        expect(shards).toEqual(before)
      }),
      { seed: 14, numRuns: 300 },
    )
  })

  test('ranks alike with equal weights and without weights', () => {
    for (const weight of [1, 0.001, 1e6]) {
      for (const key of keys.slice(0, 300)) {
        expect(rankShards(key, named(16), () => weight)).toEqual(rankShards(key, named(16)))
      }
    }
  })

  test('puts each shard first for a share of the keys like its weight', () => {
    const weights = new Map([
      ['a', 1],
      ['b', 2],
      ['c', 3],
      ['d', 4],
    ])
    const shards = [...weights.keys()]
    const weightOf = (shard: string): number => weights.get(shard) ?? 0
    const counts = countsOf(keys.map((key) => rankShards(key, shards, weightOf)[0]))
    const expected = shards.map((shard) => (keys.length * weightOf(shard)) / 10)
    const counted = shards.map((shard) => counts.get(shard) ?? 0)
    expect(chiSquared(counted, expected)).toBeLessThan(16.3) // 3 degrees of freedom, 99.9 %
  })

  test('moves keys only to a shard whose weight grows', () => {
    const shards = named(8)
    const grown = (shard: string): number => (shard === 'shard-3' ? 2 : 1)
    for (const key of keys.slice(0, 2000)) {
      const [before, after] = [rankShards(key, shards)[0], rankShards(key, shards, grown)[0]]
      if (after !== before) expect(after).toBe('shard-3')
    }
  })

  test('puts shards of weight 0 last, the best of them first', () => {
    const shards = named(6)
    const isOut = (shard: string): boolean => shard < 'shard-3'
    for (const key of keys.slice(0, 300)) {
      const ranked = rankShards(key, shards, (shard) => (isOut(shard) ? 0 : 1))
      const plain = rankShards(key, shards)
      const expected = [...plain.filter((each) => !isOut(each)), ...plain.filter(isOut)]
      expect(ranked).toEqual(expected)
      expect(rankShards(key, shards, () => 0)).toEqual(plain)
    }
  })

  test('refuses a weight that is not a finite number of at least 0', () => {
    for (const weight of [-1, Number.NaN, Number.POSITIVE_INFINITY, undefined, '1', 1n, null]) {
      const weightOf: unknown = () => weight
      expect(refusal(rankShards, 'u1', ['a'], weightOf)).toMatch(
        /^FLOTILLA_INVALID_OPTION .* wanted a finite number of at least 0$/,
      )
    }
    expect(refusal(rankShards, 'u1', ['a'], {})).toMatch('option "weightOf" is a plain object')
  })

  test('lets the error of weightOf through', () => {
    const weightOf = (): number => {
      throw new Error('no weight known')
    }
    expect(() => rankShards('u1', ['a'], weightOf)).toThrow('no weight known')
  })
})

describe.each([
  ['pickShard', pickShard],
  ['rankShards', rankShards],
])('%s', (_, choose) => {
  test('refuses a list that is empty, too long or none', () => {
    const revoked = Proxy.revocable([], {})
    revoked.revoke()
    for (const list of [[], undefined, null, 'abc', {}, new Set(['a']), 4, revoked.proxy]) {
      expect(refusal(choose, 'u1', list)).toMatch(
        /^FLOTILLA_INVALID_ARGUMENT .* the list is .*, wanted an array of at least one shard$/,
      )
    }
    const long: string[] = []
    long.length = 1_000_001
    expect(refusal(choose, 'u1', long)).toBe(
      'FLOTILLA_LIMIT Cannot pick a shard: there are 1000001 shards, wanted at most 1,000,000',
    )
  })

  test('refuses a shard that is listed twice, 0 and -0 included', () => {
    for (const list of [
      ['a', 'b', 'a'],
      [1, 1],
      [0, -0],
    ]) {
      expect(refusal(choose, 'u1', list)).toMatch(/^FLOTILLA_INVALID_ARGUMENT .* listed twice/)
    }
    expect(refusal(choose, 'u1', [1, '1'])).toBe('it was not refused')
  })

  test('refuses a shard that is neither a string nor a finite number', () => {
    const sparse: string[] = []
    sparse[1] = 'b'
    const others = [[undefined], [null], [1n], [true], [['a']], [Symbol('a')], [{}], sparse]
    for (const list of [...others, [Number.NaN], [Number.NEGATIVE_INFINITY]]) {
      expect(refusal(choose, 'u1', list)).toMatch(/^FLOTILLA_INVALID_ARGUMENT .* a shard is /)
    }
    expect(refusal(choose, 'u1', ['a'.repeat(4097)])).toMatch(/^FLOTILLA_INVALID_KEY /)
  })

  test('refuses a key that is none, before it looks at the shards', () => {
    for (const key of [Number.NaN, undefined, null, {}, Symbol('u1'), () => 1, [undefined]]) {
      expect(refusal(choose, key, [])).toMatch(/^FLOTILLA_INVALID_KEY Cannot pick a shard: /)
    }
  })
})

const keys: readonly string[] = Array.from({ length: 20_000 }, (_, i) => `user-${i}`)

const anyKey: fc.Arbitrary<Key> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.bigInt(),
  fc.boolean(),
  fc.array(fc.string({ maxLength: 5 }), { maxLength: 3 }),
)
const shard = fc.oneof(fc.string({ maxLength: 8 }), fc.nat(1000))
const shardList: fc.Arbitrary<readonly (string | number)[]> = fc.uniqueArray(shard, {
  minLength: 1,
  maxLength: 12,
})
const shuffled = shardList.chain((shards) =>
  fc.tuple(
    fc.constant(shards),
    fc.shuffledSubarray([...shards], { minLength: shards.length, maxLength: shards.length }),
  ),
)

function named(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `shard-${i}`)
}

function numbered(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i)
}

function countsOf<T>(values: readonly T[]): ReadonlyMap<T, number> {
  const counts = new Map<T, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return counts
}

/** How uneven the counts are; an even spread is expected if nothing else is said. */
function chiSquared(counts: readonly number[], expected?: readonly number[]): number {
  const even = counts.reduce((sum, count) => sum + count, 0) / counts.length
  return counts.reduce((sum, count, i) => {
    const wanted = expected?.[i] ?? even
    return sum + (count - wanted) ** 2 / wanted
  }, 0)
}

/** The code and the message with which arguments of any type are refused. */
function refusal(choose: typeof pickShard | typeof rankShards, ...given: unknown[]): string {
  try {
    Reflect.apply(choose, undefined, given)
  } catch (error) {
    if (ArgumentError.is(error)) return `${error.code} ${error.message}`
    throw error
  }
  return 'it was not refused'
}
