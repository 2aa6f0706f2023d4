/**
 * Turns what one life of a node tells its observer into events of the simulation.
 *
 * Invariant: it only looks. A message has the same number in every event that tells of it, and a
 * handler that began has ended before the next one of its process begins.
 */
import type { ExitReason } from '../../core/exit.ts'
import type { Pid } from '../../core/pid.ts'
import { ServerBehaviour } from '../../gen-server/serve.ts'
import { ownerOfContext } from '../../process/attribution.ts'
import { currentProcess } from '../../process/current.ts'
import type { Envelope } from '../../process/envelope.ts'
import { linkedTo } from '../../process/links.ts'
import { LocalPid } from '../../process/local-pid.ts'
import type { NodeRuntime } from '../../process/node-runtime.ts'
import type { MonitorNote, NameNote, Observer, RefusedStart } from '../../process/observer.ts'
import type { Behaviour, Process } from '../../process/process.ts'
import type { Request, RequestKind } from '../../process/request.ts'
import { Supervising } from '../../supervisor/supervising.ts'
import type { MessageBook } from './message-book.ts'
import { Place } from './place.ts'
import type {
  DownNotice,
  ProcessReference,
  ProcessTraces,
  SimulationEventContent,
} from './simulation-event.ts'

/** What a watch needs of its simulation. */
export interface NodeWatchOptions {
  readonly node: string
  readonly life: number
  readonly book: MessageBook
  readonly dress: (behaviour: Behaviour) => Behaviour
  readonly publish: (event: SimulationEventContent) => void
  readonly opened: (runtime: NodeRuntime) => void
}

/** The observer of one life of a node. */
export class NodeWatch implements Observer {
  readonly #options: NodeWatchOptions
  readonly #publishTo: (event: SimulationEventContent) => void
  readonly #node: string
  readonly #life: number
  readonly #handling = new Map<Process, Envelope>()
  /** Calls to processes of this life that have not settled. */
  readonly #open = new Set<Request<RequestKind>>()

  constructor(options: NodeWatchOptions) {
    this.#options = options
    this.#publishTo = options.publish
    this.#node = options.node
    this.#life = options.life
  }

  /** Calls to processes of this life that have not settled. */
  get openCalls(): number {
    return this.#open.size
  }

  /** A node is gone, and with it the callers there: nobody is left to hear an answer. */
  silenceCallsFrom(gone: NodeRuntime): void {
    for (const request of this.#open) {
      if (request.caller?.node !== gone) continue
      request.settled = true
      request.target.node.timers.cancel(request)
      this.#open.delete(request)
    }
  }

  opened(node: NodeRuntime): void {
    this.#options.book.know(node, referencePrefix(this.#options))
    this.#options.opened(node)
  }

  dress(behaviour: Behaviour): Behaviour {
    return this.#options.dress(behaviour)
  }

  starting(process: Process): void {
    const { parent, behaviour } = process
    this.#publish({
      node: this.#node,
      life: this.#life,
      kind: 'process_starting',
      process: this.#of(process),
      parent: parent === undefined ? undefined : this.#of(parent),
      label: behaviour.label,
      behaviour: kindOf(behaviour),
      maxMailboxSize: behaviour.maxMailboxSize,
    })
  }

  started(process: Process): void {
    this.#publish({
      node: this.#node,
      life: this.#life,
      kind: 'process_started',
      process: this.#of(process),
    })
  }

  startRefused(_node: NodeRuntime, { parent, registry, key, holder }: RefusedStart): void {
    this.#publish({
      node: this.#node,
      life: this.#life,
      kind: 'start_refused',
      parent: this.#maybe(parent),
      registry,
      key,
      holder: this.#maybe(holder),
      isHolderAlive: holder?.alive === true,
    })
  }

  ended(process: Process, wasStarting: boolean): void {
    const reason: ExitReason = process.exitReason ?? { kind: 'normal' }
    const { label } = process.behaviour
    const of = this.#of(process)
    this.#handlerEnded(process)
    this.#publish({
      node: this.#node,
      life: this.#life,
      kind: 'process_ended',
      process: of,
      label,
      reason,
      wasStarting,
    })
  }

  gone(process: Process): void {
    this.#publish({
      node: this.#node,
      life: this.#life,
      kind: 'process_gone',
      process: this.#of(process),
      traces: tracesOf(process),
    })
    this.#options.book.gone(process)
  }

  sent(process: Process, envelope: Envelope): void {
    const { book } = this.#options
    const message = book.number(envelope, process.node.timers.nowMs())
    if (isRequest(envelope)) this.#open.add(envelope)
    this.#publish({
      node: this.#node,
      life: this.#life,
      kind: 'message_sent',
      message,
      to: this.#of(process),
      from: this.#senderOf(process, envelope),
      messageKind: envelope.kind,
      name: envelope.name,
      mailboxSize: process.size,
      maxMailboxSize: process.behaviour.maxMailboxSize,
      timeoutMs: isRequest(envelope) ? envelope.timeoutMs : undefined,
      down: this.#downOf(envelope),
    })
  }

  refused(process: Process): void {
    this.#publish({
      node: this.#node,
      life: this.#life,
      kind: 'message_refused',
      to: this.#of(process),
      mailboxSize: process.size,
      maxMailboxSize: process.behaviour.maxMailboxSize,
    })
  }

  dropped(process: Process, envelope: Envelope): void {
    const { book } = this.#options
    this.#publish({
      node: this.#node,
      life: this.#life,
      kind: 'message_dropped',
      to: this.#of(process),
      message: book.numberOf(envelope),
    })
    book.handled(envelope)
  }

  began(process: Process, envelope: Envelope): void {
    const { book } = this.#options
    // What a process puts before everything else in its own mailbox was not sent by anybody.
    if (book.numberOf(envelope) === undefined) this.sent(process, envelope)
    const nodeMs = process.node.timers.nowMs()
    const message = book.number(envelope, nodeMs)
    this.#handling.set(process, envelope)
    this.#publish({
      node: this.#node,
      life: this.#life,
      kind: 'handler_began',
      message,
      to: this.#of(process),
      from: book.senderOf(envelope),
      messageKind: envelope.kind,
      name: envelope.name,
      nodeMs,
      down: this.#downOf(envelope),
      isSettled: isRequest(envelope) && envelope.settled,
    })
  }

  done(process: Process): void {
    this.#handlerEnded(process)
  }

  settled(request: Request<RequestKind>, failure: ExitReason | undefined): void {
    const { book } = this.#options
    const message = book.numberOf(request)
    this.#open.delete(request)
    const sentMs = book.sentMs(request)
    const sender = book.senderOf(request)
    const { target, caller, timeoutMs } = request
    const nowMs = target.node.timers.nowMs()
    this.#publish({
      node: this.#node,
      life: this.#life,
      kind: 'call_settled',
      message,
      to: this.#of(target),
      from: sender ?? this.#maybe(caller),
      outcome: failure === undefined ? 'reply' : failure.kind,
      afterMs: nowMs - (sentMs ?? nowMs),
      timeoutMs,
    })
    book.settled(request)
  }

  nameTaken(process: Process, name: NameNote): void {
    this.#publish({
      node: this.#node,
      life: this.#life,
      kind: 'name_taken',
      ...name,
      process: this.#of(process),
    })
  }

  nameFreed(process: Process, name: NameNote): void {
    this.#publish({
      node: this.#node,
      life: this.#life,
      kind: 'name_freed',
      ...name,
      process: this.#of(process),
    })
  }

  monitored(watcher: Process, { id, target }: MonitorNote): void {
    this.#publish({
      node: this.#node,
      life: this.#life,
      kind: 'monitor_made',
      monitor: id,
      watcher: this.#of(watcher),
      target: target?.alive === true ? this.#of(target) : undefined,
    })
  }

  demonitored(watcher: Process, monitor: number, flush: boolean): void {
    const event = { kind: 'monitor_removed', monitor, watcher: this.#of(watcher), flush } as const
    this.#publish({ node: this.#node, life: this.#life, ...event })
  }

  linked(one: Process, other: Process): void {
    const pair = { one: this.#of(one), other: this.#of(other) }
    this.#publish({ node: this.#node, life: this.#life, kind: 'link_made', ...pair })
  }

  unlinked(one: Process, other: Process): void {
    const pair = { one: this.#of(one), other: this.#of(other) }
    this.#publish({ node: this.#node, life: this.#life, kind: 'link_removed', ...pair })
  }

  #publish(event: SimulationEventContent): void {
    this.#publishTo(event)
  }

  #of(process: Process): ProcessReference {
    return this.#options.book.reference(process)
  }

  #maybe(process: Process | undefined): ProcessReference | undefined {
    return process === undefined ? undefined : this.#of(process)
  }

  #ofPid(pid: Pid | undefined): ProcessReference | undefined {
    if (pid === undefined) return undefined
    const process = LocalPid.processOf(pid)
    return process === undefined ? `${pid.node}/${pid.serial}` : this.#of(process)
  }

  #senderOf(process: Process, envelope: Envelope): string | undefined {
    const sender = this.#findSender(process, envelope)
    this.#options.book.noteSender(envelope, sender)
    return sender
  }

  #findSender(process: Process, envelope: Envelope): string | undefined {
    switch (envelope.kind) {
      case 'exit':
        return this.#ofPid(envelope.signal?.from)
      case 'down':
        return this.#ofPid(envelope.down?.pid)
      case 'idle':
      case 'own':
        return this.#of(process)
      case 'call':
      case 'system':
        return this.#maybe(envelope.caller) ?? outsiderName()
      case 'cast':
      case 'info':
        return this.#maybe(currentProcess()) ?? outsiderName()
    }
  }

  #downOf(envelope: Envelope): DownNotice | undefined {
    if (envelope.kind !== 'down' || envelope.down === undefined) return undefined
    const { monitor, pid, reason } = envelope.down
    return { monitor: monitor.id, process: this.#ofPid(pid), reason }
  }

  #handlerEnded(process: Process): void {
    const envelope = this.#handling.get(process)
    if (envelope === undefined) return
    this.#handling.delete(process)
    const { book } = this.#options
    const message = book.numberOf(envelope) ?? 0
    book.handled(envelope)
    const isProcessAlive = process.alive
    this.#publish({
      node: this.#node,
      life: this.#life,
      kind: 'handler_ended',
      message,
      to: this.#of(process),
      isProcessAlive,
    })
  }
}

/** What the references of the processes of a life begin with. */
export function referencePrefix({ node, life }: { node: string; life: number }): string {
  return life <= 1 ? node : `${node}~${life}`
}

/** The client whose code runs now. */
function outsiderName(): string | undefined {
  const owner = ownerOfContext()
  return owner instanceof Place ? owner.name : undefined
}

function isRequest(envelope: Envelope): envelope is Request<RequestKind> & Envelope {
  return envelope.kind === 'call' || envelope.kind === 'system'
}

function kindOf(behaviour: Behaviour): 'server' | 'supervisor' | 'other' {
  if (behaviour instanceof ServerBehaviour) return 'server'
  return behaviour instanceof Supervising ? 'supervisor' : 'other'
}

function tracesOf(process: Process): ProcessTraces {
  const extras = process.extrasIfAny
  const { nameKey, nameOwner } = process
  let names = nameKey !== undefined && nameOwner?.holder(nameKey) === process ? 1 : 0
  for (const slot of extras?.names?.keys() ?? []) if (slot.holder === process.pid) names += 1
  return {
    names,
    timers: extras?.timers?.size ?? 0,
    monitors: (extras?.watchers?.size ?? 0) + (extras?.watching?.size ?? 0),
    links: linkedTo(process).length,
    aliases: extras?.aliases?.size ?? 0,
    queued: process.size,
    deferredCalls: extras?.deferred?.size ?? 0,
  }
}
