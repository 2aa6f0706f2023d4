/**
 * What must hold under fire, and the book of every time it did not.
 *
 * Invariant: each violation is counted; of each kind only the first few are kept in words, so that
 * a run that goes wrong a million times in one way still ends with a report that shows the others.
 */

/** What must hold, as what would be seen if it did not. */
export const invariants = {
  deadLookups: 'a look-up returned a dead process',
  wrongAnswers: 'an answer came from the wrong worker',
  doubleHolders: 'a name had two holders',
  missingWorkers: 'a wanted worker was missing at the end',
  lostMoves: 'an accepted move of a game was lost or applied twice',
  unmatchedKills: 'a kill without exactly one re-registration',
  leftovers: 'the stopped node still held something',
} as const

/** One of the invariants. */
export type Invariant = keyof typeof invariants

/** How often each invariant broke. */
export type ViolationCounts = Readonly<Record<Invariant, number>>

/** How many violations of each kind are kept in words. */
export const keptInWords = 5

/** The violations of one run. */
export class Violations {
  readonly #counts: Record<Invariant, number> = {
    deadLookups: 0,
    wrongAnswers: 0,
    doubleHolders: 0,
    missingWorkers: 0,
    lostMoves: 0,
    unmatchedKills: 0,
    leftovers: 0,
  }
  readonly #words: string[] = []
  #total = 0

  /** Books a violation. */
  add(invariant: Invariant, what: string): void {
    this.#counts[invariant] += 1
    this.#total += 1
    if (this.#counts[invariant] <= keptInWords) this.#words.push(`${invariant}: ${what}`)
  }

  get total(): number {
    return this.#total
  }

  counts(): ViolationCounts {
    return { ...this.#counts }
  }

  /** The first violations, in words. */
  inWords(): readonly string[] {
    return [...this.#words]
  }
}
