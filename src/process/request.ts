/**
 * A call, or a request of the system, waiting for its answer.
 *
 * Invariant: a request settles exactly once, by a reply, by the end of its target, by its deadline
 * or by its caller's AbortSignal; whatever comes later is dropped and counted. Its promise never
 * causes an unhandled rejection: a caller who does not look at the answer has chosen so.
 */
import { type DeadlineEntry, noTimeMs } from '../core/deadlines.ts'
import { CallExit, type Exit, type ExitReason, type Outcome } from '../core/exit.ts'
import { ignore } from '../core/ignore.ts'
import { withoutStack } from '../core/without-stack.ts'
import { unheard } from './attribution.ts'
import type { Envelope } from './envelope.ts'
import type { Process } from './process.ts'

/** Who answers: the handlers of the behaviour, or the runtime in their place. */
export type RequestKind = 'call' | 'system'

/** What distinguishes one request from the next. */
export interface RequestContent<K extends RequestKind = 'call'> {
  readonly kind: K
  readonly name: string
  readonly payload: unknown
  readonly timeoutMs: number | 'infinity'
  /** `tryCall`: answer with an outcome instead of rejecting. */
  readonly asOutcome: boolean
}

/** A call on its way: in an inbox, being handled, or answered later. */
export class Request<K extends RequestKind = 'call'> implements DeadlineEntry {
  next: Envelope | undefined = undefined
  readonly kind: K
  readonly name: string
  readonly payload: unknown
  readonly target: Process
  readonly caller: Process | undefined
  /** The turn of the caller in which the call was made; tells whether it may still be waiting. */
  readonly callerTurn: number
  readonly timeoutMs: number | 'infinity'
  readonly promise: Promise<unknown>
  settled = false
  dueMs = noTimeMs
  sequence = 0
  heapIndex = -1
  readonly #asOutcome: boolean
  #resolve: (value: unknown) => void = ignore
  #reject: (exit: Exit) => void = ignore
  #release: (() => void) | undefined = undefined

  constructor(target: Process, caller: Process | undefined, content: RequestContent<K>) {
    this.kind = content.kind
    this.target = target
    this.caller = caller
    this.callerTurn = caller === undefined ? 0 : caller.turn
    this.name = content.name
    this.payload = content.payload
    this.timeoutMs = content.timeoutMs
    this.#asOutcome = content.asOutcome
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  /** Gives the caller its reply; false if the caller had already stopped waiting. */
  answer(value: unknown): boolean {
    if (!this.#settle()) return false
    this.target.node.observer?.settled(this, undefined)
    this.#resolve(this.#asOutcome ? ({ ok: true, value } satisfies Outcome<unknown>) : value)
    return true
  }

  /** Ends the call without a reply; false if it had already ended. */
  fail(reason: ExitReason): boolean {
    return this.#fail(reason, () => this.exitOf(reason))
  }

  /** The exit that the caller gets in place of a reply. */
  protected exitOf(reason: ExitReason): Exit {
    const { name, timeoutMs } = this
    return new CallExit(reason, { name, to: this.target.describe(), timeoutMs })
  }

  /** The target has ended, of which no answer came. */
  targetEnded(reason: ExitReason): void {
    this.failLater(reason)
  }

  /** Deadline reached: only the caller is told, the server still finishes. */
  expire(): void {
    if (this.timeoutMs !== 'infinity') this.failLater({ kind: 'timeout', afterMs: this.timeoutMs })
  }

  /** Remembers what must be undone once the call has settled, such as an abort listener. */
  onSettled(release: () => void): void {
    this.#release = release
  }

  /** As `fail`, when the code of the caller is not on the stack any more. */
  failLater(reason: ExitReason): void {
    this.#fail(reason, () => withoutStack(() => this.exitOf(reason)))
  }

  #fail(reason: ExitReason, makeExit: () => Exit): boolean {
    if (!this.#settle()) return false
    this.target.node.observer?.settled(this, reason)
    const exit = makeExit()
    if (this.#asOutcome) {
      this.#resolve({ ok: false, exit } satisfies Outcome<unknown>)
    } else {
      unheard(this.promise)
      this.#reject(exit)
    }
    return true
  }

  #settle(): boolean {
    if (this.settled) return false
    this.settled = true
    this.target.node.timers.cancel(this)
    this.target.forget(this)
    this.#release?.()
    return true
  }
}
