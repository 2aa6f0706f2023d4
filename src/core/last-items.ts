/**
 * A list that keeps its newest items.
 *
 * Invariant: it holds at most `max` items, oldest first, and forgets the oldest to keep a new one.
 * Adding takes the same time however long it is.
 */

/** The last items of a sequence. */
export class LastItems<T> {
  #max: number
  #items: T[] = []
  /** Where the oldest item is, once the list is full. */
  #oldest = 0

  /** @param max how many it keeps; an integer of at least 1 */
  constructor(max: number) {
    this.#max = max
  }

  add(item: T): void {
    if (this.#items.length < this.#max) {
      this.#items.push(item)
      return
    }
    this.#items[this.#oldest] = item
    this.#oldest = (this.#oldest + 1) % this.#max
  }

  /** Keeps another number of items from now on; the newest stay. */
  resize(max: number): void {
    this.#items = this.toArray().slice(-max)
    this.#oldest = 0
    this.#max = max
  }

  /** A copy, oldest first. */
  toArray(): T[] {
    return [...this.#items.slice(this.#oldest), ...this.#items.slice(0, this.#oldest)]
  }
}
