/**
 * Waiting that can be ended for everybody at once.
 *
 * Invariant: nobody waits any more, and no timer is left, once the waiting is over.
 */

/** A place to wait in. */
export class Naps {
  readonly #sleepers = new Set<() => void>()
  #endedMs: number | undefined = undefined

  /** Whether there is to be no more waiting. */
  get isOver(): boolean {
    return this.#endedMs !== undefined
  }

  /** For how long it has been over, in milliseconds. */
  get overForMs(): number {
    return this.#endedMs === undefined ? 0 : performance.now() - this.#endedMs
  }

  /** Resolves after `delayMs`, or at once when the waiting is over. */
  nap(delayMs: number): Promise<void> {
    if (this.isOver) return Promise.resolve()
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer)
        this.#sleepers.delete(wake)
        resolve()
      }
      const timer = setTimeout(wake, delayMs)
      this.#sleepers.add(wake)
    })
  }

  /** Wakes everybody, for good. */
  end(): void {
    this.#endedMs ??= performance.now()
    for (const wake of this.#sleepers) wake()
  }
}
