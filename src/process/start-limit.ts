/**
 * The time limit of a start.
 *
 * Invariant: a process whose `init` takes longer is killed and its names are free before the
 * starter hears of it, and the starter hears of it by the outcome alone.
 * Source: OTP `gen_server`, start option `timeout`.
 */
import { noTimeMs } from '../core/deadlines.ts'
import { type ExitReason, killed } from '../core/exit.ts'
import { end } from './dying.ts'
import { cancelTimer, startTimer } from './own-timers.ts'
import type { Process } from './process.ts'
import type { StartOutcome } from './spawn.ts'
import type { Expiring } from './timers.ts'

/** The limit of one start, counted from when it was made. */
export class StartLimit implements Expiring {
  dueMs = noTimeMs
  sequence = 0
  heapIndex = -1
  readonly #process: Process
  readonly #limitMs: number
  readonly #sinceMs: number
  #fail: ((outcome: StartOutcome) => void) | undefined = undefined

  private constructor(process: Process, limitMs: number) {
    this.#process = process
    this.#limitMs = limitMs
    this.#sinceMs = process.node.timers.nowMs()
  }

  /** The limit of a start that has one. */
  static of(process: Process, limitMs: number | 'infinity' | undefined): StartLimit | undefined {
    return typeof limitMs === 'number' ? new StartLimit(process, limitMs) : undefined
  }

  /** Whether the process still lives although the code of its `init` took too long. */
  get isOver(): boolean {
    return this.#process.alive && this.#leftMs < 0
  }

  get #leftMs(): number {
    return this.#limitMs - (this.#process.node.timers.nowMs() - this.#sinceMs)
  }

  /** Gives `init` what is left of its time; `fail` is told if that was not enough. */
  arm(fail: (outcome: StartOutcome) => void): void {
    this.#fail = fail
    startTimer(this.#process, this, this.#leftMs)
  }

  /** The `init` is over. */
  lift(): void {
    cancelTimer(this.#process, this)
  }

  expire(): void {
    this.#fail?.(this.exceed())
  }

  /** Ends the process, and is what its start came to. */
  exceed(): StartOutcome {
    const reason: ExitReason = { kind: 'timeout', afterMs: this.#limitMs }
    // Else it would be told of the kill.
    this.#process.extras.onStartFailed = undefined
    end(this.#process, killed)
    return { kind: 'failed', reason }
  }
}
