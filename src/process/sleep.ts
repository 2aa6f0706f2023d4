/**
 * Waiting for a while inside a process.
 *
 * Invariant: the wait is over only while its process lives: code of a dead process never goes on
 * after it, and neither its timer nor anything else of it is left. Source: Elixir
 * `Process.sleep/1`.
 */
import { noTimeMs } from '../core/deadlines.ts'
import { forgetTimer, startTimer } from './own-timers.ts'
import type { Process } from './process.ts'
import type { Expiring } from './timers.ts'

/** Resolves after so many milliseconds, or never. */
export function sleep(process: Process, durationMs: number | 'infinity'): Promise<void> {
  return new Promise((resolve) => {
    if (!process.alive || durationMs === 'infinity') return
    if (durationMs > 0) new Sleep(process, resolve).start(durationMs)
    // No time at all: everybody else has a turn.
    else process.node.host.scheduler.yieldThen(() => process.alive && resolve())
  })
}

class Sleep implements Expiring {
  dueMs = noTimeMs
  sequence = 0
  heapIndex = -1
  readonly #process: Process
  readonly #wake: () => void

  constructor(process: Process, wake: () => void) {
    this.#process = process
    this.#wake = wake
  }

  start(durationMs: number): void {
    startTimer(this.#process, this, durationMs)
  }

  expire(): void {
    const process = this.#process
    forgetTimer(process, this)
    // Whatever else is due now comes first: it may end the process.
    process.node.later(() => process.alive && this.#wake())
  }
}
