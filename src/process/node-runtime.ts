/**
 * A running node: its process table, scheduler, deadlines and resolvers.
 *
 * Invariant: everything a node knows hangs off this object; two nodes in one OS process share
 * nothing but the thread.
 */
import { crash, type ExitReason } from '../core/exit.ts'
import { ignore } from '../core/ignore.ts'
import { push } from '../core/inbox.ts'
import type { Pid } from '../core/pid.ts'
import type { Resolver } from './address.ts'
import { processOfContext, processOfRejected, runAs } from './current.ts'
import { crashed, end } from './dying.ts'
import type { Envelope } from './envelope.ts'
import type { Cancellable, Host } from './host.ts'
import { KeptContexts } from './kept-contexts.ts'
import { ObservedHost, type Observer } from './observer.ts'
import { Oversight } from './oversight.ts'
import type { Process } from './process.ts'
import { ProcessTable } from './process-table.ts'
import { Refusals } from './refusals.ts'
import { Reports } from './reports.ts'
import { Scheduler } from './scheduler.ts'
import type { SystemRequest } from './system-request.ts'
import { type OpenCall, Timers } from './timers.ts'

/** What a node counts over its life. */
export interface Counters {
  /** What reached an inbox: also exits, reports of monitors and the casts of timers. */
  sent: number
  /** Messages refused because an inbox was full. */
  refused: number
  /** Messages that lay in the inbox of a process that ended, or found nobody. */
  dropped: number
  /** Replies that came too late or twice. */
  lateReplies: number
  started: number
  ended: number
}

/** The choices that make a node. */
export interface RuntimeOptions {
  readonly name: string
  readonly host: Host
  /** Whether errors of asynchronous work end the process that started it. */
  readonly chargesEscapes: boolean
}

/** Something else that belongs to the node and ends with it, such as the table of a registry. */
export interface Holding {
  /** How many rows it has, for statistics and leak tests. */
  readonly rowCount: number
  /** The node has ended. */
  release(): void
}

/** One node of this OS process. */
export class NodeRuntime {
  readonly name: string
  readonly incarnation: number
  readonly host: Host
  readonly chargesEscapes: boolean
  readonly processes = new ProcessTable()
  /** By name of the registry; `duplicates` where a key names nobody in particular. */
  readonly resolvers = new Map<string, Resolver | 'duplicates'>()
  readonly holdings = new Map<string, Holding>()
  /** Where each open alias leads, by its number. */
  readonly aliases = new Map<number, Process>()
  readonly counters: Counters = {
    sent: 0,
    refused: 0,
    dropped: 0,
    lateReplies: 0,
    started: 0,
    ended: 0,
  }
  /**
   * Stands for callers that are no process, as the sender of their exit signals. It is nobody's
   * parent, so no process takes their signal for an order of its supervisor.
   */
  readonly outside: Pid
  readonly timers: Timers
  readonly scheduler: Scheduler
  readonly refusals: Refusals
  readonly reports: Reports
  /** Watches everything, in a simulation. */
  readonly observer: Observer | undefined
  readonly contexts: KeptContexts | undefined
  /** The process above the root; set before anything else runs. */
  #guardian: Process | undefined = undefined
  #close: (reason: ExitReason) => void = ignore
  #lastSerial = 0
  #lastMonitorId = 0
  #isOver = false
  readonly #escapes: Cancellable | undefined

  constructor(options: RuntimeOptions) {
    const { name, host } = options
    this.name = name
    this.host = host
    // Also where no error is captured: code that goes on after its process ended is known by it.
    this.chargesEscapes = options.chargesEscapes
    this.incarnation = makeIncarnation(host)
    this.outside = { node: name, serial: 0, incarnation: this.incarnation }
    this.observer = ObservedHost.observerOf(host)
    this.contexts = this.chargesEscapes ? KeptContexts.ifWorthIt() : undefined
    const base = { node: name, incarnation: this.incarnation }
    this.reports = new Reports(base, this.contexts?.nobody)
    this.timers = new Timers(host)
    this.scheduler = new Scheduler(host, {
      endTurn: () => this.#endTurn(),
      fault: (error) => this.fault(error),
      observer: this.observer,
      contexts: this.contexts,
    })
    this.refusals = new Refusals(this.scheduler, host)
    this.#escapes = this.chargesEscapes
      ? host.escapes?.capture((error, rejected) => this.#charge(error, rejected))
      : undefined
    this.observer?.opened(this)
  }

  /** Names the process that stands for the node, and how the node is ended. */
  open(guardian: Process, close: (reason: ExitReason) => void): void {
    this.#guardian = guardian
    this.#close = close
    this.counters.started += 1
    this.processes.add(guardian)
    this.observer?.starting(guardian)
    this.observer?.started(guardian)
  }

  /** The process that stands for the node. */
  get guardian(): Process {
    if (this.#guardian !== undefined) return this.#guardian
    throw new Error('a node was used before it was opened')
  }

  takeSerial(): number {
    this.#lastSerial += 1
    return this.#lastSerial
  }

  takeMonitorId(): number {
    this.#lastMonitorId += 1
    return this.#lastMonitorId
  }

  /** Puts what is never refused (DOWN, a timer's message) into an inbox. */
  deliver(process: Process, envelope: Envelope): void {
    if (this.#reaches(process, envelope)) this.put(process, envelope)
  }

  /** As `deliver`, for what should not wait, since a name may be free: exits, second tries. */
  deliverNext(process: Process, envelope: Envelope): void {
    if (!this.#reaches(process, envelope)) return
    this.counters.sent += 1
    push(process, envelope)
    this.observer?.sent(process, envelope)
    this.scheduler.readyNext(process)
  }

  #reaches(process: Process, envelope: Envelope): boolean {
    if (process.alive) return true
    this.counters.dropped += 1
    this.observer?.dropped(process, envelope)
    return false
  }

  /** Gives a request that was just posted its time limit, from the end of this turn on. */
  limit(request: OpenCall): void {
    this.timers.watch(request)
    this.scheduler.openTurn()
  }

  /** Whether the inbox of a process is full; if so, one more message counts as refused. */
  refuses(process: Process): boolean {
    if (process.size < process.behaviour.maxMailboxSize) return false
    this.counters.refused += 1
    this.observer?.refused(process)
    return true
  }

  /** Puts a message into an inbox; false if that is full. */
  post(process: Process, envelope: Envelope): boolean {
    if (this.refuses(process)) return false
    this.put(process, envelope)
    return true
  }

  /** As `post`, where `refuses` has just been asked. */
  put(process: Process, envelope: Envelope): void {
    this.counters.sent += 1
    if (!this.scheduler.wake(process, envelope)) {
      push(process, envelope)
      this.scheduler.ready(process)
    }
    this.observer?.sent(process, envelope)
  }

  /** As `post`, for what must get through when messages are refused: it has places of its own. */
  postSystem(process: Process, request: SystemRequest): boolean {
    if (!Oversight.of(process).admits(request)) {
      this.counters.refused += 1
      return false
    }
    this.counters.sent += 1
    push(process, request)
    this.observer?.sent(process, request)
    this.scheduler.ready(process)
    return true
  }

  /** An asynchronous handler is done: the process may take its next message. */
  resume(process: Process): void {
    process.busy = false
    this.observer?.done(process)
    this.scheduler.letGo(process)
    if (process.head !== undefined) this.scheduler.ready(process)
  }

  /** Runs `task` when the present code is done; for feeds to user code. */
  later(task: () => void): void {
    const { scheduler } = this.host
    const run = (): void => runAs(undefined, task)
    if (scheduler.soon === undefined) scheduler.yieldThen(run)
    else scheduler.soon(run)
  }

  /** The runtime itself failed: ends every process, since its tables cannot be trusted any more. */
  fault(error: unknown): void {
    for (const process of this.processes.inOrder()) {
      if (process !== this.#guardian) end(process, crash(error))
    }
    this.endWith(crash(error))
  }

  /** Ends the node, which must not go on without the process that stands for it. */
  endWith(reason: ExitReason): void {
    this.#close(reason)
  }

  /** Whether it has ended. */
  get isOver(): boolean {
    return this.#isOver
  }

  /** Ends what the node still holds after its last process. */
  close(): void {
    this.#isOver = true
    for (const holding of this.holdings.values()) holding.release()
    this.holdings.clear()
    this.resolvers.clear()
    this.timers.clear()
    this.refusals.close()
    const escapes = this.#escapes
    // Work that is told to stop by the end of its process may still fail in this very turn.
    if (escapes !== undefined) this.host.scheduler.yieldThen(() => escapes.cancel())
  }

  #endTurn(): void {
    this.timers.endTurn()
    this.refusals.endTurn()
  }

  #charge(error: unknown, rejected: object | undefined): boolean {
    const process = rejected === undefined ? processOfContext() : processOfRejected(rejected)
    if (process === undefined || process.node !== this) return false
    // Work that a dead process left behind has nobody left to end.
    if (process.alive) crashed(process, error)
    return true
  }
}

/** Later lives of a node get a higher number; the low bits tell lives of one millisecond apart. */
function makeIncarnation(host: Host): number {
  const low = 4096
  return Math.floor(host.clock.wallMs()) * low + (host.random.u32() % low)
}
