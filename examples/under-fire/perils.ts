/**
 * What lies in store for the workers of one fleet, and the book of what has struck them.
 *
 * Invariant: every end of a worker that this program causes is booked here first, in the very turn
 * in which it happens, so that the oracle knows of it before the feed does.
 */

import type { Pid } from 'flotilla'
import type { NameLedger } from './oracle/name-ledger.ts'
import type { KillKind, Tally } from './tally.ts'

/** When a game's next move is to fail: before it is stored, or after. */
export type SaveFault = 'before' | 'after'

/** The error a worker is made to fail with. */
export class Struck extends Error {
  override readonly name = 'Struck'
}

/** The perils of one fleet. */
export class Perils {
  readonly #ledger: NameLedger
  readonly #tally: Tally
  readonly #initFaults = new Map<string, number>()
  readonly #saveFaults = new Map<string, SaveFault>()

  constructor(ledger: NameLedger, tally: Tally) {
    this.#ledger = ledger
    this.#tally = tally
  }

  /** Whether a worker can be struck: one that is as good as dead cannot be ended again. */
  canStrike(pid: Pid): boolean {
    return !this.#ledger.isDoomed(pid.serial)
  }

  /** Books that a worker ends here and now. */
  strike(kind: KillKind, name: string, pid: Pid): void {
    this.#tally.kills[kind] += 1
    this.#ledger.strike(name, pid.serial, kind)
  }

  /** Lets the next starts of a worker fail. */
  armInit(name: string, times: number): void {
    this.#initFaults.set(name, times)
  }

  /** Lets the next move of a game fail. */
  armSave(name: string, fault: SaveFault): void {
    this.#saveFaults.set(name, fault)
  }

  /** Called in `init`: throws if that is to fail. */
  duringInit(name: string, pid: Pid): void {
    const times = this.#initFaults.get(name)
    if (times === undefined) return
    if (times > 1) this.#initFaults.set(name, times - 1)
    else this.#initFaults.delete(name)
    this.#tally.failedStarts += 1
    this.#ledger.strike(name, pid.serial, 'a failing init')
    throw new Struck(`init of ${name} is made to fail`)
  }

  /** Takes the fault that lies in store for the next move of a game. */
  takeSaveFault(name: string): SaveFault | undefined {
    const fault = this.#saveFaults.get(name)
    this.#saveFaults.delete(name)
    return fault
  }

  /** Whether starts are still to fail. */
  get armedInits(): number {
    return this.#initFaults.size
  }

  isInitArmed(name: string): boolean {
    return this.#initFaults.has(name)
  }

  /** Takes back what has not happened yet to moves. */
  disarmSaves(): void {
    this.#saveFaults.clear()
  }

  /** As `disarmSaves`, for one game. */
  disarmSave(name: string): void {
    this.#saveFaults.delete(name)
  }
}
