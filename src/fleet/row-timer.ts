/**
 * A timer of the keeper; it ends with the keeper.
 */
import { noTimeMs } from '../core/deadlines.ts'
import type { Note } from '../process/envelope.ts'
import { cancelTimer, forgetTimer, startTimer } from '../process/own-timers.ts'
import type { Process } from '../process/process.ts'
import type { Expiring } from '../process/timers.ts'

/** Delivers a note to its keeper after a while. */
export class RowTimer implements Expiring {
  dueMs = noTimeMs
  sequence = 0
  heapIndex = -1
  readonly #keeper: Process
  readonly #note: Note

  constructor(keeper: Process, note: Note) {
    this.#keeper = keeper
    this.#note = note
  }

  start(delayMs: number): void {
    if (delayMs === 0) {
      this.#deliver()
      return
    }
    startTimer(this.#keeper, this, delayMs)
  }

  cancel(): void {
    cancelTimer(this.#keeper, this)
  }

  expire(): void {
    forgetTimer(this.#keeper, this)
    this.#deliver()
  }

  #deliver(): void {
    this.#keeper.node.deliverNext(this.#keeper, this.#note)
  }
}
