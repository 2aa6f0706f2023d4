/**
 * The world of one run: its nodes, its log, its checks, and what goes wrong in it.
 *
 * Invariant: the first failure is the failure of the run, and nothing runs after it.
 */
import { checkName } from '../../core/argument-error.ts'
import type { ChildSpec } from '../../core/child-spec.ts'
import type { Pid } from '../../core/pid.ts'
import { runInContext } from '../../process/attribution.ts'
import type { FlotillaEvent } from '../../process/events.ts'
import type { Cancellable, OnEscape } from '../../process/host.ts'
import { LocalPid } from '../../process/local-pid.ts'
import { type Node, startNode } from '../../process/node.ts'
import type { NodeRuntime } from '../../process/node-runtime.ts'
import { forkedSource, fraction } from '../random-source.ts'
import type { Schedule } from '../schedule.ts'
import { causalSlice } from './causal-slice.ts'
import type { Plan } from './definition.ts'
import { Engine } from './engine.ts'
import { EventLog } from './event-log.ts'
import type { FaultKind, FaultRates, FaultRecord, NewFault } from './fault.ts'
import { disturbing } from './faulty-server.ts'
import { realTurn } from './globals.ts'
import { HandlerFaultDraw } from './handler-fault-draw.ts'
import type { InvariantChecker } from './invariant.ts'
import { Lane } from './lane.ts'
import type { Listening } from './listening.ts'
import { MessageBook } from './message-book.ts'
import { SimulatedNetwork } from './network.ts'
import { NodeClock } from './node-clock.ts'
import { NodeHost } from './node-host.ts'
import { type NewLife, NodeSeat } from './node-seat.ts'
import { NodeWatch, referencePrefix } from './node-watch.ts'
import { Place } from './place.ts'
import type { SimulationEvent, SimulationEventContent } from './simulation-event.ts'
import type { DrawnOptions, SimulationFailure } from './simulation-run.ts'
import type { SimulatedNode, SimulationPhase, World } from './world.ts'

/** What a world is made of. */
export interface WorldOptions<M> {
  readonly plan: Plan<M>
  readonly seed: number
  readonly drawn: DrawnOptions
  readonly schedule: Schedule
  /** How many events the timeline is to have. */
  readonly timelineLength: number
  /** The faults that may happen; all, if undefined. */
  readonly only: ReadonlySet<string> | undefined
}

/** So many of the last events are searched for what led to a failure; more cost much time. */
const keptEvents = 2000
/** When the world begins, by the clocks on the walls of its nodes. */
const startWallMs = Date.UTC(2026, 0, 1)
/** How long a node that is down stays so before somebody starts it again. */
const restartMs = 1000

/** The world of one run. */
export class SimulatedWorld<M> implements World<M>, Listening {
  readonly seed: number
  readonly plan: Plan<M>
  readonly faults: FaultRates
  readonly memory: M
  readonly engine: Engine
  readonly log: EventLog
  readonly network: SimulatedNetwork
  readonly seats: readonly NodeSeat[]
  /** Where the world itself acts: faults, starts, checks. */
  readonly lane: Lane
  readonly faultCounts: Partial<Record<FaultKind, number>> = {}
  readonly injected: FaultRecord[] = []
  readonly sometimes = new Map<string, number>()
  readonly escapeListeners = new Set<OnEscape>()
  phase: SimulationPhase = 'faults'
  failure: SimulationFailure | undefined = undefined
  readonly #only: ReadonlySet<string> | undefined
  readonly #checkers: { readonly id: string; readonly checker: InvariantChecker }[]
  readonly #book = new MessageBook()
  readonly #handlerFaults: HandlerFaultDraw
  readonly #runtimes: {
    readonly runtime: NodeRuntime
    readonly seat: NodeSeat
    readonly life: number
  }[] = []

  constructor(options: WorldOptions<M>) {
    const { plan, seed, drawn, schedule, only, timelineLength } = options
    this.seed = seed
    this.plan = plan
    this.faults = drawn.faults
    this.#only = only
    this.engine = new Engine({
      schedule,
      onChoice: (choice) => this.log.addChoice(choice),
      onError: (error) => this.fail('internal', '', error),
      realTurn,
    })
    this.lane = new Lane(this.engine, 'world')
    const kept = Math.max(keptEvents, timelineLength)
    this.log = new EventLog(
      () => this.engine.nowUs,
      kept,
      (event) => this.#check(event),
    )
    this.network = new SimulatedNetwork({
      engine: this.engine,
      source: forkedSource(seed, 'network'),
      options: plan.network,
      rates: () => (this.#handlerFaults.isQuiet() ? {} : this.faults),
      befell: (kind) => this.#count(kind),
      publish: (event) => this.log.add(event),
    })
    this.#handlerFaults = new HandlerFaultDraw(seed, this.faults, {
      nowMs: () => this.nowMs,
      areOver: () => this.phase !== 'faults',
      reference: (process) => this.#book.reference(process),
      inject: (fault) => this.inject(fault),
    })
    this.memory = plan.memory()
    this.#checkers = plan.invariants.map(({ id, make }) => ({ id, checker: make() }))
    this.seats = Array.from({ length: drawn.nodes }, (_, index) => this.#seat(nodeName(index)))
  }

  get nowMs(): number {
    return this.engine.nowUs / 1000
  }

  get nodes(): readonly SimulatedNode[] {
    return this.seats
  }

  get openCalls(): number {
    return this.seats.reduce((sum, seat) => sum + seat.openCalls, 0)
  }

  node(name: string): NodeSeat {
    const seat = this.seats.find((each) => each.name === name)
    if (seat === undefined) throw new Error(`the simulation has no node "${name}"`)
    return seat
  }

  startNode(tree: ChildSpec, node: SimulatedNode): Promise<Node> {
    return startNode(tree, { name: node.name, host: node.host })
  }

  referenceOf(pid: Pid): string {
    const process = LocalPid.processOf(pid)
    return process === undefined ? `${pid.node}/${pid.serial}` : this.#book.reference(process)
  }

  note(text: string): void {
    this.log.add({ kind: 'noted', by: 'world', note: String(text) })
  }

  /** Whether a fault may happen, and takes note of it if so. */
  inject({ kind, name, target, detail = '' }: NewFault): boolean {
    if (this.#only !== undefined && !this.#only.has(name)) return false
    this.#count(kind)
    this.injected.push({ name, target, atMs: this.nowMs })
    this.log.add({ kind: 'fault', fault: kind, target, detail })
    return true
  }

  /** An event of the feed of any node in the OS process. */
  hearFeed(event: FlotillaEvent): void {
    const found = this.#runtimes.findLast(
      ({ runtime }) => runtime.name === event.node && runtime.incarnation === event.incarnation,
    )
    if (found === undefined) return
    const head = { node: found.seat.name, life: found.life }
    this.log.add({ ...head, kind: 'reported', event })
    const { seat, life } = found
    // A life that crashed did not end in order.
    if (event.kind !== 'node_ended' || life !== seat.life || seat.state === 'down') return
    // What the node still takes back when nobody can go on is no residue.
    const { reason } = event
    const settle = (again: number): void => {
      if (again > 0) this.engine.later(this.lane, () => settle(again - 1))
      else if (life === seat.life) {
        this.log.add({ ...head, kind: 'node_ended', reason, residue: seat.residue() })
      }
    }
    settle(2)
  }

  violated(violation: Error): void {
    this.fail('check', 'always', violation)
  }

  seen(name: string, isTrue: boolean): void {
    this.sometimes.set(name, (this.sometimes.get(name) ?? 0) + (isTrue ? 1 : 0))
  }

  /** An error that nobody handled: that of a process, or of whoever has no business having one. */
  unhandled(error: unknown, rejected?: object): void {
    for (const claims of this.escapeListeners) if (claims(error, rejected)) return
    this.fail('unhandled', '', error)
  }

  fail(kind: SimulationFailure['kind'], subject: string, error: unknown): void {
    if (this.failure !== undefined) return
    const message = error instanceof Error ? error.message : String(error)
    const log = this.log.recent()
    this.failure = {
      kind,
      subject,
      message,
      error,
      atMs: this.nowMs,
      sequence: log.at(-1)?.sequence ?? 0,
      slice: causalSlice(log),
    }
    this.engine.halt()
  }

  /** Asks the checkers for their last word. */
  checkEnd(): void {
    for (const { id, checker } of this.#checkers) {
      try {
        checker.atEnd?.(this)
      } catch (error) {
        this.fail('invariant', id, error)
      }
    }
  }

  /** Runs code that belongs to no process. */
  within<T>(name: string, lane: Lane, work: () => T): T {
    return runInContext(new Place(name, lane), work)
  }

  #count(kind: FaultKind): void {
    this.faultCounts[kind] = (this.faultCounts[kind] ?? 0) + 1
  }

  #check(event: SimulationEvent): void {
    if (this.failure !== undefined) return
    let asked = ''
    try {
      for (const { id, checker } of this.#checkers) {
        asked = id
        checker.on?.(event, this)
      }
    } catch (error) {
      this.fail('invariant', asked, error)
    }
  }

  #seat(name: string): NodeSeat {
    const disturb = disturbing((process) => this.#handlerFaults.draw(process))
    const publish = (event: SimulationEventContent): void => this.log.add(event)
    const seat: NodeSeat = new NodeSeat({
      name,
      publish,
      nameOf: (process) => this.#book.reference(process),
      live: (life, opened) =>
        this.#live(name, life, {
          dress: disturb,
          opened: (runtime) => {
            this.#runtimes.push({ runtime, seat, life })
            opened(runtime)
          },
        }),
      start: async () => this.plan.start(this, seat),
      onStartFailed: (failed, error) => this.#startFailed(failed, error),
      onEnded: (ended) => this.restartLater(ended, restartMs),
      disconnect: (host) => this.network.disconnect(name, host),
      silence: (runtime) => {
        for (const each of this.seats) each.silenceCallsFrom(runtime)
      },
    })
    return seat
  }

  #live(
    node: string,
    life: number,
    { dress, opened }: Pick<ConstructorParameters<typeof NodeWatch>[0], 'dress' | 'opened'>,
  ): NewLife {
    const { engine } = this
    const name = referencePrefix({ node, life })
    const most = this.faults.drift ?? 0
    const lot = fraction(forkedSource(this.seed, `drift ${node}`))
    const rate =
      most > 0 && this.inject({ kind: 'drift', name: `drift ${name}`, target: node })
        ? 1 + most * (2 * lot - 1)
        : 1
    const startUs = engine.nowUs
    const clock = new NodeClock(() => engine.nowUs, {
      startUs,
      wallMs: startWallMs + startUs / 1000,
      rate,
    })
    const publish = (event: SimulationEventContent): void => this.log.add(event)
    const watch = new NodeWatch({ node, life, book: this.#book, dress, publish, opened })
    const host = new NodeHost(engine, {
      name,
      clock,
      afterEnd: this.lane,
      random: forkedSource(this.seed, `node ${name}`),
      observer: watch,
      warn: (message) => this.log.add({ kind: 'noted', by: name, note: message }),
      capture: (onEscape) => this.#capture(onEscape),
    })
    return { host, watch, transport: this.network.endpoint(node, host) }
  }

  /** Somebody starts a node that is down, as an operator or a service manager does. */
  restartLater(seat: NodeSeat, delayMs: number): void {
    this.engine.after(delayMs * 1000, this.lane, () => {
      if (this.phase === 'faults' || this.phase === 'settling') seat.start()
    })
  }

  #startFailed(seat: NodeSeat, error: unknown): void {
    if (seat.life === 1) this.fail('start', seat.name, error)
    else this.restartLater(seat, restartMs)
  }

  #capture(onEscape: OnEscape): Cancellable {
    this.escapeListeners.add(onEscape)
    return { cancel: () => void this.escapeListeners.delete(onEscape) }
  }
}

function nodeName(index: number): string {
  return checkName('name a node', String.fromCharCode('a'.charCodeAt(0) + index))
}
