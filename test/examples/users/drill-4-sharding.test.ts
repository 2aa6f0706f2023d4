import fc from 'fast-check'
import { exit, pickShard, startNode } from 'flotilla'
import { describe, expect, it } from 'vitest'
import { someUsers, userId } from '../../../examples/users/drill-1-fleet-bootstrap.ts'
import {
  makeShards,
  movedUsers,
  pickByModulo,
  run,
  shardKeys,
} from '../../../examples/users/drill-4-sharding.ts'

describe('routing', () => {
  it('takes every call to the worker of the shard that the hash chose', async () => {
    const { tree, start, visit } = makeShards(5)
    await using _node = await startNode(tree)
    await start()
    const users = someUsers(200)
    const answers = await Promise.all(users.map(visit))
    const chosen = users.map((user) => pickShard(user, shardKeys(5)))
    expect(answers.map(({ shard }) => shard)).toEqual(chosen)
    expect(new Set(chosen).size).toBe(5)
  })

  it('is the same in whatever order the shards are listed', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1 }),
        fc.shuffledSubarray([...keys], anyKeys),
        (text, some) => {
          expect(pickShard(userId(text), some)).toBe(pickShard(userId(text), some.toReversed()))
        },
      ),
    )
  })

  it('leads to the next life of a shard worker that was killed', async () => {
    const { tree, start, visit } = makeShards(3)
    await using _node = await startNode(tree)
    await start()
    const user = userId('ann')
    const { shard } = await visit(user)
    const registered = new Promise((resolve) => {
      tree.watch(({ kind }) => {
        if (kind === 'register') resolve(undefined)
      })
    })
    const pid = tree.whereis(shard)
    if (pid === undefined) throw new Error('The shard is not running')
    exit(pid, 'kill')
    await registered
    expect(await visit(user)).toEqual({ shard, visits: 1 })
  })

  it('spreads users evenly: no shard has half as many again as its share', () => {
    const perShard = new Map<string, number>()
    for (const user of users) {
      const shard = pickShard(user, keys)
      perShard.set(shard, (perShard.get(shard) ?? 0) + 1)
    }
    expect(perShard.size).toBe(keys.length)
    expect(Math.max(...perShard.values())).toBeLessThan((1.5 * users.length) / keys.length)
  })
})

describe('a change of K', () => {
  it.each([1, 2, 8, 19])('from %i to one more moves only users of the new shard', (count) => {
    const change = { from: shardKeys(count), to: shardKeys(count + 1) }
    const moved = movedUsers(users, pickShard, change)
    const added = `shard:${count}`
    expect(new Set(moved.map((user) => pickShard(user, change.to)))).toEqual(new Set([added]))
    expect(moved.length / users.length).toBeCloseTo(1 / (count + 1), 1)
  })

  it.each([2, 3, 8, 20])('from %i to one less moves only the users of the lost shard', (count) => {
    const change = { from: shardKeys(count), to: shardKeys(count - 1) }
    const moved = movedUsers(users, pickShard, change)
    const lost = users.filter((user) => pickShard(user, change.from) === `shard:${count - 1}`)
    expect(moved).toEqual(lost)
  })

  it('moves nearly everybody with a remainder, and a few with rendezvous', () => {
    const change = { from: shardKeys(8), to: shardKeys(9) }
    const modulo = movedUsers(users, pickByModulo, change).length
    const rendezvous = movedUsers(users, pickShard, change).length
    expect(modulo / users.length).toBeGreaterThan(0.8)
    expect(rendezvous / users.length).toBeLessThan(0.13)
  })
})

it('prints what it shows', async () => {
  const lines: string[] = []
  await run((line) => lines.push(line))
  expect(lines.slice(0, 4).every((line) => /^user-\d visits shard:\d, which/.test(line))).toBe(true)
  expect(lines.slice(4)).toEqual([
    'K from 8 to 9: rendezvous moves 10.6 %, modulo 89.0 %',
    'K from 8 to 7: rendezvous moves 12.2 %, modulo 87.0 %',
  ])
})

const keys = shardKeys(10)
const anyKeys = { minLength: 1, maxLength: 10 }
const users = someUsers(5000)
