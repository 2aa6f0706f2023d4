/**
 * Drill 3, a restart cleans names: kill a worker and see its name freed and taken again.
 *
 * Nothing sleeps. In the turn of the kill the look-up is empty; the feed of the registry then tells
 * of one release and one registration; after that there is exactly one entry, with another pid.
 *
 * Usage: node build/examples/users/drill-3-restart-cleans-names.js
 */

import {
  exit,
  formatPid,
  type Key,
  type Pid,
  type Protocol,
  type RegistryEvent,
  startNode,
  type UniqueRegistry,
} from 'flotilla'
import { makeUsers, userId } from './drill-1-fleet-bootstrap.ts'

/** What could be seen of one kill. */
export interface Evidence<K extends Key> {
  readonly killed: Pid
  /** Who was found under the key right after the kill, in the same turn. */
  readonly rightAfter: readonly Pid[]
  /** What the feed told, up to the registration. */
  readonly events: readonly RegistryEvent<K>[]
  /** Who was found under the key when the feed had told of the registration. */
  readonly afterwards: readonly Pid[]
}

/** Kills the worker of a key and gathers what can be seen until the next one has the name. */
export async function killAndWatch<K extends Key, P extends Protocol>(
  registry: UniqueRegistry<K, P>,
  key: K,
): Promise<Evidence<K>> {
  const killed = registry.whereis(key)
  if (killed === undefined) throw new Error(`Cannot kill the worker of ${key}: there is none`)
  // Listen before the kill: what is armed afterwards may come too late.
  const restarted = untilRegistered(registry, key)
  exit(killed, 'kill')
  const rightAfter = registry.lookup(key).map(({ pid }) => pid)
  const events = await restarted
  return { killed, rightAfter, events, afterwards: registry.lookup(key).map(({ pid }) => pid) }
}

/** Resolves with the events of a key, up to its next registration. */
function untilRegistered<K extends Key, P extends Protocol>(
  registry: UniqueRegistry<K, P>,
  key: K,
): Promise<readonly RegistryEvent<K>[]> {
  return new Promise((resolve) => {
    const events: RegistryEvent<K>[] = []
    const feed = registry.watch((event) => {
      if (event.key !== key) return
      events.push(event)
      if (event.kind !== 'register') return
      feed.stop()
      resolve(events)
    })
  })
}

/** Kills a user and prints the evidence. */
export async function run(print: (line: string) => void): Promise<void> {
  const { tree, users, startUsers } = makeUsers()
  await using _node = await startNode(tree)
  const id = userId('ann')
  await startUsers([id])
  const { killed, rightAfter, events, afterwards } = await killAndWatch(users, id)
  print(`killed ${id}, who was ${formatPid(killed)}`)
  print(`look-up in the same turn: ${rightAfter.length} entries`)
  for (const { kind, pid } of events) print(`the feed says: ${kind} ${formatPid(pid)}`)
  print(`look-up afterwards: ${afterwards.map((pid) => formatPid(pid)).join(', ')}`)
}

if (process.argv[1] === import.meta.filename) await run(console.log)
