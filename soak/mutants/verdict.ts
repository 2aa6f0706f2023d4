/**
 * What became of one mutant.
 *
 * Invariant: plain data, so that the program that hunts can hand it to the one that asked.
 */

/** How a mutant was found. */
export interface Kill {
  /** `invariant`: a checker of the simulator. `oracle`: the scenario. `test`: a test. */
  readonly kind: 'invariant' | 'oracle' | 'test' | 'hang'
  /** The id of the invariant, the file of the test, or what else saw it. */
  readonly by: string
  /** What it said, one line. */
  readonly message: string
  /** Which simulation it was; empty for a test. */
  readonly scenario: string
  /** How many seeds it took, this one included; 0 for a test. */
  readonly seeds: number
}

/** What hunting came to; undefined: nothing was found. */
export interface Hunt {
  readonly kill: Kill | undefined
  /**
   * If something else saw it first: after how many seeds the checker of a targeted invariant did,
   * with the other checkers put out; undefined if it did not.
   */
  readonly ownSeeds: number | undefined
  /** How many runs of simulations there were. */
  readonly runs: number
}

/** A line without what would break a table. */
export function oneLine(text: string, length = 160): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length <= length ? line : `${line.slice(0, length - 1)}…`
}
