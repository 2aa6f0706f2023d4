/**
 * A map by plain keys that stays quick to look into when there are very many of them.
 *
 * A `Map` of V8 walks a chain of entries and looks into the key of each, so among a million names a
 * look-up misses the cache four or five times. From `fewMax` keys on a table of hashes comes first,
 * with open addressing and linear probing: it lies in one piece, and only a key that has the right
 * hash is ever looked at. Short strings are kept so, which nearly all names are. Every other key
 * stays in the `Map`, and so does what finds no place within `probesMax` steps: keys that were
 * chosen to collide cost that many steps and no more, so the hash needs no secret.
 *
 * Invariant: a key is either in the table, less than `probesMax` steps behind its own place with no
 * free place between, or in `#others`. `#entries` holds keys and values by turns, in the order in
 * which they came; one that was deleted is a hole, to which its place still leads until the table
 * is written anew.
 */
import { hashText } from './hash.ts'
import type { Key } from './key.ts'
import { trust } from './trust.ts'

/** A longer text is found sooner by the hash that V8 keeps in it. */
const unitsMax = 48
const probesMax = 32
const placesMin = 16
/** A `Map` of up to so many is as quick, and quicker for a text whose hash V8 knows already. */
const fewMax = 131_072

/** Values by plain keys; a value is never undefined. */
export class KeyTable<V> {
  /** For each place the hash of its key and the number of its entry, counted from 1; 0 is free. */
  #places = new Int32Array(2 * placesMin)
  #mask = placesMin - 1
  #entries: unknown[] = []
  #held = 0
  /** Whether the table is in use; it stays so, whatever is deleted. */
  #isLarge = false
  #others = new Map<Key, V>()
  readonly #fewMax: number

  /** @param few up to how many keys a `Map` is enough */
  constructor(few = fewMax) {
    this.#fewMax = few
  }

  /** How many keys there are. */
  get size(): number {
    return this.#held + this.#others.size
  }

  /** How much room the table has; for leak tests. */
  get placeCount(): number {
    return this.#mask + 1
  }

  get(key: Key): V | undefined {
    if (this.#isLarge && isShortText(key)) {
      const at = this.#placeOf(key, hashText(key))
      if (at >= 0) return trust(this.#entries[this.#entryAt(at) + 1])
      if (this.#others.size === 0) return undefined
    }
    return this.#others.get(key)
  }

  /** Gives a key a value, which takes the place of the one it had. */
  set(key: Key, value: V): void {
    if (!this.#isLarge || !isShortText(key)) {
      this.#others.set(key, value)
      if (!this.#isLarge && this.#others.size > this.#fewMax) this.#beLarge()
      return
    }
    const hash = hashText(key)
    const at = this.#placeOf(key, hash)
    if (at >= 0) this.#entries[this.#entryAt(at) + 1] = value
    else if (this.#others.has(key)) this.#others.set(key, value)
    else this.#add(key, value, hash)
  }

  delete(key: Key): void {
    const at = this.#isLarge && isShortText(key) ? this.#placeOf(key, hashText(key)) : -1
    if (at < 0) {
      this.#others.delete(key)
      return
    }
    this.#empty(this.#entryAt(at))
    const places = this.#mask + 1
    if (places > placesMin && this.#held * 16 < places) this.#writeAnew()
  }

  /** Keys with their values in the order in which they came, short texts first. */
  *entries(): IterableIterator<readonly [Key, V]> {
    // What is written anew meanwhile is walked here as it was: then a key is looked up once more.
    const entries = this.#entries
    const others = this.#others
    for (let entry = 0; entry < entries.length; entry += 2) {
      const key: Key | undefined = trust(entries[entry])
      if (key === undefined) continue
      const value = entries === this.#entries ? trust<V>(entries[entry + 1]) : this.get(key)
      if (value !== undefined) yield [key, value]
    }
    for (const [key, there] of others) {
      const value = others === this.#others ? there : this.get(key)
      if (value !== undefined) yield [key, value]
    }
  }

  /** Forgets every key. */
  clear(): void {
    this.#makePlaces(0)
    this.#entries = []
    this.#held = 0
    this.#isLarge = false
    this.#others = new Map()
  }

  #beLarge(): void {
    const all = this.#others
    this.#isLarge = true
    this.#others = new Map()
    this.#makePlaces(all.size)
    for (const [key, value] of all) {
      if (isShortText(key)) this.#add(key, value, hashText(key))
      else this.#others.set(key, value)
    }
  }

  /** Where in the table the key is, or -1. */
  #placeOf(key: string, hash: number): number {
    const places = this.#places
    const entries = this.#entries
    const mask = this.#mask
    const wanted = hash | 0
    let at = hash & mask
    for (let left = probesMax; left > 0; left -= 1) {
      const number = places[2 * at + 1] ?? 0
      if (number === 0) return -1
      if (places[2 * at] === wanted && entries[2 * number - 2] === key) return at
      at = (at + 1) & mask
    }
    return -1
  }

  #entryAt(at: number): number {
    return 2 * (this.#places[2 * at + 1] ?? 0) - 2
  }

  /** Adds a key that is nowhere yet. */
  #add(key: string, value: V, hash: number): void {
    if (this.#entries.length > this.#mask) this.#writeAnew()
    this.#entries.push(key, value)
    this.#held += 1
    this.#settle(hash, this.#entries.length / 2)
  }

  /** Puts an entry at the first free place behind its own; if that is too far, into the `Map`. */
  #settle(hash: number, number: number): void {
    const places = this.#places
    const mask = this.#mask
    let at = hash & mask
    for (let left = probesMax; left > 0; left -= 1) {
      if (places[2 * at + 1] === 0) {
        places[2 * at] = hash
        places[2 * at + 1] = number
        return
      }
      at = (at + 1) & mask
    }
    const entry = 2 * number - 2
    this.#others.set(trust(this.#entries[entry]), trust(this.#entries[entry + 1]))
    this.#empty(entry)
  }

  #empty(entry: number): void {
    this.#entries[entry] = undefined
    this.#entries[entry + 1] = undefined
    this.#held -= 1
  }

  /**
   * Leaves out the holes and makes room; needs no key's text. It goes by the places and not by the
   * entries, because what lies near in a table lies near in a larger one.
   */
  #writeAnew(): void {
    const before = this.#places
    const numbers = this.#closeHoles()
    this.#makePlaces(this.#held)
    for (let at = 0; at < before.length; at += 2) {
      const number = before[at + 1] ?? 0
      const now = numbers === undefined ? number : (numbers[number] ?? 0)
      if (now > 0) this.#settle(before[at] ?? 0, now)
    }
  }

  /** Gives the new numbers of entries by their old ones, 0 for a hole; nothing if all are kept. */
  #closeHoles(): Int32Array | undefined {
    const before = this.#entries
    if (before.length === 2 * this.#held) return undefined
    const numbers = new Int32Array(before.length / 2 + 1)
    const entries: unknown[] = []
    for (let entry = 0; entry < before.length; entry += 2) {
      if (before[entry] === undefined) continue
      entries.push(before[entry], before[entry + 1])
      numbers[entry / 2 + 1] = entries.length / 2
    }
    this.#entries = entries
    return numbers
  }

  /** Free places for so many keys and as many again. */
  #makePlaces(count: number): void {
    let places = placesMin
    while (places < 4 * count) places *= 2
    this.#places = new Int32Array(2 * places)
    this.#mask = places - 1
  }
}

function isShortText(key: Key): key is string {
  return typeof key === 'string' && key.length <= unitsMax
}
