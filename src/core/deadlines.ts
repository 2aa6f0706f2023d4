/**
 * Deadlines in due order: an indexed binary heap.
 *
 * Invariant: every entry is due no earlier than its parent, and knows its own place, so that a
 * deadline is cancelled without searching. What is cancelled or taken is not kept alive.
 *
 * It deliberately knows no clock and no timer: it is told the time, and asked what is due.
 */

/**
 * The time of what has none yet, such as a deadline before it is scheduled.
 *
 * Not 0: V8 keeps whole numbers and others in different ways, so the first real time would have it
 * lay out all objects of that kind anew, and throw away whatever was compiled for them.
 */
export const noTimeMs = Number.NaN

/** What a deadline must have; {@link Deadlines} alone writes these, the owner only makes them. */
export interface DeadlineEntry {
  /** When it is due, in milliseconds of the clock in use; {@link noTimeMs} to begin with. */
  dueMs: number
  /** When it was scheduled, relative to the others: among equals the older is due first. */
  sequence: number
  /** Its place in the heap; -1 when it is not scheduled, and to begin with. */
  heapIndex: number
}

/** A set of deadlines that gives back the earliest first; every step costs O(log size). */
export class Deadlines<T extends DeadlineEntry> {
  readonly #heap: T[] = []
  #nextSequence = 0

  /** How many deadlines are scheduled. */
  get size(): number {
    return this.#heap.length
  }

  /**
   * Schedules a deadline, or moves one that is scheduled; either way it is the newest.
   *
   * @param entry The deadline; it must not be scheduled in another set.
   * @param dueMs When it is due, in milliseconds; not NaN.
   */
  schedule(entry: T, dueMs: number): void {
    entry.dueMs = dueMs
    entry.sequence = this.#nextSequence++
    let index = entry.heapIndex
    if (index === -1) index = this.#heap.push(entry) - 1
    this.#settle(entry, index)
  }

  /**
   * Takes a deadline out before it is due.
   *
   * @param entry The deadline.
   * @returns False if it was not scheduled here: never scheduled, due and taken, or cancelled.
   */
  cancel(entry: T): boolean {
    const index = entry.heapIndex
    if (index === -1 || this.#heap[index] !== entry) return false
    entry.heapIndex = -1
    const last = this.#heap.pop()
    if (last !== undefined && last !== entry) this.#settle(last, index)
    return true
  }

  /**
   * Tells when the earliest deadline is due.
   *
   * @returns Milliseconds of the clock in use, or undefined if nothing is scheduled.
   */
  earliestMs(): number | undefined {
    return this.#heap[0]?.dueMs
  }

  /**
   * Takes out the earliest deadline if it is due. Call it until it gives undefined: a deadline
   * that is cancelled or scheduled in between is taken into account.
   *
   * @param nowMs The time now, in milliseconds of the clock in use.
   * @returns The deadline, or undefined if none is due at or before that time.
   */
  takeDue(nowMs: number): T | undefined {
    const earliest = this.#heap[0]
    if (earliest === undefined || earliest.dueMs > nowMs) return undefined
    this.cancel(earliest)
    return earliest
  }

  /** Takes out every deadline. */
  clear(): void {
    for (const entry of this.#heap) entry.heapIndex = -1
    this.#heap.length = 0
  }

  /** Puts an entry at a free place, or where it stands, and moves it to where it belongs. */
  #settle(entry: T, from: number): void {
    const risen = this.#rise(entry, from)
    const index = risen === from ? this.#sink(entry, from) : risen
    this.#heap[index] = entry
    entry.heapIndex = index
  }

  #rise(entry: T, from: number): number {
    let index = from
    while (index > 0) {
      const above = (index - 1) >> 1
      const parent = this.#heap[above]
      if (parent === undefined || !isEarlier(entry, parent)) break
      this.#heap[index] = parent
      parent.heapIndex = index
      index = above
    }
    return index
  }

  #sink(entry: T, from: number): number {
    let index = from
    for (;;) {
      const left = this.#heap[2 * index + 1]
      const right = this.#heap[2 * index + 2]
      const child =
        left !== undefined && right !== undefined && isEarlier(right, left) ? right : left
      if (child === undefined || !isEarlier(child, entry)) return index
      const below = child.heapIndex
      this.#heap[index] = child
      child.heapIndex = index
      index = below
    }
  }
}

function isEarlier(one: DeadlineEntry, other: DeadlineEntry): boolean {
  return one.dueMs === other.dueMs ? one.sequence < other.sequence : one.dueMs < other.dueMs
}
