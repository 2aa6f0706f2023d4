/**
 * Things that come and go, each with a number that is never used again.
 *
 * Invariant: the list has no holes, whatever comes and goes, because whoever stands last takes the
 * place of one that leaves; a thing knows its place. The number is mostly not asked for, so the
 * index of numbers is made at the first question, and kept from then on.
 */

/** What stands in a table; the table alone writes its place. */
export interface Placed {
  place: number
}

/** All of them, each once. */
export abstract class DenseTable<T extends Placed> implements Iterable<T> {
  readonly #list: T[] = []
  #byNumber: Map<number, T> | undefined = undefined

  /** By what a thing is found; the later it came, the higher. */
  protected abstract numberOf(item: T): number

  get size(): number {
    return this.#list.length
  }

  add(item: T): void {
    item.place = this.#list.length
    this.#list.push(item)
    this.#byNumber?.set(this.numberOf(item), item)
  }

  /** Nothing happens if it is not there. */
  delete(item: T): void {
    const { place } = item
    if (this.#list[place] !== item) return
    const last = this.#list.pop()
    if (last !== undefined && last !== item) {
      this.#list[place] = last
      last.place = place
    }
    this.#byNumber?.delete(this.numberOf(item))
  }

  /** The item with this number, if it is there. */
  get(number: number): T | undefined {
    // Whoever takes back what it has just put in needs no index.
    const last = this.#list.at(-1)
    if (last !== undefined && this.numberOf(last) === number) return last
    this.#byNumber ??= new Map(this.#list.map((item) => [this.numberOf(item), item]))
    return this.#byNumber.get(number)
  }

  /** The oldest first; a copy, safe while they leave. */
  inOrder(): T[] {
    return this.#list.toSorted((one, other) => this.numberOf(one) - this.numberOf(other))
  }

  /** In no order; none may come or leave meanwhile. */
  [Symbol.iterator](): ArrayIterator<T> {
    return this.#list.values()
  }
}
