/**
 * The table behind every registry: key → at most one holder.
 *
 * Invariant: `size` is the number of slots with a holder, and a slot is released only by the holder
 * it has. A slot outlives its holder for a while, because deleting a key of a Map and setting it
 * again (a name that crash-loops) leaves dead entries in V8's bucket chain that later look-ups walk
 * over: refilling a kept slot is a thousand times cheaper. Vacant slots are swept once there are
 * more of them than a fixed share of the table.
 */
import type { Key } from './key.ts'
import { KeyMap } from './key-map.ts'

/** One name, with its present holder. */
export interface Slot<H> {
  readonly key: Key
  holder: H | undefined
  value: unknown
  /** Whether the slot waits in the list of vacant slots; it may have been taken again since. */
  listed: boolean
}

/** A slot with a holder. */
export interface HeldSlot<H> extends Slot<H> {
  holder: H
}

/** Whether somebody holds the slot. */
export function isHeld<H>(slot: Slot<H> | undefined): slot is HeldSlot<H> {
  return slot?.holder !== undefined
}

const vacantMin = 1024

/** Names with at most one holder each; `H` is the process type of the shell. */
export class NameTable<H> {
  readonly #slots = new KeyMap<Slot<H>>()
  #vacant: Slot<H>[] = []
  #swept = 0
  #size = 0

  /** How many names are held now. */
  get size(): number {
    return this.#size
  }

  /** The slot of this key, held or vacant. */
  find(key: Key): Slot<H> | undefined {
    return this.#slots.get(key)
  }

  /** Who holds the key now. */
  holder(key: Key): H | undefined {
    return this.find(key)?.holder
  }

  /** Gives the free name `key` to `holder`; the caller has made sure that it is free. */
  claim(key: Key, holder: H, value: unknown): Slot<H> {
    this.#size += 1
    const kept = this.find(key)
    if (kept !== undefined) {
      kept.holder = holder
      kept.value = value
      return kept
    }
    const slot: Slot<H> = { key, holder, value, listed: false }
    this.#slots.set(key, slot)
    return slot
  }

  /** Frees the name if `holder` still has it; says whether it did. */
  release(slot: Slot<H>, holder: H): boolean {
    if (slot.holder !== holder) return false
    slot.holder = undefined
    slot.value = undefined
    this.#size -= 1
    if (!slot.listed) {
      slot.listed = true
      this.#vacant.push(slot)
    }
    this.#sweep()
    return true
  }

  /** The slots held now, in the order in which their names were first taken. */
  *slots(): IterableIterator<HeldSlot<H>> {
    for (const slot of this.#slots.values()) if (isHeld(slot)) yield slot
  }

  /** The keys held now, in the same order. */
  *keys(): IterableIterator<Key> {
    for (const slot of this.slots()) yield slot.key
  }

  /** The holders there are now, in the same order. */
  *holders(): IterableIterator<H> {
    for (const slot of this.slots()) yield slot.holder
  }

  /** Slots in memory, vacant ones included; for leak tests. */
  get slotCount(): number {
    return this.#slots.size
  }

  /** Forgets every name. */
  clear(): void {
    this.#slots.clear()
    this.#vacant = []
    this.#swept = 0
    this.#size = 0
  }

  /** Looks at two old slots per release, so that the cost stays constant and the list bounded. */
  #sweep(): void {
    const waiting = this.#vacant.length - this.#swept
    if (waiting <= vacantMin + (this.#size >> 3)) return
    for (let looked = 0; looked < 2; looked += 1) {
      const slot = this.#vacant[this.#swept]
      if (slot === undefined) break
      this.#swept += 1
      slot.listed = false
      if (slot.holder === undefined) this.#slots.delete(slot.key)
    }
    if (this.#swept * 2 > this.#vacant.length) {
      this.#vacant = this.#vacant.slice(this.#swept)
      this.#swept = 0
    }
  }
}
