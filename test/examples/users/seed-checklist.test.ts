/**
 * Every line of the seed's success criteria, of its checklist and of its pitfalls, as a test.
 *
 * The drills have tests of their own beside this file; here each line is shown once more by itself.
 */

import {
  call,
  cast,
  child,
  dynamicSupervisor,
  type ExitRequest,
  exit,
  fleet,
  hashKey,
  isAlive,
  type ProtocolOf,
  pickShard,
  rankShards,
  startNode,
  supervisor,
  uniqueRegistry,
} from 'flotilla'
import { virtualHost } from 'flotilla/testing'
import { describe, expect, it } from 'vitest'
import { makeGames } from '../../../examples/islands/games.ts'
import {
  makeUsers,
  someUsers,
  UserWorker,
  userId,
} from '../../../examples/users/drill-1-fleet-bootstrap.ts'
import { makeUsersApi } from '../../../examples/users/drill-2-routing-by-via.ts'
import { killAndWatch } from '../../../examples/users/drill-3-restart-cleans-names.ts'
import { makeShards, movedUsers, shardKeys } from '../../../examples/users/drill-4-sharding.ts'
import { churn, Mortal, type Names } from './churn.ts'

describe('success criteria of the seed', () => {
  it('N workers run under registry and dynamic supervisor, registered by user id', async () => {
    const { tree, users, dynamic, startUsers } = makeUsers()
    await using _node = await startNode(tree)
    const ids = someUsers(500)
    await startUsers(ids)
    expect(dynamic.countChildren()).toMatchObject({ active: 500, workers: 500 })
    expect(ids.map((id) => users.lookup(id).length)).toEqual(ids.map(() => 1))
  })

  it('all public calls resolve by via, without handling a pid', async () => {
    const api = makeUsersApi()
    await using _node = await startNode(api.tree)
    const ids = someUsers(10)
    await api.start(ids)
    expect(await Promise.all(ids.map((id) => api.ping(id)))).toEqual(ids.map(() => 'pong'))
  })

  it.each<[string, ExitRequest]>([
    ['a kill', 'kill'],
    ['a shutdown', 'shutdown'],
    ['a crash', { kind: 'crash', error: 'as asked' }],
  ])('the name is released by %s, in the same turn', async (_way, request) => {
    const { tree, users, startUsers } = makeUsers()
    await using _node = await startNode(tree)
    await startUsers([ann])
    exit(found(users.whereis(ann)), request)
    expect([users.lookup(ann), users.count()]).toEqual([[], 0])
  })

  it('a crash ends in exactly one registration under the same name', async () => {
    const { tree, users, startUsers } = makeUsers()
    await using _node = await startNode(tree)
    await startUsers([ann])
    const { killed, rightAfter, events, afterwards } = await killAndWatch(users, ann)
    expect(rightAfter).toEqual([])
    expect(events.map(({ kind }) => kind)).toEqual(['unregister', 'register'])
    expect(afterwards).toHaveLength(1)
    expect(afterwards).not.toContain(killed)
  })

  it('1,000,000 look-ups under churn show no dead process, in the tree of the seed', async () => {
    const names = uniqueRegistry<number, ProtocolOf<typeof Mortal>>({ name: 'names' })
    const dynamic = dynamicSupervisor({ name: 'dynamic', ...neverGivesUp })
    const tree = supervisor({ name: 'tree', strategy: 'rest_for_one' }, [names, dynamic])
    await using _node = await startNode(tree)
    const specs = keys.map((key) => child(Mortal, key, { name: names.via(key) }))
    await Promise.all(specs.map((spec) => dynamic.startChild(spec)))
    await expectStability(names)
  })

  it('1,000,000 look-ups under churn show no dead process, in a fleet', async () => {
    const mortals = fleet(Mortal, { name: 'mortals', key: (key: number) => key, ...neverGivesUp })
    await using _node = await startNode(mortals)
    await Promise.all(keys.map((key) => mortals.start(key)))
    await expectStability(mortals)
  })

  it('the soak would notice names that are released a moment late', async () => {
    const mortals = fleet(Mortal, { name: 'mortals', key: (key: number) => key, ...neverGivesUp })
    await using _node = await startNode(mortals)
    await Promise.all(keys.map((key) => mortals.start(key)))
    const { dead } = await churn(late(mortals), keys, 10_000)
    expect(dead).toBeGreaterThan(1000)
  })

  it('hashing is consistent: a user meets the same shard worker each time', async () => {
    const { tree, start, visit } = makeShards(6)
    await using _node = await startNode(tree)
    await start()
    const users = someUsers(100)
    const [first, second] = [
      await Promise.all(users.map(visit)),
      await Promise.all(users.map(visit)),
    ]
    expect(second.map(({ shard }) => shard)).toEqual(first.map(({ shard }) => shard))
  })

  it('routing is stable across shard changes: only users of the changed shard move', () => {
    const users = someUsers(2000)
    const more = { from: shardKeys(6), to: shardKeys(7) }
    const moved = movedUsers(users, pickShard, more)
    expect(moved).toEqual(users.filter((user) => pickShard(user, more.to) === 'shard:6'))
    expect(moved.length / users.length).toBeLessThan(0.2)
  })
})

describe('checklist of the seed', () => {
  it('workers are registered by via under registry keys, never under global names', async () => {
    const [one, other] = [makeUsers(), makeUsers()]
    await using _one = await startNode(one.tree, { name: 'one' })
    await using _other = await startNode(other.tree, { name: 'other' })
    await Promise.all([one.startUsers([ann]), other.startUsers([ann])])
    await call(one.via(ann), 'ping')
    expect(await call(one.via(ann), 'describe')).toEqual({ id: ann, pings: 1 })
    expect(await call(other.via(ann), 'describe')).toEqual({ id: ann, pings: 0 })
  })

  it('fleets start on demand under dynamic supervisors, one for each kind of worker', async () => {
    const users = fleet(UserWorker, { name: 'users', key: (id) => id, onDemand: (id) => id })
    const games = makeGames()
    const tree = supervisor({ name: 'app', strategy: 'one_for_one' }, [users, games.tree])
    await using _node = await startNode(tree)
    expect(users.size).toBe(0)
    expect(await users.call(ann, 'ping')).toBe('pong')
    expect([users.size, games.games.size]).toEqual([1, 0])
  })

  it('a crash in one kind of worker does not reach another kind', async () => {
    const users = fleet(UserWorker, { name: 'users', key: (id) => id, maxRestarts: 0 })
    const mortals = fleet(Mortal, { name: 'mortals', key: (key: number) => key })
    const tree = supervisor({ name: 'app', strategy: 'one_for_one' }, [users, mortals])
    const host = virtualHost()
    await using _node = await startNode(tree, { host })
    await Promise.all([users.start(ann), mortals.start(1)])
    const before = mortals.whereis(1)
    exit(found(users.whereis(ann)), 'kill')
    await host.settle()
    expect(users.parked().map(({ key }) => key)).toEqual([ann])
    expect(mortals.whereis(1)).toBe(before)
  })

  it('the client API goes through via helpers and is small', () => {
    expect(makeUsers().via(ann)).toMatchObject({ registry: 'my.registry', key: ann })
    expect(Object.keys(makeUsersApi())).toEqual(['tree', 'start', 'ping', 'pings', 'ask'])
    const calls = ['start', 'join', 'command', 'view', 'reveal']
    expect(Object.keys(makeGames())).toEqual(['tree', 'games', 'store', ...calls])
  })

  it('hashing is ready for clusters: its numbers are frozen, the same everywhere', () => {
    // Worked out by another murmur3, in another language.
    expect([hashKey('ann'), hashKey(42)]).toEqual([131927452, 3609409889])
    expect(pickShard('ann', shardKeys(16))).toBe('shard:11')
    expect(rankShards('ann', shardKeys(16))[0]).toBe('shard:11')
  })

  it('what should run is reconciled with what runs after everything was lost', async () => {
    const users = fleet(UserWorker, { name: 'users', key: (id) => id })
    const tree = supervisor({ name: 'app', strategy: 'one_for_one' }, [users])
    const host = virtualHost()
    await using _node = await startNode(tree, { host })
    const ids = someUsers(100)
    await Promise.all(ids.map((id) => users.start(id)))
    const before = ids.map((id) => found(users.whereis(id)))
    const keeper = found(tree.whichChildren()[0]?.pid)
    if (keeper !== 'restarting') exit(keeper, 'kill')
    expect([users.size, before.some(isAlive)]).toEqual([0, false])
    await host.advance(1000)
    expect([...users.keys()].sort()).toEqual([...ids].sort())
    expect(ids.map((id) => found(users.whereis(id))).every(isAlive)).toBe(true)
  })
})

describe('pitfalls of the seed', () => {
  it('a global name is not an address', () => {
    // @ts-expect-error a bare string names nobody
    expect(() => call('ann', 'ping')).toThrow(/the address is "ann", wanted a pid or a via/)
    // @ts-expect-error nor does it for a cast
    expect(() => cast('ann', 'ping')).toThrow(/take it from a registry or fleet/)
  })

  it('a worker before its registry does not start, and the error says what to do', async () => {
    const users = uniqueRegistry<string, ProtocolOf<typeof UserWorker>>({ name: 'users' })
    const worker = child(UserWorker, ann, { name: users.via('ann') })
    const wrong = supervisor({ name: 'app', strategy: 'rest_for_one' }, [worker, users])
    await expect(startNode(wrong)).rejects.toMatchObject({
      cause: { code: 'FLOTILLA_NOT_STARTED', message: expect.stringContaining('put it') },
    })
  })

  it('nobody can register somebody else, and whoever is started by via has its name', async () => {
    const { tree, users, dynamic, via, startUsers } = makeUsers()
    await using _node = await startNode(tree)
    await startUsers([ann])
    // @ts-expect-error a pid is not the context of a process
    expect(() => users.register(users.whereis(ann), ann)).toThrow(/wanted the context of a process/)
    const again = await dynamic.startChild(child(UserWorker, ann, { name: via(ann) }))
    expect(again).toMatchObject({ ok: false, reason: { kind: 'already_started' } })
    expect(users.lookup(ann)).toHaveLength(1)
  })

  it('a shard is picked from a list, so that no remainder can be taken by mistake', () => {
    // @ts-expect-error the number of shards is not a list of shards
    expect(() => pickShard('ann', 4)).toThrow(/the list is 4, wanted an array/)
  })
})

const ann = userId('ann')
const keys = Array.from({ length: 1000 }, (_, key) => key)
const neverGivesUp = { maxRestarts: 1_000_000, maxSeconds: 0.001 }

async function expectStability(names: Names): Promise<void> {
  const { lookups, exits, registrations, ...broken } = await churn(names, keys, 1_000_000)
  expect(broken).toEqual({ dead: 0, lost: 0, strangers: 0, gaps: 0 })
  expect(lookups).toBeGreaterThanOrEqual(1_000_000)
  expect(exits).toBeGreaterThan(50_000)
  expect(registrations).toBe(exits)
}

function found<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('Nobody is there')
  return value
}

/** The same names, as a registry shows them that hears of an end a moment after it. */
function late(names: Names): Names {
  const shown = new Map<number, ReturnType<Names['whereis']>>()
  return {
    via: (key) => names.via(key),
    watch: (listener) => names.watch(listener),
    whereis(key) {
      const before = shown.get(key)
      shown.set(key, names.whereis(key))
      return before ?? shown.get(key)
    },
  }
}
