/**
 * Drill 2, routing by via: a public API that names its user and never holds a pid.
 *
 * Usage: node build/examples/users/drill-2-routing-by-via.js
 */

import { call, type SupervisorHandle, startNode, tryCall } from 'flotilla'
import { makeUsers, someUsers, type UserId, userId } from './drill-1-fleet-bootstrap.ts'

/** Everything callers may do with users; who runs them, and where, is nobody's business. */
export interface UsersApi {
  readonly tree: SupervisorHandle
  start(ids: readonly UserId[]): Promise<void>
  ping(id: UserId): Promise<'pong'>
  pings(id: UserId): Promise<number>
  /** What a caller hears who asks for a user, in words. */
  ask(id: UserId): Promise<string>
}

/** Makes the API of the users of one node. */
export function makeUsersApi(): UsersApi {
  const { tree, via, startUsers } = makeUsers()
  return {
    tree,
    start: async (ids) => void (await startUsers(ids)),
    ping: (id) => call(via(id), 'ping'),
    pings: async (id) => (await call(via(id), 'describe')).pings,
    async ask(id) {
      const outcome = await tryCall(via(id), 'ping')
      return outcome.ok ? outcome.value : outcome.exit.message
    },
  }
}

/** Pings users by name, each as often as its number says, and one that is not there. */
export async function run(print: (line: string) => void): Promise<void> {
  const api = makeUsersApi()
  await using _node = await startNode(api.tree)
  const ids = someUsers(3)
  await api.start(ids)
  for (const [index, id] of ids.entries()) {
    for (let count = 0; count <= index; count += 1) await api.ping(id)
  }
  for (const id of ids) print(`${id} has answered ${await api.pings(id)} times`)
  print(await api.ask(userId('nobody')))
}

if (process.argv[1] === import.meta.filename) await run(console.log)
