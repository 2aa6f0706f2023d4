/**
 * A set that mostly has one item.
 *
 * Invariant: items are visited in the order in which they were added. An ordinary `Set` owns a hash
 * table of some 150 bytes from its first item on; this one does from its second.
 */

/** Items without repetition, in the order in which they came. */
export class SmallSet<T extends object> {
  /** The oldest item, unless that was deleted while there were others. */
  #one: T | undefined = undefined
  #others: Set<T> | undefined = undefined

  /** How many items there are. */
  get size(): number {
    return (this.#one === undefined ? 0 : 1) + (this.#others?.size ?? 0)
  }

  add(item: T): void {
    if (item === this.#one) return
    if (this.size === 0) this.#one = item
    else {
      this.#others ??= new Set()
      this.#others.add(item)
    }
  }

  /** Says whether the item was there. */
  delete(item: T): boolean {
    if (item !== this.#one) return this.#others?.delete(item) ?? false
    this.#one = undefined
    return true
  }

  /** The first item that passes a test. */
  find<U extends T>(passes: (item: T) => item is U): U | undefined
  find(passes: (item: T) => boolean): T | undefined
  find(passes: (item: T) => boolean): T | undefined {
    if (this.#one !== undefined && passes(this.#one)) return this.#one
    for (const item of this.#others ?? []) if (passes(item)) return item
    return undefined
  }

  /** @param visit must not change the set */
  each(visit: (item: T) => void): void {
    if (this.#one !== undefined) visit(this.#one)
    if (this.#others !== undefined) for (const item of this.#others) visit(item)
  }
}
