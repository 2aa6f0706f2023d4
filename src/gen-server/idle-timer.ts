/**
 * The idle time-out of a server.
 *
 * Invariant: it fires only if no message was handled since it was set; a message costs nothing, for
 * the deadline is compared when it is reached instead of being moved each time. Source: OTP
 * `gen_server`, "Timeouts".
 */
import { noTimeMs } from '../core/deadlines.ts'
import { Note } from '../process/envelope.ts'
import { keepTimer } from '../process/own-timers.ts'
import type { Process } from '../process/process.ts'
import type { Expiring } from '../process/timers.ts'

/** One per process that ever asked for an idle time-out. */
export class IdleTimer implements Expiring {
  dueMs = noTimeMs
  sequence = 0
  heapIndex = -1
  readonly #process: Process
  #turn = 0
  #wantedMs = noTimeMs
  #delayMs = 0

  constructor(process: Process) {
    this.#process = process
  }

  /** The idle timer of a process, made on first use. */
  static of(process: Process): IdleTimer {
    const present = IdleTimer.#in(process)
    if (present !== undefined) return present
    const timer = new IdleTimer(process)
    keepTimer(process, timer)
    return timer
  }

  /**
   * After a suspension, in which it did not fire: waits from now on, if it was waiting. Source: OTP
   * `gen_server`, which waits anew after any system message; here no other one disturbs it.
   */
  static restart(process: Process): void {
    const timer = IdleTimer.#in(process)
    if (timer === undefined || timer.#turn !== process.turn) return
    // What fired before the suspension began and still lies in the mailbox is void.
    process.turn = (process.turn + 1) | 0
    timer.set(timer.#delayMs)
  }

  static #in(process: Process): IdleTimer | undefined {
    return process.extrasIfAny?.timers?.find((timer) => timer instanceof IdleTimer)
  }

  /** Waits for `delayMs` of silence, counted from now. */
  set(delayMs: number): void {
    const { timers } = this.#process.node
    this.#turn = this.#process.turn
    this.#delayMs = delayMs
    this.#wantedMs = timers.nowMs() + delayMs
    if (delayMs === 0) {
      this.#fire()
      return
    }
    if (this.heapIndex >= 0 && this.dueMs <= this.#wantedMs) return
    timers.schedule(this, delayMs)
  }

  expire(): void {
    if (this.#turn !== this.#process.turn || this.#process.oversight?.suspended) return
    const { timers } = this.#process.node
    const leftMs = this.#wantedMs - timers.nowMs()
    if (leftMs > 0) timers.schedule(this, leftMs)
    else this.#fire()
  }

  #fire(): void {
    // The handling of this note is itself one turn.
    const turn = (this.#turn + 1) | 0
    this.#process.node.deliver(this.#process, new Note('idle', '', turn))
  }
}
