/**
 * What all invariants have in common: how they say that something does not hold.
 */
import type { Invariant, InvariantChecker } from '../invariant.ts'

/** Declares an invariant; it is checked by what `make` gives, anew in every run. */
export function declare(id: string, title: string, make: () => InvariantChecker): Invariant {
  return Object.freeze({ id, title, make })
}

/** @throws Error always: the invariant does not hold */
export function violated(message: string): never {
  throw new Error(message)
}

/** What the processes of a life of a node are called by: `a`, or `a~2` in its second life. */
export function lifeOf({ node, life }: { readonly node: string; readonly life: number }): string {
  return life <= 1 ? node : `${node}~${life}`
}

/** The life of a node that a process belongs to. */
export function lifeOfReference(reference: string): string {
  const slash = reference.lastIndexOf('/')
  return slash < 0 ? reference : reference.slice(0, slash)
}

/** A table of tables. */
export class Groups<K, V> {
  readonly #groups = new Map<string, Map<K, V>>()
  readonly #keepsEmpty: boolean

  /**
   * @param keepsEmpty whether a table in which nothing is left is kept until it is dropped: for
   * those that are filled again and again
   */
  constructor(keepsEmpty = false) {
    this.#keepsEmpty = keepsEmpty
  }

  /** How many tables there are. */
  get size(): number {
    return this.#groups.size
  }

  of(group: string): ReadonlyMap<K, V> | undefined {
    return this.#groups.get(group)
  }

  get(group: string, key: K): V | undefined {
    return this.#groups.get(group)?.get(key)
  }

  set(group: string, key: K, value: V): void {
    let table = this.#groups.get(group)
    if (table === undefined) {
      table = new Map()
      this.#groups.set(group, table)
    }
    table.set(key, value)
  }

  delete(group: string, key: K): boolean {
    const table = this.#groups.get(group)
    if (table === undefined || !table.delete(key)) return false
    if (table.size === 0 && !this.#keepsEmpty) this.#groups.delete(group)
    return true
  }

  drop(group: string): void {
    this.#groups.delete(group)
  }

  names(): IterableIterator<string> {
    return this.#groups.keys()
  }
}
