/**
 * Which objects are known to be frozen in depth, from values that were frozen before.
 *
 * Invariant: it may forget, which costs the time to look again, and never claims what is not so.
 * What it holds is bounded: an engine copies a WeakSet in one go when that grows and rids it of
 * the dead only when it collects the old generation, so one that remembered every row of a busy
 * table has stopped the thread for 300 ms.
 */

/** A value with fewer new parts is not remembered: to walk them again costs no more. */
const partsWorthKnowing = 32
/** So many parts make a generation; the one before the last is forgotten. */
const generationParts = 16_384

/** The parts of what was frozen lately. */
export class KnownParts {
  #recent = new WeakSet<object>()
  #former = new WeakSet<object>()
  #recentCount = 0

  has(part: object): boolean {
    return this.#recent.has(part) || this.#former.has(part)
  }

  /** Remembers the parts that one value has added, if that is worth it. */
  add(parts: readonly object[]): void {
    if (parts.length < partsWorthKnowing) return
    if (this.#recentCount >= generationParts) {
      this.#former = this.#recent
      this.#recent = new WeakSet()
      this.#recentCount = 0
    }
    for (const part of parts) this.#recent.add(part)
    this.#recentCount += parts.length
  }
}
