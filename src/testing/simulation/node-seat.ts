/**
 * The seat of one node in a simulation, over all of its lives.
 *
 * Invariant: at most one life at a time; of a life that crashed or did not start nothing runs any
 * more, and whoever outside of it waited for an answer has an exit in its place.
 */
import { type ExitReason, killed } from '../../core/exit.ts'
import { ignore } from '../../core/ignore.ts'
import { runInContext } from '../../process/attribution.ts'
import { end } from '../../process/dying.ts'
import type { Host } from '../../process/host.ts'
import { LocalPid } from '../../process/local-pid.ts'
import type { Node } from '../../process/node.ts'
import type { NodeRuntime } from '../../process/node-runtime.ts'
import type { Process } from '../../process/process.ts'
import { type NodeStatistics, statisticsOf } from '../../process/statistics.ts'
import type { Transport } from '../../process/transport.ts'
import { EntryService } from '../../registry/entry-service.ts'
import { NameService } from '../../registry/name-service.ts'
import type { NodeHost } from './node-host.ts'
import { type NodeWatch, referencePrefix } from './node-watch.ts'
import { Place } from './place.ts'
import type { NodeResidue, SimulationEventContent } from './simulation-event.ts'
import type { HeldName, SimulatedNode } from './world.ts'

/** One life of a node, as the world makes it. */
export interface NewLife {
  readonly host: NodeHost
  readonly watch: NodeWatch
  readonly transport: Transport
}

/** What a seat needs of its world. */
export interface SeatOptions {
  readonly name: string
  /** Makes what a life needs; `opened` is to be called with its runtime. */
  readonly live: (life: number, opened: (runtime: NodeRuntime) => void) => NewLife
  /** Starts the user's tree. */
  readonly start: () => Promise<Node>
  readonly publish: (event: SimulationEventContent) => void
  readonly nameOf: (process: Process) => string
  /** A start has failed. */
  readonly onStartFailed: (seat: NodeSeat, error: unknown) => void
  /** It has ended by itself or because it was asked to. */
  readonly onEnded: (seat: NodeSeat) => void
  /** Nobody on a node hears the answer of a call any more, wherever that is open. */
  readonly silence: (runtime: NodeRuntime) => void
  /** Connections of a life that is over. */
  readonly disconnect: (host: NodeHost) => void
}

/** A node of a simulation. */
export class NodeSeat implements SimulatedNode {
  readonly name: string
  readonly #options: SeatOptions
  #life = 0
  #state: SimulatedNode['state'] = 'down'
  #present: NewLife | undefined = undefined
  #runtime: NodeRuntime | undefined = undefined
  #node: Node | undefined = undefined

  constructor(options: SeatOptions) {
    this.name = options.name
    this.#options = options
  }

  get life(): number {
    return this.#life
  }

  get state(): SimulatedNode['state'] {
    return this.#state
  }

  get host(): Host {
    return this.#alive().host
  }

  get transport(): Transport {
    return this.#alive().transport
  }

  get node(): Node | undefined {
    return this.#state === 'down' ? undefined : this.#node
  }

  /** What its processes are called by: `a`, or `a~2` in its second life. */
  get prefix(): string {
    return referencePrefix({ node: this.name, life: this.#life })
  }

  /** Calls to its processes that have not settled. */
  get openCalls(): number {
    return this.#state === 'down' ? 0 : (this.#present?.watch.openCalls ?? 0)
  }

  /** The living processes, the oldest first, without the one that stands for the node. */
  processes(): Process[] {
    return this.#state === 'down' ? [] : (this.#runtime?.processes.inOrder().slice(1) ?? [])
  }

  statistics(): NodeStatistics | undefined {
    const runtime = this.#state === 'down' ? undefined : this.#runtime
    return runtime === undefined ? undefined : statisticsOf(runtime)
  }

  names(): HeldName[] {
    const names: HeldName[] = []
    for (const table of this.#runtime?.holdings.values() ?? []) {
      if (!(table instanceof EntryService)) continue
      const isUnique = table instanceof NameService
      for (const { key, holder } of table.slots()) {
        const held = LocalPid.processOf(holder)
        if (held === undefined) continue
        const process = this.#options.nameOf(held)
        names.push({ registry: table.name, key, process, isAlive: held.alive, isUnique })
      }
    }
    return names
  }

  /** Begins the next life. */
  start(): void {
    if (this.#state !== 'down') return
    this.#life += 1
    this.#state = 'starting'
    this.#node = undefined
    this.#runtime = undefined
    const present = this.#options.live(this.#life, (runtime) => {
      this.#runtime ??= runtime
    })
    this.#present = present
    this.#publish('node_starting')
    const place = new Place(`start of ${this.prefix}`, present.host.lane, present.host)
    present.host.lane.push(() => {
      runInContext(place, () => this.#options.start()).then(
        (node) => this.#started(present, node),
        (error) => this.#failed(present, error),
      )
    })
  }

  pause(): boolean {
    if (this.#state !== 'running' || this.#present === undefined) return false
    this.#state = 'paused'
    this.#present.host.lane.holdUp()
    this.#publish('node_paused')
    return true
  }

  resume(): void {
    if (this.#state !== 'paused' || this.#present === undefined) return
    this.#state = 'running'
    this.#publish('node_resumed')
    this.#present.host.lane.goOn()
  }

  /** Drops the present life, whatever it was doing. */
  crash(): boolean {
    const present = this.#present
    if (this.#state === 'down' || present === undefined) return false
    this.#publish('node_crashed')
    this.#dropLife(present)
    return true
  }

  /** Nobody on a node hears the answers of calls to this one any more. */
  silenceCallsFrom(runtime: NodeRuntime): void {
    this.#present?.watch.silenceCallsFrom(runtime)
  }

  /** Ends a process of this life, whatever it was doing. */
  kill(process: Process): void {
    end(process, killed)
  }

  jump(byMs: number): boolean {
    if (this.#state === 'down') return false
    this.#present?.host.nodeClock.jump(byMs)
    return true
  }

  /** Stops the present life in order. */
  stop(): Promise<void> {
    const place = new Place(`stop of ${this.prefix}`, this.#alive().host.lane, this.#present?.host)
    return runInContext(place, () => this.#node?.stop() ?? Promise.resolve())
  }

  /** What is left in its tables. */
  residue(): NodeResidue {
    const { host, watch } = this.#alive()
    let rows = 0
    for (const holding of this.#runtime?.holdings.values() ?? []) rows += holding.rowCount
    return {
      processes: this.#runtime?.processes.size ?? 0,
      timers: host.pendingTimers,
      rows,
      aliases: this.#runtime?.aliases.size ?? 0,
      calls: watch.openCalls,
      escapeListeners: host.escapeListeners,
    }
  }

  #alive(): NewLife {
    if (this.#present !== undefined) return this.#present
    throw new Error(`the node ${this.name} was not started yet`)
  }

  #started(life: NewLife, node: Node): void {
    if (this.#present !== life || this.#state === 'down') return
    this.#node = node
    if (this.#state === 'starting') this.#state = 'running'
    this.#publish('node_started')
    node.ended.then(() => this.#ended(life), ignore)
  }

  #ended(life: NewLife): void {
    if (this.#present !== life || this.#state === 'down') return
    this.#state = 'down'
    this.#options.disconnect(life.host)
    this.#options.onEnded(this)
  }

  #failed(life: NewLife, error: unknown): void {
    if (this.#present !== life || this.#state === 'down') return
    this.#dropLife(life)
    this.#options.onStartFailed(this, error)
  }

  /** Nothing of it runs any more; a start may have failed when its node was there already. */
  #dropLife({ host }: NewLife): void {
    this.#state = 'down'
    host.close()
    this.#options.disconnect(host)
    const runtime = this.#runtime
    if (runtime === undefined) return
    this.#options.silence(runtime)
    drop(runtime)
  }

  #publish(
    kind: 'node_starting' | 'node_started' | 'node_crashed' | 'node_paused' | 'node_resumed',
  ) {
    this.#options.publish({ kind, node: this.name, life: this.#life })
  }
}

/** Ends everything of a node without running any of its code. */
function drop(runtime: NodeRuntime): void {
  const reason: ExitReason = { kind: 'nodedown', node: runtime.name }
  const processes = runtime.processes.inOrder()
  for (const process of processes) {
    process.oversight = undefined
    const extras = process.extrasIfAny
    if (extras === undefined) continue
    extras.aborter = undefined
    extras.lastWords = undefined
    extras.onStartFailed = undefined
  }
  for (const process of processes) if (process !== runtime.guardian) end(process, reason)
  runtime.endWith(reason)
}
