/**
 * Random numbers that are the same for the same seed, on every machine.
 *
 * Invariant: the stream of one program depends on its seed and number alone, so program 4,711 of a
 * run is the same whatever came before it.
 */

/** A stream of random choices. */
export class Randomness {
  #counter: number

  constructor(seed: number, label: number) {
    this.#counter = stir(stir(seed ^ golden) + Math.imul(label, golden))
  }

  u32(): number {
    this.#counter = (this.#counter + golden) | 0
    return stir(this.#counter)
  }

  /** An integer from 0 to `limit` - 1. */
  below(limit: number): number {
    return Math.floor((this.u32() / 2 ** 32) * limit)
  }

  /** An integer from `min` to `max`. */
  between(min: number, max: number): number {
    return min + this.below(max - min + 1)
  }

  /** True in so many of a hundred cases. */
  chance(percent: number): boolean {
    return this.below(100) < percent
  }

  /** One of them. @throws RangeError for an empty list */
  pick<T>(choices: readonly T[]): T {
    const index = this.below(choices.length)
    for (const choice of choices.slice(index, index + 1)) return choice
    throw new RangeError('nothing to pick from')
  }

  /** One of them, each as likely as its weight. @throws RangeError if all weights are zero */
  weighted<T>(choices: readonly (readonly [weight: number, choice: T])[]): T {
    let left = this.below(choices.reduce((sum, [weight]) => sum + weight, 0))
    for (const [weight, choice] of choices) {
      if (left < weight) return choice
      left -= weight
    }
    throw new RangeError('nothing to pick from')
  }
}

/** The odd number nearest to 2³² divided by the golden ratio: steps that visit every number. */
const golden = 0x9e3779b9

/** Mixes the bits of an integer (the finisher of splitmix32). */
function stir(value: number): number {
  let mixed = value ^ (value >>> 16)
  mixed = Math.imul(mixed, 0x21f0aaad)
  mixed ^= mixed >>> 15
  mixed = Math.imul(mixed, 0x735a2d97)
  return (mixed ^ (mixed >>> 15)) >>> 0
}
