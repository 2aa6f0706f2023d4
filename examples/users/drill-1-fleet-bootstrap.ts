/**
 * Drill 1, fleet bootstrap: a unique registry, a dynamic supervisor, and N workers keyed by user.
 *
 * Usage: node build/examples/users/drill-1-fleet-bootstrap.js
 */

import {
  type ChildSpec,
  child,
  defineServer,
  dynamicSupervisor,
  type ProtocolOf,
  reply,
  startNode,
  supervisor,
  uniqueRegistry,
} from 'flotilla'

/** Who a worker works for. */
export type UserId = string & { readonly brand: 'UserId' }

/** One user: answers, and counts how often it did. */
export const UserWorker = defineServer({
  name: 'user',
  init: (id: UserId) => ({ id, pings: 0 }),
  calls: {
    ping: (user) => reply('pong', { ...user, pings: user.pings + 1 }),
    describe: (user) => reply(user, user),
  },
})

/**
 * The registry stands before the workers: `rest_for_one` stops and starts what comes after a child
 * that is lost, so no worker ever runs without its registry. The dynamic supervisor has one budget
 * for all its workers, 3 restarts in 5 seconds; `fleet` has one for each.
 */
export function makeUsers() {
  const users = uniqueRegistry<UserId, ProtocolOf<typeof UserWorker>>({ name: 'my.registry' })
  const dynamic = dynamicSupervisor({ name: 'my.dynamic' })
  const tree = supervisor({ name: 'my.supervisor', strategy: 'rest_for_one' }, [users, dynamic])
  const via = (id: UserId) => users.via(id)
  const worker = (id: UserId): ChildSpec => child(UserWorker, id, { name: via(id) })
  const startUsers = (ids: readonly UserId[]) =>
    Promise.all(ids.map((id) => dynamic.startChild(worker(id))))
  return { tree, users, dynamic, via, startUsers }
}

/** Makes a user id of text, here where text comes in. */
export function userId(text: string): UserId {
  if (isUserId(text)) return text
  throw new TypeError('Cannot make a user id of an empty text')
}

/** As many users as asked for. */
export function someUsers(count: number): readonly UserId[] {
  return Array.from({ length: count }, (_, index) => userId(`user-${index}`))
}

/** Starts a thousand users and shows that each has its name. */
export async function run(print: (line: string) => void): Promise<void> {
  const { tree, users, dynamic, startUsers } = makeUsers()
  await using _node = await startNode(tree)
  const ids = someUsers(1000)
  await startUsers(ids)
  print(`started ${dynamic.countChildren().active} workers, ${users.count()} have a name`)
  const again = await startUsers(ids)
  const refused = again.filter((each) => !each.ok && each.reason.kind === 'already_started')
  print(`started the same users again: ${refused.length} already started, ${users.count()} names`)
}

function isUserId(text: string): text is UserId {
  return text !== ''
}

if (process.argv[1] === import.meta.filename) await run(console.log)
