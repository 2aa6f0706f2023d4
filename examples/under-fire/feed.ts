/**
 * The change feeds of the fleets: what the oracle hears, what gaps are measured by, and what
 * everybody waits on instead of sleeping.
 *
 * Invariant: nothing is asked of the fleets here; what is known, the feed has told.
 */

import { setImmediate as nextTurn } from 'node:timers/promises'
import type { RegistryEvent } from 'flotilla'
import type { NameGaps } from './gaps.ts'
import type { NameLedger } from './oracle/name-ledger.ts'

/** Something with a change feed. */
export interface Watched {
  watch(listener: (event: RegistryEvent<string>) => void): { stop(): void }
}

/** Follows feeds. */
export class Feed {
  readonly #gaps: NameGaps
  readonly #watches: { stop(): void }[] = []
  readonly #waiting = new Set<() => void>()

  constructor(gaps: NameGaps) {
    this.#gaps = gaps
  }

  /** Tells a ledger what happens to the names of a fleet. */
  follow(fleet: Watched, ledger: NameLedger): void {
    const watch = fleet.watch(({ kind, key, pid }) => {
      const nowMs = performance.now()
      if (kind === 'register') {
        ledger.registered(key, pid.serial)
        this.#gaps.taken(key, nowMs)
      } else {
        if (!ledger.isRetired(key)) this.#gaps.freed(key, nowMs)
        ledger.unregistered(key, pid.serial)
      }
      for (const look of this.#waiting) look()
    })
    this.#watches.push(watch)
  }

  /**
   * Waits until something is so, looking again after every change.
   *
   * It must be so in two turns in a row: within a turn a name may be taken by a start that fails.
   *
   * @returns false if it is not so after `limitMs`
   */
  async until(isSo: () => boolean, limitMs: number): Promise<boolean> {
    const endMs = performance.now() + limitMs
    for (;;) {
      if (isSo()) {
        await nextTurn()
        if (isSo()) return true
      }
      const leftMs = endMs - performance.now()
      if (leftMs <= 0) return false
      await this.#change(leftMs)
    }
  }

  stop(): void {
    for (const watch of this.#watches) watch.stop()
  }

  #change(limitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(limit)
        this.#waiting.delete(done)
        resolve()
      }
      const limit = setTimeout(done, limitMs)
      this.#waiting.add(done)
    })
  }
}
