/**
 * The table behind every registry: key → at most one holder.
 *
 * Invariant: `size` is the number of names with a holder, and a name is released only by the holder
 * it has. A plain key with nothing beside it leads straight to its holder, since each object on the
 * way of a look-up may be a cache miss; a slot stands between them only for a composite key, for a
 * value, or where somebody keeps hold of the entry. A name outlives its holder for a while, as a
 * vacant slot, because deleting a key of a Map and setting it again (a name that crash-loops)
 * leaves dead entries in V8's bucket chain that later look-ups walk over. Vacant slots are swept
 * once there are more of them than a fixed share of the table.
 */
import { isComposite, type Key, keyText } from './key.ts'
import { KeyTable } from './key-table.ts'

/** One entry: a name with its present holder, or one of several under a key. */
export class Slot<H> {
  readonly key: Key
  holder: H | undefined
  value: unknown
  /**
   * Whether it waits in the list of vacant slots; it may have been taken again since. A slot that
   * does is what its key leads to.
   */
  listed = false

  constructor(key: Key, holder: H | undefined, value: unknown) {
    this.key = key
    this.holder = holder
    this.value = value
  }
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

/** What a plain key leads to. */
type Found<H> = H | Slot<H> | undefined

/** Names with at most one holder each; `H` is what names lead to, never a slot itself. */
export class NameTable<H> {
  readonly #plain = new KeyTable<H | Slot<H>>()
  /** By the text of the key, which the slot keeps. */
  readonly #composite = new Map<string, Slot<H>>()
  /** In the order in which they became vacant; those that were swept are holes at its beginning. */
  #vacant: (Slot<H> | undefined)[] = []
  #swept = 0
  #size = 0

  /** How many names are held now. */
  get size(): number {
    return this.#size
  }

  /** Who holds the key now. */
  holder(key: Key): H | undefined {
    const found = this.#find(key)
    return isSlot(found) ? found.holder : found
  }

  /** The slot of a held name, for whoever keeps hold of it; made if there was none. */
  slotOf(key: Key): HeldSlot<H> | undefined {
    const found = this.#find(key)
    const held = entry(key, found)
    if (held === undefined || (held === found && !held.listed)) return held
    // One that waits to be swept is cleared away then, although it is held: it is replaced.
    const slot = new Slot(key, held.holder, held.value)
    if (isSlot(found)) {
      found.listed = false
      empty(found)
    }
    this.#keep(slot)
    return isHeld(slot) ? slot : undefined
  }

  /** A held name as an entry to read, which later changes may pass by. */
  peek(key: Key): HeldSlot<H> | undefined {
    return entry(key, this.#find(key))
  }

  /** Gives the free name `key` to `holder`; the caller has made sure that it is free. */
  claim(key: Key, holder: H, value: unknown): void {
    this.#size += 1
    const kept = this.#find(key)
    if (isSlot(kept)) {
      kept.holder = holder
      kept.value = value
    } else if (value === undefined && !isComposite(key)) this.#plain.set(key, holder)
    else this.#keep(new Slot(key, holder, value))
  }

  /** Frees the name if `holder` still has it; says whether it did. */
  release(key: Key, holder: H): boolean {
    const found = this.#find(key)
    let slot: Slot<H>
    if (found === holder) {
      slot = new Slot<H>(key, undefined, undefined)
      this.#plain.set(key, slot)
    } else if (isSlot(found) && found.holder === holder) {
      slot = found
      empty(slot)
    } else return false
    this.#size -= 1
    if (!slot.listed) {
      slot.listed = true
      this.#vacant.push(slot)
    }
    this.#sweep()
    return true
  }

  /**
   * The names held now as entries to read, in the order in which the names were first taken; among
   * very many, short texts come before all others, and composite keys come last in any case.
   */
  *entries(): IterableIterator<HeldSlot<H>> {
    for (const [key, found] of this.#plain.entries()) {
      const held = entry(key, found)
      if (held !== undefined) yield held
    }
    for (const slot of this.#composite.values()) if (isHeld(slot)) yield slot
  }

  /** The keys held now, in the same order. */
  *keys(): IterableIterator<Key> {
    for (const [key, found] of this.#plain.entries()) if (!isSlot(found) || isHeld(found)) yield key
    for (const slot of this.#composite.values()) if (isHeld(slot)) yield slot.key
  }

  /** The holders there are now, in the same order. */
  *holders(): IterableIterator<H> {
    for (const [, found] of this.#plain.entries()) {
      if (!isSlot(found)) yield found
      else if (isHeld(found)) yield found.holder
    }
    for (const slot of this.#composite.values()) if (isHeld(slot)) yield slot.holder
  }

  /** Names in memory, vacant ones included; for leak tests. */
  get nameCount(): number {
    return this.#plain.size + this.#composite.size
  }

  /** Forgets every name. */
  clear(): void {
    this.#plain.clear()
    this.#composite.clear()
    this.#vacant = []
    this.#swept = 0
    this.#size = 0
  }

  #find(key: Key): Found<H> {
    return isComposite(key) ? this.#composite.get(keyText(key)) : this.#plain.get(key)
  }

  #keep(slot: Slot<H>): void {
    const { key } = slot
    if (isComposite(key)) this.#composite.set(keyText(key), slot)
    else this.#plain.set(key, slot)
  }

  #drop(key: Key): void {
    if (isComposite(key)) this.#composite.delete(keyText(key))
    else this.#plain.delete(key)
  }

  /** Forgets a vacant name; one that was taken again leads straight to its holder from now on. */
  #clearAway(slot: Slot<H>): void {
    const { key, holder, value } = slot
    slot.listed = false
    if (holder === undefined) this.#drop(key)
    else if (value === undefined && !isComposite(key)) this.#plain.set(key, holder)
  }

  /** Looks at two old slots per release, so that the cost stays constant and the list bounded. */
  #sweep(): void {
    const waiting = this.#vacant.length - this.#swept
    if (waiting <= vacantMin + (this.#size >> 3)) return
    for (let looked = 0; looked < 2; looked += 1) {
      const slot = this.#vacant[this.#swept]
      if (slot === undefined) break
      this.#vacant[this.#swept] = undefined
      this.#swept += 1
      if (slot.listed) this.#clearAway(slot)
    }
    if (this.#swept * 2 > this.#vacant.length) {
      this.#vacant = this.#vacant.slice(this.#swept)
      this.#swept = 0
    }
  }
}

function isSlot<H>(found: Found<H>): found is Slot<H> {
  return found instanceof Slot
}

function entry<H>(key: Key, found: Found<H>): HeldSlot<H> | undefined {
  if (isSlot(found)) return isHeld(found) ? found : undefined
  if (found === undefined) return undefined
  const slot = new Slot(key, found, undefined)
  return isHeld(slot) ? slot : undefined
}

function empty<H>(slot: Slot<H>): void {
  slot.holder = undefined
  slot.value = undefined
}
