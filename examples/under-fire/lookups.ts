/**
 * Look-ups that do not trust their answer.
 *
 * Invariant checked: whoever is found under a name is alive.
 */

import { formatPid, isAlive, type Pid } from 'flotilla'
import type { ViolationBook } from './oracle/name-ledger.ts'
import type { Tally } from './tally.ts'

/** Looks names up and books every dead process that is found. */
export class Lookups {
  readonly #tally: Tally
  readonly #violations: ViolationBook

  constructor(tally: Tally, violations: ViolationBook) {
    this.#tally = tally
    this.#violations = violations
  }

  /** Checks what a look-up has found. */
  check<P extends Pid>(name: string, found: P | undefined): P | undefined {
    this.#tally.lookups += 1
    if (found !== undefined && !isAlive(found)) {
      this.#violations.add('deadLookups', `"${name}" led to ${formatPid(found)}, which is dead`)
    }
    return found
  }

  /** Checks the look-up right after an end, in the same turn: nobody can be there yet. */
  checkFree(name: string, found: Pid | undefined): void {
    this.#tally.lookups += 1
    if (found === undefined) return
    this.#violations.add(
      'deadLookups',
      `"${name}" led to ${formatPid(found)} in the turn of its end`,
    )
  }
}
