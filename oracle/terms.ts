/**
 * Writes Erlang's external term format, in which programs travel to the BEAM.
 *
 * Only what programs need: small atoms, integers of 32 bits, tuples, lists. Source: ERTS user's
 * guide, "External Term Format".
 */

const version = 131
const smallInteger = 97
const integer = 98
const smallTuple = 104
const nil = 106
const list = 108
const smallAtom = 119

/** A buffer of one term, written from left to right. */
export class TermWriter {
  #buffer = Buffer.allocUnsafe(4096)
  #length = 0

  constructor() {
    this.#byte(version)
  }

  /** The finished term. */
  bytes(): Buffer {
    return this.#buffer.subarray(0, this.#length)
  }

  atom(name: string): this {
    this.#byte(smallAtom)
    this.#byte(name.length)
    this.#reserve(name.length)
    this.#length += this.#buffer.write(name, this.#length, 'latin1')
    return this
  }

  integer(value: number): this {
    if (value >= 0 && value < 256) {
      this.#byte(smallInteger)
      this.#byte(value)
    } else {
      this.#byte(integer)
      this.#word(value)
    }
    return this
  }

  boolean(value: boolean): this {
    return this.atom(value ? 'true' : 'false')
  }

  /** An atom, or a number where Erlang takes either. */
  atomOrInteger(value: string | number): this {
    return typeof value === 'number' ? this.integer(value) : this.atom(value)
  }

  /** The head of a tuple; its elements follow. */
  tuple(arity: number): this {
    this.#byte(smallTuple)
    this.#byte(arity)
    return this
  }

  /** A list, each element written by `write`. */
  list<T>(items: readonly T[], write: (item: T) => void): this {
    if (items.length > 0) {
      this.#byte(list)
      this.#word(items.length)
      for (const item of items) write(item)
    }
    this.#byte(nil)
    return this
  }

  #byte(value: number): void {
    this.#reserve(1)
    this.#buffer[this.#length] = value
    this.#length += 1
  }

  #word(value: number): void {
    this.#reserve(4)
    this.#length = this.#buffer.writeInt32BE(value, this.#length)
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#buffer.length) return
    const larger = Buffer.allocUnsafe(this.#buffer.length * 2 + bytes)
    this.#buffer.copy(larger, 0, 0, this.#length)
    this.#buffer = larger
  }
}
