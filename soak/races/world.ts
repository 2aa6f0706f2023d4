/**
 * A node with everything that holds something under a key: a registry, a fleet and locks.
 *
 * Invariant: nothing in the ledger is taken from the tables that are checked against it. A start is
 * noticed in the `init` of whoever is started, an end in its very step.
 */
import {
  cast,
  child,
  type DynamicSupervisor,
  dynamicSupervisor,
  exit,
  type Fleet,
  fleet,
  type MaybePromise,
  type Node,
  type NodeStatistics,
  type Pid,
  startNode,
  supervisor,
  type UniqueRegistry,
  uniqueRegistry,
  watchEvents,
} from 'flotilla'
import type { ExploringHost } from 'flotilla/testing'
import { Client, type ClientProtocol, type Perform } from './client.ts'
import { Holder, type HolderPlan, type HolderProtocol } from './holder.ts'
import { Ledger } from './ledger.ts'
import type { Names } from './names.ts'
import type { Held } from './names-model.ts'

/** Puts something faulty in the place of a registry. */
export type Plant = (names: Names, world: World) => Names

/** Which parts of the tree a program uses. */
export interface Parts {
  /** The supervisors of workers that are started under names. */
  readonly hasStarts: boolean
  readonly hasCrew: boolean
}

/** How a worker under a name lives. */
export interface HolderStyle {
  readonly restart: 'temporary' | 'permanent'
  /** Happens in `init`, after the worker has noticed that it holds its name. */
  readonly init?: () => MaybePromise<void>
  /** Happens before it ends in order. */
  readonly last?: () => Promise<void>
}

/** How a worker is started, and by which of two supervisors: each starts one at a time. */
export interface StartStyle extends HolderStyle {
  readonly side: number
}

const nodeName = 'races'

/** One node and its ledger. */
export class World {
  readonly host: ExploringHost
  readonly ledger = new Ledger()
  readonly names: Names
  readonly crew: Fleet<string, HolderPlan, HolderProtocol>
  /** Who is at work under the lock of a key: a process, or code outside of all. */
  readonly atWork = new Map<string, Pid | undefined>()
  readonly #registry: UniqueRegistry<string, HolderProtocol>
  readonly #sides: readonly [DynamicSupervisor, DynamicSupervisor]
  readonly #clients: DynamicSupervisor
  readonly #parts: Parts
  readonly #watching: { stop(): void }
  #node: Node | undefined = undefined

  /** @param parts what the program needs: a smaller tree is run more often in the same time */
  constructor(host: ExploringHost, parts: Parts, plant: Plant = (names) => names) {
    this.host = host
    this.#parts = parts
    this.#registry = uniqueRegistry<string, HolderProtocol>({ name: 'names' })
    this.names = plant(this.#registry, this)
    this.#sides = [dynamicSupervisor({ name: 'left' }), dynamicSupervisor({ name: 'right' })]
    this.#clients = dynamicSupervisor({ name: 'clients' })
    this.crew = fleet(Holder, { name: 'crew', key: (plan: HolderPlan) => plan.key })
    this.#watching = watchEvents((event) => {
      if (event.node === nodeName && event.kind === 'process_ended') this.ledger.ended(event.pid)
    })
  }

  async start(): Promise<void> {
    const { hasStarts, hasCrew } = this.#parts
    const options = { name: 'top', strategy: 'one_for_one', maxRestarts: 1_000_000 } as const
    const tree = supervisor(options, [
      this.#registry,
      ...(hasStarts ? this.#sides : []),
      ...(hasCrew ? [this.crew] : []),
      this.#clients,
    ])
    this.#node = await startNode(tree, { name: nodeName, host: this.host })
  }

  /** Takes and frees so many other names, so that their places in the table are swept. */
  async churn(count: number): Promise<void> {
    const pid = await this.client((_step, context) => {
      for (let index = 0; index < count; index += 1) {
        this.#registry.register(context, `churn ${index}`)
        this.#registry.unregister(context, `churn ${index}`)
      }
      return undefined
    })
    cast(pid, 'step', { kind: 'register', key: '' })
    await this.host.settle()
    exit(pid, 'kill')
  }

  /** Starts a client that is a process. */
  async client(perform: Perform): Promise<Pid<ClientProtocol>> {
    const spec = child(Client, perform, { restart: 'temporary', shutdownMs: 'kill' })
    const started = await this.#clients.startChild(spec)
    if (started.ok) return started.pid
    throw new Error(`a client did not start: ${started.reason.kind}`)
  }

  /** Starts a worker under a name; gives the holder if that is known afterwards. */
  async startHolder(
    key: string,
    { restart, side, ...style }: StartStyle,
  ): Promise<Pid | undefined> {
    const plan = this.holderPlan(['name', key], style)
    const name = this.names.via(key)
    const shutdownMs = style.last === undefined ? 'kill' : 'infinity'
    const spec = child(Holder, plan, { name, restart, shutdownMs })
    // The supervisor may be between two lives, or give up before it answers.
    const started = await this.#sides[side === 0 ? 0 : 1].startChild(spec).catch(() => undefined)
    if (started?.ok === true) return started.pid
    return started?.reason.kind === 'already_started' ? started.reason.pid : undefined
  }

  /** What a worker is told that takes something by being started. */
  holderPlan(held: Held, { init, last }: Pick<HolderStyle, 'init' | 'last'> = {}): HolderPlan {
    return {
      key: held[1],
      began: ({ serial }) => {
        const claim = { client: `process ${serial}`, operation: 'claim', held, who: serial }
        this.ledger.step(claim, () => true)
        this.ledger.holds(held, serial)
        return init?.()
      },
      last,
    }
  }

  /** Has whichever supervisor it belongs to stop a process in order. */
  async stopHolder(pid: Pid): Promise<void> {
    const { hasStarts } = this.#parts
    const asked = (hasStarts ? this.#sides : []).map((side) => side.terminateChild(pid))
    // A supervisor may be between two lives, or give up before it answers.
    await Promise.allSettled(asked)
  }

  /** Ends everything; gives what the node still had then, which ought to be nothing. */
  async stop(): Promise<NodeStatistics | undefined> {
    this.#watching.stop()
    await this.#node?.stop()
    return this.#node?.statistics()
  }
}
