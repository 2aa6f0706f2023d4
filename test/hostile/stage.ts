/**
 * A node with one of everything, for hostile values to be thrown at.
 */
import {
  type ChildSpec,
  type Context,
  call,
  child,
  type DuplicateRegistry,
  type DynamicSupervisor,
  defineServer,
  duplicateRegistry,
  dynamicSupervisor,
  type Fleet,
  fleet,
  later,
  type Node,
  next,
  type PartitionSupervisor,
  type Pid,
  type ProtocolOf,
  partitionSupervisor,
  reply,
  type StaticSupervisor,
  startNode,
  supervisor,
  type Table,
  type TaskSupervisor,
  table,
  taskSupervisor,
  type UniqueRegistry,
  uniqueRegistry,
} from 'flotilla'
import { type VirtualHost, virtualHost } from 'flotilla/testing'
import { trust } from '../../src/core/trust.ts'

/** Runs what it is given inside its own handler; boxes what comes of it. */
export const Probe = defineServer({
  name: 'probe',
  init: (_: unknown) => 0,
  calls: {
    run: (turns, task: (context: Context) => unknown, context) =>
      reply(
        attempt(() => task(context)),
        turns + 1,
      ),
    echo: (turns, payload: unknown) => reply({ payload }, turns + 1),
    /** Sends its answer through a port; boxes what the port throws. */
    answer(turns, value: unknown, context) {
      const port = context.replyPort<unknown>()
      const attempted = attempt(() => port.send(value))
      return 'threw' in attempted ? reply(attempted, turns) : later(port, turns)
    },
    fail: (_turns, error: unknown) => {
      throw error
    },
    plain: (turns, _payload: unknown) => reply('plain', turns),
  },
  casts: { take: (turns, _payload: unknown) => next(turns) },
  info: (turns) => next(turns),
  down: (turns) => next(turns),
  exit: (turns) => next(turns),
  timeout: (turns) => next(turns),
})

export type ProbeProtocol = ProtocolOf<typeof Probe>

/** What came of a piece of code. */
export type Attempted = { readonly threw: unknown } | { readonly value: unknown }

export function attempt(task: () => unknown): Attempted {
  try {
    return { value: task() }
  } catch (error) {
    return { threw: error }
  }
}

/** Everything there is, running. */
export interface Stage {
  readonly host: VirtualHost
  readonly node: Node
  readonly root: StaticSupervisor
  readonly users: UniqueRegistry<string, ProbeProtocol>
  readonly groups: DuplicateRegistry<string, ProbeProtocol>
  readonly dynamic: DynamicSupervisor
  readonly tasks: TaskSupervisor
  readonly parts: PartitionSupervisor<ChildSpec<ProbeProtocol>>
  readonly games: Fleet<string, string, ProbeProtocol>
  readonly rows: Table<string, unknown>
  readonly copies: Table<string, unknown>
  /** A worker that lives throughout. */
  readonly probe: Pid<ProbeProtocol>
  /** A worker to be ended; `renew` makes sure that there is one. */
  victim: Pid<ProbeProtocol>
}

/** Starts it on a host whose time moves only when told. */
export async function openStage(): Promise<Stage> {
  const host = virtualHost()
  const users = uniqueRegistry<string, ProbeProtocol>({ name: 'users' })
  const groups = duplicateRegistry<string, ProbeProtocol>({ name: 'groups' })
  const dynamic = dynamicSupervisor({ name: 'dynamic' })
  const tasks = taskSupervisor({ name: 'tasks', maxRestarts: 1_000_000 })
  const parts = partitionSupervisor({ name: 'parts', partitions: 2 }, () => child(Probe, 0))
  const games = fleet(Probe, { name: 'games', key: (id: string) => id })
  const rows = table<string, unknown>({ name: 'rows' })
  const copies = table<string, unknown>({ name: 'copies', values: 'clone' })
  const root = supervisor({ name: 'root', strategy: 'one_for_one' }, [
    users,
    groups,
    rows,
    copies,
    dynamic,
    tasks,
    parts,
    games,
  ])
  const node = await startNode(root, { name: 'stage', host })
  const probe = await startProbe(dynamic)
  const victim = await startProbe(dynamic)
  await games.ensure('g1')
  rows.save('r1', 1)
  return {
    host,
    node,
    root,
    users,
    groups,
    dynamic,
    tasks,
    parts,
    games,
    rows,
    copies,
    probe,
    victim,
  }
}

/** A worker that nobody restarts. */
export async function startProbe(dynamic: DynamicSupervisor): Promise<Pid<ProbeProtocol>> {
  const started = await dynamic.startChild(child(Probe, 0, { restart: 'temporary' }))
  if (!started.ok) throw new Error(`no probe: ${started.reason.kind}`)
  return started.pid
}

/** Runs `task` in a handler of the probe; gives or throws what it gave or threw. */
export async function inside(stage: Stage, task: (context: Context) => unknown): Promise<unknown> {
  const attempted = await call(stage.probe, 'run', task)
  if ('threw' in attempted) throw attempted.threw
  return attempted
}

/** Lends a hostile value whatever type its place asks for. */
export function disguise(value: unknown): never {
  return trust<never>(value)
}
