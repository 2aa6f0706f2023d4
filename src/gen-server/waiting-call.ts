/**
 * A call that waits for its receiver to be started.
 *
 * Invariant: starting takes from the time of the call: whoever gave a limit or a signal is answered
 * by it, however long the start takes. The start goes on, for others may wait for it too.
 */
import { noTimeMs } from '../core/deadlines.ts'
import { Exit, type ExitReason } from '../core/exit.ts'
import type { Expiring, Timers } from '../process/timers.ts'

/** When a caller stops waiting. */
export interface Patience {
  readonly timeoutMs: number | 'infinity'
  readonly signal: AbortSignal | undefined
}

/** The wait of one caller. */
export class WaitingCall implements Expiring {
  dueMs = noTimeMs
  sequence = 0
  heapIndex = -1
  readonly #patience: Patience
  readonly #timers: Timers | undefined
  readonly #startMs: number
  #giveUp: ((reason: ExitReason) => void) | undefined = undefined

  /** @param timers of the node on which the receiver starts, if that runs */
  constructor(patience: Patience, timers: Timers | undefined) {
    this.#patience = patience
    this.#timers = timers
    this.#startMs = timers?.nowMs() ?? 0
  }

  /** What the start has left of the time of the call. */
  get leftMs(): number | 'infinity' {
    const { timeoutMs } = this.#patience
    if (timeoutMs === 'infinity' || this.#timers === undefined) return timeoutMs
    return Math.max(0, timeoutMs - (this.#timers.nowMs() - this.#startMs))
  }

  /** The receiver, or an Exit when the caller stops waiting for it. */
  until<T>(started: Promise<T>): Promise<T> {
    const { timeoutMs, signal } = this.#patience
    if (timeoutMs !== 'infinity') this.#timers?.schedule(this, timeoutMs)
    return new Promise<T>((resolve, reject) => {
      this.#giveUp = (reason) => reject(new Exit(reason))
      started.then(resolve, reject)
      if (signal?.aborted) this.#abort()
      else signal?.addEventListener('abort', this.#abort, { once: true })
    }).finally(() => {
      this.#timers?.cancel(this)
      signal?.removeEventListener('abort', this.#abort)
    })
  }

  expire(): void {
    const { timeoutMs } = this.#patience
    if (timeoutMs !== 'infinity') this.#giveUp?.({ kind: 'timeout', afterMs: timeoutMs })
  }

  readonly #abort = (): void => {
    this.#giveUp?.({ kind: 'aborted', error: this.#patience.signal?.reason })
  }
}
