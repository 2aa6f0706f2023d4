/**
 * Timers that belong to a process.
 *
 * Invariant: a timer dies with its process, only enqueues, and tells on cancel whether it was too
 * late. Source: Erlang `erlang:start_timer/3`.
 */
import { noTimeMs } from '../core/deadlines.ts'
import { Note } from './envelope.ts'
import { cancelTimer, forgetTimer, startTimer } from './own-timers.ts'
import type { Process } from './process.ts'
import type { Expiring } from './timers.ts'

/** A timer set with `context.after`. */
export interface Timer {
  /** True if it had not fired; a message that it already sent is not taken back. */
  cancel(): boolean
  /** Milliseconds until it fires; undefined once it has, or was cancelled. */
  leftMs(): number | undefined
}

/** A timer that casts to its own process when it fires. */
export class OwnedTimer implements Expiring, Timer {
  dueMs = noTimeMs
  sequence = 0
  heapIndex = -1
  readonly #process: Process
  readonly #cast: string
  readonly #payload: unknown

  constructor(process: Process, cast: string, payload: unknown) {
    this.#process = process
    this.#cast = cast
    this.#payload = payload
  }

  /** Starts a timer; for a dead process it never fires. */
  start(delayMs: number): this {
    if (this.#process.alive) startTimer(this.#process, this, delayMs)
    return this
  }

  expire(): void {
    forgetTimer(this.#process, this)
    this.#process.node.deliver(this.#process, new Note('cast', this.#cast, this.#payload))
  }

  cancel(): boolean {
    return cancelTimer(this.#process, this)
  }

  leftMs(): number | undefined {
    return this.#process.node.timers.leftMs(this)
  }
}
