/**
 * Drill 4, consistent hashing: users are routed to one of K shards, by rendezvous.
 *
 * When K changes, only those users move whose shard was lost or whose best shard is the new one. A
 * remainder of the hash, which looks simpler, moves nearly everybody: see the comparison.
 *
 * Usage: node build/examples/users/drill-4-sharding.js
 */

import { call, defineServer, fleet, hashKey, pickShard, reply, startNode } from 'flotilla'
import { someUsers, type UserId } from './drill-1-fleet-bootstrap.ts'

/** The key of a shard worker. */
export type ShardKey = `shard:${number}`

/** One shard: counts the visits of its users. */
export const Shard = defineServer({
  name: 'shard',
  init: (key: ShardKey) => ({ key, visits: 0 }),
  calls: {
    visit(shard, _user: UserId) {
      const { key, visits } = shard
      return reply({ shard: key, visits: visits + 1 }, { key, visits: visits + 1 })
    },
  },
})

/** The keys of K shards. */
export function shardKeys(count: number): readonly ShardKey[] {
  return Array.from({ length: count }, (_, index): ShardKey => `shard:${index}`)
}

/** A fleet of K shards, and the way from a user to its shard. */
export function makeShards(count: number) {
  const keys = shardKeys(count)
  const shards = fleet(Shard, { name: 'shards', key: (key: ShardKey) => key })
  const route = (user: UserId) => shards.via(pickShard(user, keys))
  return {
    tree: shards,
    route,
    start: async () => void (await Promise.all(keys.map((key) => shards.ensure(key)))),
    visit: (user: UserId) => call(route(user), 'visit', user),
  }
}

/** Chooses a shard for a user. */
export type Pick = (user: UserId, keys: readonly ShardKey[]) => ShardKey

/** The mistake to compare with: the remainder changes for nearly everybody when K does. */
export const pickByModulo: Pick = (user, keys) => `shard:${hashKey(user) % keys.length}`

/** The users that a change from one list of shards to another moves. */
export function movedUsers(
  users: readonly UserId[],
  pick: Pick,
  change: { readonly from: readonly ShardKey[]; readonly to: readonly ShardKey[] },
): readonly UserId[] {
  return users.filter((user) => pick(user, change.from) !== pick(user, change.to))
}

/** Routes calls, then counts who moves when K changes. */
export async function run(print: (line: string) => void): Promise<void> {
  const { tree, start, visit } = makeShards(8)
  await using _node = await startNode(tree)
  await start()
  const users = someUsers(10_000)
  for (const user of users.slice(0, 4)) {
    const { shard, visits } = await visit(user)
    print(`${user} visits ${shard}, which has ${visits} visits now`)
  }
  for (const [from, to] of [
    [8, 9],
    [8, 7],
  ] as const) {
    const change = { from: shardKeys(from), to: shardKeys(to) }
    const rendezvous = share(movedUsers(users, pickShard, change), users)
    const modulo = share(movedUsers(users, pickByModulo, change), users)
    print(`K from ${from} to ${to}: rendezvous moves ${rendezvous}, modulo ${modulo}`)
  }
}

function share(some: readonly unknown[], all: readonly unknown[]): string {
  return `${((100 * some.length) / all.length).toFixed(1)} %`
}

if (process.argv[1] === import.meta.filename) await run(console.log)
