/**
 * Hibernation: a server that expects to be idle gives back what it can make again.
 *
 * Invariant: nothing a user can see depends on it, and a message costs nothing for it: a server
 * wakes where its context has to be made again. Source: OTP `gen_server`, `hibernate` and
 * `hibernate_after`, which for the same reason compact the heap of a process.
 */
import { noTimeMs } from '../core/deadlines.ts'
import { cancelTimer, startTimer } from '../process/own-timers.ts'
import type { Process } from '../process/process.ts'
import type { Expiring } from '../process/timers.ts'

/** Lets go of the context of a process and of rare parts that it does not need now. */
export function hibernate(process: Process): void {
  HibernationTimer.cancel(process)
  process.context = undefined
  process.trim()
}

/** Hibernates a process some time after its last message. */
export class HibernationTimer implements Expiring {
  dueMs = noTimeMs
  sequence = 0
  heapIndex = -1
  readonly #process: Process
  readonly #delayMs: number
  #turn: number

  constructor(process: Process, delayMs: number) {
    this.#process = process
    this.#delayMs = delayMs
    this.#turn = process.turn
  }

  /** Begins to wait unless it does; the timer ends with its process. */
  static start(process: Process, delayMs: number): void {
    const isWaiting = HibernationTimer.#of(process) !== undefined
    if (process.alive && !isWaiting) new HibernationTimer(process, delayMs).#schedule()
  }

  /** Waits no longer. */
  static cancel(process: Process): void {
    const timer = HibernationTimer.#of(process)
    if (timer === undefined) return
    cancelTimer(process, timer)
  }

  static #of(process: Process): HibernationTimer | undefined {
    return process.extrasIfAny?.timers?.find((timer) => timer instanceof HibernationTimer)
  }

  expire(): void {
    const process = this.#process
    const isIdle = !process.busy && process.size === 0 && process.phase === 'running'
    if (isIdle && this.#turn === process.turn) {
      hibernate(process)
      return
    }
    this.#turn = process.turn
    this.#schedule()
  }

  #schedule(): void {
    // Of 0 it would come back at once for as long as a handler is at work.
    startTimer(this.#process, this, Math.max(1, this.#delayMs))
  }
}
