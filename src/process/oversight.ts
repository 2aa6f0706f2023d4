/**
 * What a process has while somebody looks at it from outside: requests of the system that wait, a
 * suspension, debug hooks.
 *
 * Invariant: a process has one exactly as long as there is something of that kind, so that for all
 * the others one comparison per message is the whole price. A suspended process takes nothing from
 * its mailbox but requests of the system and the exit signal of its parent; what waits is walked
 * over once, however much comes. Source: OTP `sys`.
 */
import { removeWhere, shift, takeAfter } from '../core/inbox.ts'
import type { Debug } from './debug.ts'
import { type Envelope, isExitOfParent, type Message } from './envelope.ts'
import type { Process } from './process.ts'
import type { SystemRequest } from './system-request.ts'

/** So many requests of the system may wait for one process, whatever else waits. */
const requestsMax = 1024

/** How one process is looked at. */
export class Oversight {
  suspended = false
  debug: Debug | undefined = undefined
  readonly #process: Process
  /** The requests that lie in the mailbox. */
  readonly #waiting = new Set<SystemRequest>()
  /** The last envelope that a suspended process has left where it is. */
  #examined: Envelope | undefined = undefined

  constructor(process: Process) {
    this.#process = process
  }

  /** That of a process, made on first use. */
  static of(process: Process): Oversight {
    if (process.oversight === undefined) {
      process.node.scheduler.gather(process)
      process.oversight = new Oversight(process)
    }
    return process.oversight
  }

  /** Whether one more request may wait; those that nobody waits for any more make room. */
  admits(request: SystemRequest): boolean {
    if (this.#waiting.size >= requestsMax) this.#dropLapsed()
    if (this.#waiting.size >= requestsMax) return false
    this.#waiting.add(request)
    return true
  }

  /** Takes what is next out of the mailbox. */
  take(): Envelope | undefined {
    const envelope = this.suspended ? this.#pick() : shift(this.#process)
    if (envelope?.kind === 'system') this.#waiting.delete(envelope)
    return envelope
  }

  /** Carries out a request, or shows a message to the hooks and gives it to the behaviour. */
  handOver(envelope: Envelope): void {
    const process = this.#process
    if (envelope.kind === 'system') {
      if (!envelope.lapsed) envelope.carryOut(process)
      this.dropIfIdle()
      return
    }
    process.turn = (process.turn + 1) | 0
    if (this.debug !== undefined && !isStale(process, envelope)) this.debug.messageIn(envelope)
    // A hook may have ended the process, and with that the call in hand.
    if (process.phase === 'running') process.behaviour.receive(process, envelope)
  }

  suspend(): void {
    this.suspended = true
  }

  resume(): void {
    if (!this.suspended) return
    this.suspended = false
    this.#examined = undefined
    this.#process.behaviour.resumed?.(this.#process)
  }

  /** The process has ended. */
  ended(): void {
    this.#process.oversight = undefined
    this.debug?.ended()
  }

  /** Goes, if there is nothing left to look after. */
  dropIfIdle(): void {
    const isIdle = !this.suspended && this.debug === undefined && this.#waiting.size === 0
    if (isIdle && this.#process.oversight === this) this.#process.oversight = undefined
  }

  #pick(): Envelope | undefined {
    const process = this.#process
    let before = this.#examined
    // Taken out since, by a demonitor for instance: what is out of the list has nothing behind it.
    if (before?.next === undefined && before !== process.tail) before = undefined
    let envelope = before === undefined ? process.head : before.next
    while (envelope !== undefined && !isServedSuspended(process, envelope)) {
      before = envelope
      envelope = envelope.next
    }
    this.#examined = before
    return envelope === undefined ? undefined : takeAfter(process, before)
  }

  #dropLapsed(): void {
    for (const request of this.#waiting) if (request.lapsed) this.#waiting.delete(request)
    if (this.#waiting.size === requestsMax) return
    removeWhere(this.#process, (envelope) => envelope.kind === 'system' && envelope.lapsed)
  }
}

function isServedSuspended(process: Process, envelope: Envelope): boolean {
  return envelope.kind === 'system' || isExitOfParent(process, envelope)
}

/** An idle time-out that was overtaken by a message is no event. */
function isStale(process: Process, envelope: Message): boolean {
  return envelope.kind === 'idle' && envelope.payload !== process.turn
}
