// Supervisors: what their requests answer, and what can be a child where.

import {
  type ChildInfo,
  type ChildSpec,
  type ChildStarted,
  child,
  type countChildren,
  type DynamicSupervisor,
  defineServer,
  dynamicSupervisor,
  type ExtendedChildSpec,
  extendedChild,
  ignore,
  next,
  type PartitionSupervisor,
  type Pid,
  type ProtocolOf,
  partitionSupervisor,
  reply,
  type SilentProtocol,
  type Started,
  type StaticSupervisor,
  type SupervisorHandle,
  supervisor,
  type UniqueRegistry,
  type Via,
  type whichChildren,
} from 'flotilla'
import type { Fits, IsAny, Proven, Same } from './proof.ts'

const Plain = defineServer({
  name: 'plain',
  init: (id: string) => id,
  calls: { id: (id) => reply(id, id) },
})
const Extended = defineServer({
  name: 'extended',
  init: (parts: readonly [database: { url: string }, port: number, own: string]) => parts,
  calls: { own: (parts) => reply(parts[2], parts) },
})
const Changing = defineServer({ name: 'changing', init: (parts: [number, string]) => parts })
type PlainP = ProtocolOf<typeof Plain>
type ExtendedP = ProtocolOf<typeof Extended>

const options = { name: 'x', strategy: 'one_for_one' } as const
const top = supervisor(options, [])
const dynamic = dynamicSupervisor({ name: 'x' })
declare const pid: Pid
declare const database: { url: string; readonly user: string }

// The requests of a static supervisor.
const started = top.startChild(child(Plain, 'a'))
const restarted = await top.restartChild('a')
const terminated = await top.terminateChild('a')
const deleted = await top.deleteChild('a')

type Kind<T> = T extends { readonly ok: false; readonly reason: infer R }
  ? R extends { readonly kind: infer K }
    ? K
    : never
  : never
type StartKinds = 'already_started' | 'max_children' | 'init_failed' | 'ignored'

export type Requests = [
  Proven<Same<typeof top, StaticSupervisor>>,
  Proven<Same<typeof started, Promise<ChildStarted<PlainP>>>>,
  Proven<Same<Extract<Awaited<typeof started>, { ok: true }>['pid'], Pid<PlainP>>>,
  Proven<Same<Kind<Awaited<typeof started>>, StartKinds | 'already_present'>>,
  Proven<
    Same<
      Kind<typeof restarted>,
      Exclude<StartKinds, 'max_children'> | 'running' | 'restarting' | 'not_found'
    >
  >,
  Proven<Same<Kind<typeof terminated>, 'not_found'>>,
  Proven<Same<Kind<typeof deleted>, 'running' | 'restarting' | 'not_found'>>,
  Proven<Same<ReturnType<typeof top.child>, ChildInfo | undefined>>,
]

// @ts-expect-error a pid is no id
void top.terminateChild(pid)
// @ts-expect-error an id is no child
void top.startChild('a')
// @ts-expect-error a definition is no child
void top.startChild(Plain)
// @ts-expect-error what was added at run time is no property of the answer
void top.terminateChild('a').then((answer) => answer.pid)

// Every supervisor can be looked into, and only some can be asked for more.
export type Handles = [
  Proven<Fits<StaticSupervisor, SupervisorHandle>>,
  Proven<Fits<DynamicSupervisor, SupervisorHandle>>,
  Proven<Fits<PartitionSupervisor<ChildSpec<PlainP>>, SupervisorHandle>>,
  Proven<Same<Fits<SupervisorHandle, StaticSupervisor>, false>>,
  Proven<Same<ReturnType<typeof whichChildren>, readonly ChildInfo[]>>,
  Proven<Same<ReturnType<typeof countChildren>, ReturnType<typeof top.countChildren>>>,
]

// Children from a function.
supervisor(options, () => [child(Plain, 'a'), dynamic])
supervisor(options, () => (Math.random() > 0.5 ? ignore() : [child(Plain, 'a')]))
supervisor(options, async () => [child(Plain, 'a')])
// @ts-expect-error it gives nothing
supervisor(options, () => undefined)
// @ts-expect-error it gives one child and no list
supervisor(options, () => child(Plain, 'a'))
// @ts-expect-error it gives a step that is not ignore()
supervisor(options, () => next([]))
// @ts-expect-error it wants to be given something
supervisor(options, (config: string) => [child(Plain, config)])
dynamicSupervisor({ name: 'x', init: async () => ({ maxChildren: 5 }) })
dynamicSupervisor({ name: 'x', init: () => ignore() })
// @ts-expect-error a limit that there is not
dynamicSupervisor({ name: 'x', init: () => ({ maxChildren: 'many' }) })

// The name of a supervisor: one that nobody calls.
declare const offices: UniqueRegistry<string, SilentProtocol>
declare const workers: UniqueRegistry<string, PlainP>
supervisor({ ...options, registerAs: offices.via('x') }, [])
dynamicSupervisor({ name: 'x', registerAs: offices.via('x') })
// @ts-expect-error a name that says it answers "id"
supervisor({ ...options, registerAs: workers.via('x') }, [])
// @ts-expect-error nor a name of a dynamic supervisor
dynamicSupervisor({ name: 'x', registerAs: workers.via('x') })
// @ts-expect-error a name is a via
supervisor({ ...options, registerAs: 'x' }, [])
// @ts-expect-error undefined is not the same as left out
supervisor({ ...options, registerAs: undefined }, [])

// Extra arguments: inferred as a list, and only children that lack exactly these fit.
const extending = dynamicSupervisor({ name: 'x', extraArguments: [database, 5432] })
const extended = extending.startChild(extendedChild(Extended, 'a'))
const spec = extendedChild(Extended, 'a', { restart: 'temporary' })

export type Extending = [
  Proven<Same<typeof dynamic, DynamicSupervisor>>,
  Proven<Same<typeof extended, Promise<Started<ExtendedP>>>>,
  Proven<
    Same<
      typeof spec,
      ExtendedChildSpec<readonly [database: { url: string }, port: number], ExtendedP>
    >
  >,
  Proven<Same<IsAny<typeof spec>, false>>,
  Proven<Same<Fits<typeof spec, ChildSpec>, false>>,
  Proven<Same<Fits<ChildSpec<PlainP>, typeof spec>, false>>,
]

// @ts-expect-error a plain child would get no extra arguments
void extending.startChild(child(Plain, 'a'))
// @ts-expect-error a complete child would get them twice
void extending.startChild(child(Extended, [database, 1, 'a']))
// @ts-expect-error an extended child would get none here
void dynamic.startChild(spec)
// @ts-expect-error nor is it a child of a static supervisor
void top.startChild(spec)
// @ts-expect-error nor one of its first children
supervisor(options, [spec])
// @ts-expect-error too few extra arguments
void dynamicSupervisor({ name: 'x', extraArguments: [database] }).startChild(spec)
// @ts-expect-error extra arguments of the wrong types
void dynamicSupervisor({ name: 'x', extraArguments: [5432, database] }).startChild(spec)
// @ts-expect-error too many extra arguments
void dynamicSupervisor({ name: 'x', extraArguments: [database, 1, 2] }).startChild(spec)
// @ts-expect-error the own argument has the wrong type
extendedChild(Extended, 5)
// @ts-expect-error a server whose start argument is no list
extendedChild(Plain, 'a')
// @ts-expect-error a server that may change the list, which is frozen
extendedChild(Changing, 'a')
// @ts-expect-error extra arguments are a list
dynamicSupervisor({ name: 'x', extraArguments: 'db' })
// @ts-expect-error a child of a supervisor without extra arguments is not one of any other
export const plainly: DynamicSupervisor = extending

// Partitions: the child of a key is what makeChild made.
const counters = partitionSupervisor({ name: 'x', partitions: 3 }, (n) => child(Plain, `${n}`))
const parts = partitionSupervisor({ name: 'x' }, (n) => dynamicSupervisor({ name: `${n}` }))
const below = parts.at('user').startChild(child(Plain, 'a'))
const via = counters.via('user')
const found = counters.whereis(['user', 1])

export type Partitions = [
  Proven<Same<typeof counters, PartitionSupervisor<ChildSpec<PlainP>>>>,
  Proven<Same<typeof parts, PartitionSupervisor<DynamicSupervisor>>>,
  Proven<Same<typeof via, Via<PlainP>>>,
  Proven<Same<typeof found, Pid<PlainP> | undefined>>,
  Proven<Same<ReturnType<typeof counters.at>, ChildSpec<PlainP>>>,
  Proven<Same<typeof below, Promise<Started<PlainP>>>>,
  Proven<Same<ReturnType<typeof counters.resize>, Promise<number>>>,
  Proven<Same<ReturnType<typeof counters.whichChildren>[number]['partition'], number>>,
]

// @ts-expect-error what can be no key
counters.via({ id: 'user' })
// @ts-expect-error a partition needs a child
partitionSupervisor({ name: 'x' }, () => undefined)
// @ts-expect-error and a name
partitionSupervisor({}, () => child(Plain, 'a'))
// @ts-expect-error there is no automatic shutdown
partitionSupervisor({ name: 'x', autoShutdown: 'never' }, () => child(Plain, 'a'))
// @ts-expect-error nobody starts children of a partition supervisor
void counters.startChild(child(Plain, 'a'))
