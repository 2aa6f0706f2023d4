/**
 * The third parameter of every handler: what a process can do besides compute.
 *
 * Invariant: for code that a dead process left behind every method does nothing.
 */
import { argumentError, checkDuration } from '../core/argument-error.ts'
import { OwnedTimer, type Timer } from '../process/owned-timer.ts'
import type { Process } from '../process/process.ts'
import { OwnContext, type ProcessContext } from '../process/process-context.ts'
import type { Request } from '../process/request.ts'
import { answer, checkMessage } from './messages.ts'
import { showReply } from './show-out.ts'
import { checkReply, type ReplyPort } from './steps.ts'

/** What a handler may use of its own process. */
export interface Context extends ProcessContext {
  /**
   * The port for the answer of the call being handled, to be used after `later`.
   *
   * @throws ArgumentError FLOTILLA_OUTSIDE_CALL when no call is being handled
   */
  replyPort<R>(): ReplyPort<R>
  /**
   * Casts to this server after `delayMs` milliseconds; the timer dies with the process.
   *
   * @throws ArgumentError FLOTILLA_INVALID_OPTION, FLOTILLA_UNKNOWN_MESSAGE
   */
  after(delayMs: number, cast: string, payload?: unknown): Timer
  /**
   * As `after`, at a time of `nowMs`, or as soon as can be if that has passed: ticks that are set
   * from the last due time, not from when they were handled, do not drift.
   *
   * @throws ArgumentError FLOTILLA_INVALID_OPTION, FLOTILLA_UNKNOWN_MESSAGE
   *
   * Source: Erlang `erlang:send_after/4`, `{abs, true}`.
   */
  at(timeMs: number, cast: string, payload?: unknown): Timer
  /** Milliseconds of the clock of timers: it says nothing of the date and never goes back. */
  nowMs(): number
}

const settingTimer = 'set a timer'

/** The context of one process. */
export class ServerContext extends OwnContext implements Context {
  replyPort<R>(): ReplyPort<R> {
    const request = OwnContext.behind(this).handling
    if (request?.kind !== 'call') {
      throw argumentError('outside_call', {
        attempted: 'take a reply port',
        problem: 'no call is being handled',
        fix: 'take it inside the handler of the call, before it returns later(port, state)',
      })
    }
    return new RequestPort(OwnContext.behind(this), request)
  }

  after(delayMs: number, cast: string, payload?: unknown): Timer {
    checkDuration(settingTimer, delayMs, { option: 'delayMs' })
    return this.#timer(delayMs, cast, payload)
  }

  at(timeMs: number, cast: string, payload?: unknown): Timer {
    checkDuration(settingTimer, timeMs, { option: 'timeMs' })
    return this.#timer(Math.max(0, timeMs - this.nowMs()), cast, payload)
  }

  nowMs(): number {
    return OwnContext.behind(this).node.timers.nowMs()
  }

  #timer(delayMs: number, cast: string, payload: unknown): Timer {
    checkMessage(settingTimer, OwnContext.behind(this).behaviour, { kind: 'cast', name: cast })
    return new OwnedTimer(OwnContext.behind(this), cast, payload).start(delayMs)
  }
}

class RequestPort<R> implements ReplyPort<R> {
  readonly #process: Process
  readonly #request: Request

  constructor(process: Process, request: Request) {
    this.#process = process
    this.#request = request
  }

  send(reply: R): void {
    checkReply(reply)
    showReply(this.#process, this.#request, reply)
    answer(this.#process, this.#request, reply)
  }
}
