/**
 * The oracle of names: follows the feed of one fleet and holds it against what was done to it.
 *
 * Invariants it checks: a name has one holder at a time; each end that was caused takes the name
 * from its holder once and is followed by exactly one registration; nobody ends without a cause,
 * and a name that was given up stays free. It believes nobody but the feed and its own book.
 */

import type { Invariant } from './invariants.ts'

/** Told of every violation. */
export interface ViolationBook {
  add(invariant: Invariant, what: string): void
}

/** One life of a worker; pids are compared by this number, which no other life of a node has. */
export type Serial = number

/** An end that was caused and is not yet made good. */
interface Blow {
  readonly name: string
  readonly cause: string
  unregistered: boolean
}

/** The names of one fleet. */
export class NameLedger {
  readonly #fleet: string
  readonly #violations: ViolationBook
  readonly #holders = new Map<string, Serial>()
  /** By the life that was struck, until its name is held again. */
  readonly #blows = new Map<Serial, Blow>()
  /** The life whose end left a name free. */
  readonly #vacated = new Map<string, Serial>()
  readonly #retired = new Set<string>()
  #registrations = 0
  #restarts = 0

  constructor(fleet: string, violations: ViolationBook) {
    this.#fleet = fleet
    this.#violations = violations
  }

  /** Registrations seen. */
  get registrations(): number {
    return this.#registrations
  }

  /** Registrations that made an end good. */
  get restarts(): number {
    return this.#restarts
  }

  /** Ends that are not made good yet. */
  get outstanding(): number {
    return this.#blows.size
  }

  /** How many names are held now. */
  get held(): number {
    return this.#holders.size
  }

  isHeld(name: string): boolean {
    return this.#holders.has(name) && !this.isDoomed(this.#holders.get(name))
  }

  /** Whether this life was struck already: it can be ended only once. */
  isDoomed(serial: Serial | undefined): boolean {
    return serial !== undefined && this.#blows.has(serial)
  }

  /** Books the cause of an end, in the turn in which it is caused. */
  strike(name: string, serial: Serial, cause: string): void {
    if (this.#blows.has(serial)) {
      this.#break('unmatchedKills', name, `life ${serial} was ended twice, now by ${cause}`)
    } else this.#blows.set(serial, { name, cause, unregistered: false })
  }

  /** Books that a name is given up: its worker is to be stopped and not to come back. */
  retire(name: string): void {
    this.#retired.add(name)
  }

  /** Whether a name is given up and its holder has not left it yet. */
  isRetired(name: string): boolean {
    return this.#retired.has(name)
  }

  /** The feed says that a name was taken. */
  registered(name: string, serial: Serial): void {
    this.#registrations += 1
    const holder = this.#holders.get(name)
    if (holder !== undefined) {
      this.#break('doubleHolders', name, `life ${serial} took it from life ${holder}, which has it`)
    }
    if (this.#retired.has(name)) {
      this.#break('unmatchedKills', name, `life ${serial} took it after it was given up`)
    }
    this.#holders.set(name, serial)
    this.#makeGood(name)
  }

  /** The feed says that a name is free. */
  unregistered(name: string, serial: Serial): void {
    const holder = this.#holders.get(name)
    if (holder !== serial) {
      this.#break('doubleHolders', name, `life ${serial} left it, but its holder was ${holder}`)
      return
    }
    this.#holders.delete(name)
    const blow = this.#blows.get(serial)
    if (blow !== undefined) {
      blow.unregistered = true
      this.#vacated.set(name, serial)
    } else if (!this.#retired.delete(name)) {
      this.#break('unmatchedKills', name, `life ${serial} ended, and nothing had been done to it`)
    }
  }

  /** The end of the run: whatever is not made good by now never will be. */
  close(): void {
    for (const [serial, { name, cause, unregistered }] of this.#blows) {
      const missing = unregistered ? 'was never registered again' : 'never left its name'
      this.#break('unmatchedKills', name, `life ${serial}, ended by ${cause}, ${missing}`)
    }
    for (const name of this.#retired) {
      this.#break('unmatchedKills', name, 'it was given up, and its holder never left it')
    }
    this.#blows.clear()
    this.#retired.clear()
  }

  #makeGood(name: string): void {
    const serial = this.#vacated.get(name)
    if (serial === undefined) return
    this.#vacated.delete(name)
    this.#blows.delete(serial)
    this.#restarts += 1
  }

  #break(invariant: Invariant, name: string, what: string): void {
    this.#violations.add(invariant, `${this.#fleet} "${name}": ${what}`)
  }
}
