/**
 * The children of a static supervisor: by id, in the order in which they were added.
 *
 * Invariant: no two children have the same id, and adding, finding and forgetting one costs the
 * same however many there are.
 */
import type { ChildRecord } from './child-record.ts'

/** How many children a static supervisor may have: somewhat less than one map can hold. */
export const childrenMax = 10_000_000

/** Children in start order. */
export class ChildTable implements Iterable<ChildRecord> {
  // A map keeps the order of insertion, and an id that comes back comes last.
  readonly #records = new Map<string, ChildRecord>()

  get size(): number {
    return this.#records.size
  }

  find(id: string): ChildRecord | undefined {
    return this.#records.get(id)
  }

  [Symbol.iterator](): IterableIterator<ChildRecord> {
    return this.#records.values()
  }

  /** Appends a child whose id is free. */
  add(record: ChildRecord): void {
    this.#records.set(record.life.id, record)
  }

  /** Whether this very child is still one of them. */
  has(record: ChildRecord): boolean {
    return this.find(record.life.id) === record
  }

  /** Takes a child out, unless another one has its id by now. */
  forget(record: ChildRecord): void {
    if (this.has(record)) this.#records.delete(record.life.id)
  }
}
