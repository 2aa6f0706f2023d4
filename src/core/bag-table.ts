/**
 * The table behind a registry of duplicates: key → any number of entries.
 *
 * Invariant: `size` is the number of entries, each with a holder until it is removed. A holder may
 * have several under one key, and removing one costs the same however many there are.
 */
import type { Key } from './key.ts'
import { type HeldSlot, isHeld, NameTable, Slot } from './name-table.ts'

/** The entries of one key by holder; most holders have one. */
type Bag<H> = Map<H, Slot<H> | Set<Slot<H>>>

/** Entries by key; `H` is what entries lead to. */
export class BagTable<H> {
  // Each key with entries is held by its bag; keys that come and go are kept and swept as names.
  readonly #bags = new NameTable<Bag<H>>()
  #size = 0

  /** How many entries there are. */
  get size(): number {
    return this.#size
  }

  /** How many keys have entries. */
  get keyCount(): number {
    return this.#bags.size
  }

  /** Adds an entry. */
  add(key: Key, holder: H, value: unknown): Slot<H> {
    const slot = new Slot(key, holder, value)
    const bag = this.#bagOf(key)
    const present = bag.get(holder)
    if (present === undefined) bag.set(holder, slot)
    else if (present instanceof Set) present.add(slot)
    else bag.set(holder, new Set([present, slot]))
    this.#size += 1
    return slot
  }

  /** Removes an entry of `holder`; says whether it was there. */
  remove(slot: Slot<H>, holder: H): boolean {
    const bag = this.#bags.holder(slot.key)
    if (slot.holder !== holder || bag === undefined) return false
    const present = bag.get(holder)
    if (present instanceof Set) present.delete(slot)
    if (present === slot || (present instanceof Set && present.size === 0)) bag.delete(holder)
    slot.holder = undefined
    slot.value = undefined
    this.#size -= 1
    if (bag.size === 0) this.#bags.release(slot.key, bag)
    return true
  }

  /** The entries of a key; those of one holder stand together. */
  of(key: Key): HeldSlot<H>[] {
    return [...entriesOf(this.#bags.holder(key))]
  }

  /** The entries that one holder has under a key, oldest first. */
  heldBy(key: Key, holder: H): HeldSlot<H>[] {
    const present = this.#bags.holder(key)?.get(holder)
    const slots = present instanceof Set ? [...present] : [present]
    return slots.filter(isHeld)
  }

  /** Every entry, key by key. */
  *slots(): IterableIterator<HeldSlot<H>> {
    for (const bag of this.#bags.holders()) yield* entriesOf(bag)
  }

  /** Forgets every entry. */
  clear(): void {
    this.#bags.clear()
    this.#size = 0
  }

  #bagOf(key: Key): Bag<H> {
    const present = this.#bags.holder(key)
    if (present !== undefined) return present
    const bag: Bag<H> = new Map()
    this.#bags.claim(key, bag, undefined)
    return bag
  }
}

function* entriesOf<H>(bag: Bag<H> | undefined): IterableIterator<HeldSlot<H>> {
  for (const present of bag?.values() ?? []) {
    if (!(present instanceof Set)) {
      if (isHeld(present)) yield present
    } else for (const slot of present) if (isHeld(slot)) yield slot
  }
}
