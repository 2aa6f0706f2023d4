/**
 * Time that moves only when told.
 *
 * Invariant: timers fire in the order in which they are due, the older of equals first, and never
 * while time stands still.
 */
import { checkDuration, checkFunction } from '../core/argument-error.ts'
import { type DeadlineEntry, Deadlines, noTimeMs } from '../core/deadlines.ts'
import type { Cancellable, Host } from '../process/host.ts'

/** The clock of a virtual host. */
export class VirtualClock implements Readonly<Host['clock']> {
  readonly monotonicMs: Host['clock']['monotonicMs']
  readonly wallMs: Host['clock']['wallMs']
  readonly after: Host['clock']['after']
  readonly #timers = new Deadlines<VirtualTimer>()
  #nowMs = 0

  /** @param wallMs what the wall clock says at the start */
  constructor(wallMs: number) {
    this.monotonicMs = () => this.#nowMs
    this.wallMs = () => wallMs + this.#nowMs
    this.after = (delayMs, fire) => this.#after(delayMs, fire)
  }

  /** Milliseconds since the start. */
  get nowMs(): number {
    return this.#nowMs
  }

  /** Timers that wait for time to move. */
  get pendingTimers(): number {
    return this.#timers.size
  }

  /**
   * Moves time forward, timer by timer.
   *
   * @param delayMs by how much
   * @param settle lets everything that one timer causes run to its end
   * @throws ArgumentError FLOTILLA_INVALID_OPTION
   */
  async advance(delayMs: number, settle: () => Promise<void>): Promise<void> {
    checkDuration('advance a virtual host', delayMs, { option: 'delayMs' })
    const untilMs = this.#nowMs + delayMs
    await settle()
    for (;;) {
      const dueMs = this.#timers.earliestMs()
      if (dueMs === undefined || dueMs > untilMs) break
      this.#nowMs = Math.max(this.#nowMs, dueMs)
      const timer = this.#timers.takeDue(this.#nowMs)
      timer?.fire()
      await settle()
    }
    this.#nowMs = untilMs
  }

  #after(delayMs: number, fire: () => void): Cancellable {
    const attempted = 'set a timer of a virtual host'
    checkDuration(attempted, delayMs, { option: 'delayMs' })
    checkFunction(attempted, fire, 'fire')
    const timer = new VirtualTimer(fire)
    this.#timers.schedule(timer, this.#nowMs + delayMs)
    return { cancel: () => void this.#timers.cancel(timer) }
  }
}

class VirtualTimer implements DeadlineEntry {
  dueMs = noTimeMs
  sequence = 0
  heapIndex = -1
  readonly fire: () => void

  constructor(fire: () => void) {
    this.fire = fire
  }
}
