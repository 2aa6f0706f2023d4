import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Key } from '../../src/core/key.ts'
import { LockQueues } from '../../src/core/lock-queue.ts'

describe('a lock', () => {
  test('goes to the first who asks, and from each to the next in the order of asking', () => {
    const queues = new LockQueues<string>()
    expect(queues.join('k', 'a')).toBe(true)
    expect(['b', 'c', 'd'].map((each) => queues.join('k', each))).toEqual([false, false, false])
    expect(queues.holder('k')).toBe('a')
    expect([queues.leave('a'), queues.leave('b'), queues.leave('c')]).toEqual(['b', 'c', 'd'])
    expect([queues.holder('k'), queues.leave('d'), queues.holder('k')]).toEqual([
      'd',
      undefined,
      undefined,
    ])
    expect([queues.size, queues.keyCount]).toEqual([0, 0])
  })

  test('passes over those who have left the queue', () => {
    const queues = new LockQueues<string>()
    for (const each of ['a', 'b', 'c', 'd']) queues.join('k', each)
    expect([queues.leave('c'), queues.leave('d'), queues.leave('d')]).toEqual(
      Array(3).fill(undefined),
    )
    queues.join('k', 'e')
    expect([queues.leave('a'), queues.leave('b'), queues.leave('e')]).toEqual(['b', 'e', undefined])
    expect(queues.leave('nobody')).toBeUndefined()
  })

  test('of one key has nothing to do with that of another', () => {
    const queues = new LockQueues<number>()
    const keys: readonly Key[] = [1, '1', 1n, ['1'], [1], true]
    expect(keys.map((key, index) => queues.join(key, index))).toEqual(keys.map(() => true))
    expect([queues.size, queues.keyCount, queues.subjects()]).toEqual([6, 6, [0, 1, 2, 3, 4, 5]])
    expect(queues.join(['1'], 6)).toBe(false)
    expect(queues.leave(3)).toBe(6)
  })

  test('costs the same to leave wherever one stands: 100,000 wait and leave from the middle', () => {
    const queues = new LockQueues<number>()
    const many = 100_000
    for (let each = 0; each < many; each += 1) queues.join('k', each)
    for (let each = many - 2; each > 0; each -= 1) queues.leave(each)
    expect(queues.leave(0)).toBe(many - 1)
    expect(queues.leave(many - 1)).toBeUndefined()
    expect([queues.size, queues.keyCount]).toEqual([0, 0])
  })
})

test('any comings and goings agree with a list for each key', () => {
  const step = fc.record({
    key: fc.constantFrom('a', 'b', 'c'),
    isJoin: fc.boolean(),
    at: fc.nat(9),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
      const queues = new LockQueues<number>()
      const model = new Map<string, number[]>()
      for (const [id, { key, isJoin, at }] of steps.entries()) {
        const list = model.get(key) ?? []
        model.set(key, list)
        if (isJoin) {
          expect(queues.join(key, id)).toBe(list.length === 0)
          list.push(id)
        } else if (list.length > 0) {
          const index = at % list.length
          const [gone = -1] = list.splice(index, 1)
          expect(queues.leave(gone)).toBe(index === 0 ? list[0] : undefined)
        }
        for (const each of ['a', 'b', 'c']) expect(queues.holder(each)).toBe(model.get(each)?.[0])
        const waiting = [...model.values()]
        expect(queues.size).toBe(waiting.flat().length)
        expect(queues.keyCount).toBe(waiting.filter(({ length }) => length > 0).length)
        expect(queues.subjects()).toEqual(waiting.flat().toSorted((one, other) => one - other))
      }
    }),
  )
})
