/**
 * Which key is asked for: key 0 most often, and each later one more rarely, as names are in life.
 */

/** Weights of keys, and draws by them. */
export class Zipf {
  /** The share of all draws up to and including each key. */
  readonly #upTo: Float64Array

  /** @param exponent 0: all keys alike; 1: the second half as often as the first */
  constructor(size: number, exponent: number) {
    this.#upTo = new Float64Array(size)
    let sum = 0
    for (let key = 0; key < size; key += 1) {
      sum += (key + 1) ** -exponent
      this.#upTo[key] = sum
    }
    for (let key = 0; key < size; key += 1) this.#upTo[key] = (this.#upTo[key] ?? 0) / sum
  }

  /** The share of a key. */
  weightOf(key: number): number {
    return (this.#upTo[key] ?? 0) - (this.#upTo[key - 1] ?? 0)
  }

  /** The key of a number from 0 to 1 (exclusive), drawn evenly. */
  keyOf(drawn: number): number {
    let low = 0
    let high = this.#upTo.length - 1
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#upTo[middle] ?? 1) > drawn) high = middle
      else low = middle + 1
    }
    return low
  }
}
