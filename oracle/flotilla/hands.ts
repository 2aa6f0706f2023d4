/**
 * What drivers and workers do with supervisors, and what it comes to in words.
 *
 * Invariant: each place has one handle, which stands for all its lives.
 */
import {
  type ChildRestarted,
  type ChildSpec,
  type ChildStarted,
  type Context,
  child,
  countChildren,
  type DynamicSupervisor,
  dynamicSupervisor,
  isAlive,
  type Pid,
  type Started,
  type StartTried,
  type StaticSupervisor,
  stopServer,
  supervisor,
} from 'flotilla'
import type {
  ChildNode,
  DynamicNode,
  Life,
  Reason,
  SupervisorNode,
  WorkerNode,
} from '../program.ts'
import { exitWords, reasonOf, reasonWords } from './words.ts'
import { worker } from './worker.ts'
import type { Part, World } from './world.ts'

/** The hands of one program. */
export class Hands {
  readonly #world: World
  readonly #static = new Map<number, StaticSupervisor>()
  readonly #dynamic = new Map<number, DynamicSupervisor>()

  constructor(world: World) {
    this.#world = world
  }

  /** The specification of a place and of all below it. */
  specOf(node: ChildNode): ChildSpec {
    switch (node.kind) {
      case 'worker':
        return this.#worker(node)
      case 'supervisor':
        return this.#static.get(node.id) ?? this.#supervisor(node)
      case 'dynamic':
        return this.#dynamic.get(node.id) ?? this.#dynamicSupervisor(node)
    }
  }

  /** Starts a child of a running supervisor. */
  start(under: number, node: ChildNode): Promise<Part[]> {
    return this.#on(under, async () => {
      const spec = this.specOf(node)
      const handle = this.#static.get(under) ?? this.#dynamic.get(under)
      if (handle === undefined) return ['nobody']
      const started = await handle.startChild(spec)
      if (started.ok && node.kind !== 'worker') this.#world.call(started.pid, node.id)
      return startWords(started)
    })
  }

  /** Starts a worker under a worker. */
  async spawn(context: Context, node: WorkerNode, linked: boolean): Promise<Part[]> {
    return startWords(await context.start(this.specOf(node), { link: linked }))
  }

  /** Stops a child of a running supervisor. */
  terminate(under: number, place: number): Promise<Part[]> {
    return this.#on(under, async (supervisor) => {
      const fixed = this.#static.get(under)
      if (fixed !== undefined) {
        const done = await fixed.terminateChild(String(place))
        return [done.ok ? 'ok' : `error ${done.reason.kind}`]
      }
      const pid = this.#world.find(place)
      if (pid === undefined) return [isAlive(supervisor) ? 'error not_found' : 'exit noproc']
      const isFound = await this.#dynamic.get(under)?.terminateChild(pid)
      return [isFound ? 'ok' : 'error not_found']
    })
  }

  /** Starts a stopped child again. */
  restart(under: number, place: number): Promise<Part[]> {
    return this.#on(under, async () => {
      const done = await this.#static.get(under)?.restartChild(String(place))
      return done === undefined ? ['nobody'] : startWords(done)
    })
  }

  /** Forgets a stopped child. */
  delete(under: number, place: number): Promise<Part[]> {
    return this.#on(under, async () => {
      const done = await this.#static.get(under)?.deleteChild(String(place))
      return [done?.ok ? 'ok' : `error ${done?.reason.kind}`]
    })
  }

  /** Counts children. */
  count(of: number): Promise<Part[]> {
    return this.#on(of, async (pid) => {
      const { specs, active, supervisors, workers } = countChildren(pid)
      return [`${specs}/${active}/${supervisors}/${workers}`]
    })
  }

  /** Stops a process in order. */
  halt(to: number, reason: Reason): Promise<Part[]> {
    return this.#on(to, async (pid) => {
      await stopServer(pid, { reason: reasonOf(reason) })
      return ['ok']
    })
  }

  async #on(to: number, work: (pid: Pid) => Promise<Part[]>): Promise<Part[]> {
    const pid = this.#world.find(to)
    if (pid === undefined) return ['exit noproc']
    try {
      return await work(pid)
    } catch (error) {
      return [exitWords(error)]
    }
  }

  #worker(node: WorkerNode): ChildSpec {
    const start = { world: this.#world, hands: this, node }
    const life = { ...lifeOf(node), id: String(node.id) }
    if (node.name === undefined) return child(worker, start, life)
    return child(worker, start, { ...life, name: this.#world.names.via(node.name) })
  }

  #supervisor(node: SupervisorNode): ChildSpec {
    const { id, strategy, maxRestarts, maxSeconds, autoShutdown, children } = node
    const handle = supervisor(
      {
        ...lifeOf(node),
        name: String(id),
        registerAs: this.#world.placeName(id),
        strategy,
        maxRestarts,
        maxSeconds,
        autoShutdown,
      },
      children.map((each) => this.specOf(each)),
    )
    this.#static.set(id, handle)
    return handle
  }

  #dynamicSupervisor(node: DynamicNode): ChildSpec {
    const { id, maxRestarts, maxSeconds, maxChildren } = node
    const handle = dynamicSupervisor({
      ...lifeOf(node),
      name: String(id),
      registerAs: this.#world.placeName(id),
      maxRestarts,
      maxSeconds,
      ...(maxChildren === 'infinity' ? {} : { maxChildren }),
    })
    this.#dynamic.set(id, handle)
    return handle
  }
}

function lifeOf({ restart, shutdown, significant }: Life) {
  const shutdownMs = shutdown === 'brutal_kill' ? 'kill' : shutdown
  return { restart, shutdownMs, significant } as const
}

/** What a start came to. */
export function startWords(started: Started | StartTried | ChildStarted | ChildRestarted): Part[] {
  if (started.ok) return ['ok', started.pid]
  const { reason } = started
  switch (reason.kind) {
    case 'init_failed':
      return [`error ${reasonWords(reason.exit.reason)}`]
    case 'already_started':
      return ['error taken']
    case 'ignored':
      return ['ignore']
    default:
      return [`error ${reason.kind}`]
  }
}
