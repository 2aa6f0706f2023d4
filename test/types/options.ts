// Options: what is unknown does not compile, and leaving one out is not the same as undefined.

import {
  type CallOptions,
  type Context,
  call,
  child,
  defineServer,
  dynamicSupervisor,
  type Exit,
  type ExitReason,
  type FlotillaEvent,
  fleet,
  type Host,
  type Monitor,
  type Node,
  type NodeStatistics,
  next,
  type Pid,
  type ProtocolOf,
  pickShard,
  rankShards,
  reply,
  type StepOptions,
  startNode,
  supervisor,
  systemHost,
  type Timer,
  table,
  uniqueRegistry,
} from 'flotilla'
import { type VirtualHost, virtualHost } from 'flotilla/testing'
import type { Fits, IsAny, Proven, Same } from './proof.ts'

const One = defineServer({
  name: 'one',
  init: (_: void) => 1,
  calls: { get: (n) => reply(n, n) },
  casts: { tick: (n) => next(n) },
  timeout: (n) => next(n),
})
declare const one: Pid<ProtocolOf<typeof One>>
const one_for_one = 'one_for_one'
const root = supervisor({ name: 'root', strategy: one_for_one }, [])

// Unknown options.
// @ts-expect-error defineServer
defineServer({ name: 'x', init: () => 0, mailbox: 5 })
// @ts-expect-error call
void call(one, 'get', undefined, { timeout: 5 })
// @ts-expect-error child
child(One, undefined, { restarts: 'temporary' })
// @ts-expect-error supervisor
supervisor({ name: 'x', strategy: one_for_one, children: [] }, [])
// @ts-expect-error dynamicSupervisor
dynamicSupervisor({ name: 'x', strategy: one_for_one })
// @ts-expect-error uniqueRegistry
uniqueRegistry<string, ProtocolOf<typeof One>>({ name: 'x', keys: 'unique' })
// @ts-expect-error fleet
fleet(One, { name: 'x', key: () => 'k', strategy: one_for_one })
// @ts-expect-error table
table<string, number>({ name: 'x', rows: [] })
// @ts-expect-error startNode
void startNode(root, { nodeName: 'x' })
// @ts-expect-error virtualHost
virtualHost({ startMs: 1 })
// @ts-expect-error a step
reply(1, 1, { timeoutMs: 1 })
// @ts-expect-error a step
next(1, { hibernate: 'soon' })

// Left out is fine, undefined is not: it is mostly a mistake in what the option was made from.
// @ts-expect-error call
void call(one, 'get', undefined, { timeoutMs: undefined })
// @ts-expect-error child
child(One, undefined, { id: undefined })
// @ts-expect-error supervisor
supervisor({ name: 'x', strategy: one_for_one, maxRestarts: undefined }, [])
// @ts-expect-error fleet
fleet(One, { name: 'x', key: () => 'k', onDemand: undefined })
// @ts-expect-error table
table<string, number>({ name: 'x', values: undefined })
// @ts-expect-error startNode
void startNode(root, { host: undefined })
// @ts-expect-error defineServer
defineServer({ name: 'x', init: () => 0, terminate: undefined })

// Required options and values out of the list.
// @ts-expect-error a supervisor needs a strategy
supervisor({ name: 'x' }, [])
// @ts-expect-error a strategy that does not exist
supervisor({ name: 'x', strategy: 'one_for_none' }, [])
// @ts-expect-error a supervisor needs its children
supervisor({ name: 'x', strategy: one_for_one })
// @ts-expect-error a child that is no specification
supervisor({ name: 'x', strategy: one_for_one }, [One])
// @ts-expect-error a fleet needs a key
fleet(One, { name: 'x' })
// @ts-expect-error a restart type that does not exist
child(One, undefined, { restart: 'always' })
// @ts-expect-error a shutdown that is no time
child(One, undefined, { shutdownMs: 'brutal_kill' })
// @ts-expect-error a name is a text
dynamicSupervisor({ name: 5 })
// @ts-expect-error a server needs init
defineServer({ name: 'x' })
// @ts-expect-error a start argument is missing
child(defineServer({ name: 'x', init: (id: string) => id }))

// Everything that is read-only stays so.
// @ts-expect-error a pid
one.serial = 5
// @ts-expect-error a specification
root.restart = 'temporary'
// @ts-expect-error options that were typed
callOptions.timeoutMs = 5
declare const callOptions: CallOptions

// Shards come back as what they went in as.
const shard = pickShard('k', ['a', 'b'])
const numbers = rankShards('k', [1, 2] as const, (weightOf) => weightOf)
export type Shards = [
  Proven<Fits<typeof shard, string>>,
  Proven<Same<typeof numbers, readonly (1 | 2)[]>>,
]
// @ts-expect-error a shard that is neither text nor number
pickShard('k', [true])
// @ts-expect-error a key that is none
pickShard({ id: 1 }, [1])

/** Nothing that users get hold of is `any`, part by part. */
type AnyParts<T> = { [N in keyof T]-?: true extends IsAny<T[N]> ? N : never }[keyof T]
type AnyResults<T> = {
  [N in keyof T]-?: T[N] extends (...args: never) => infer R
    ? true extends IsAny<R>
      ? N
      : never
    : never
}[keyof T]
type Clean<T> = [Same<AnyParts<T>, never>, Same<AnyResults<T>, never>] extends [true, true]
  ? true
  : false
export type NoAny = [
  Proven<Clean<Context>>,
  Proven<Clean<Exit>>,
  Proven<Clean<ExitReason>>,
  Proven<Clean<FlotillaEvent>>,
  Proven<Clean<Host>>,
  Proven<Clean<Monitor>>,
  Proven<Clean<Node>>,
  Proven<Clean<NodeStatistics>>,
  Proven<Clean<StepOptions>>,
  Proven<Clean<Timer>>,
  Proven<Clean<VirtualHost>>,
  Proven<Clean<typeof import('flotilla')>>,
  Proven<Clean<typeof import('flotilla/testing')>>,
  Proven<Same<typeof host, Host>>,
]
const host = systemHost()
