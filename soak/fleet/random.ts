/**
 * Random numbers that are the same for the same seed, on every machine.
 */

/** A stream of random choices. */
export class Randomness {
  #counter: number

  constructor(seed: number) {
    this.#counter = stir(seed ^ golden)
  }

  /** An integer from 0 to 2³² - 1. */
  u32(): number {
    this.#counter = (this.#counter + golden) | 0
    return stir(this.#counter)
  }

  /** A number from 0 to 1, exclusive. */
  share(): number {
    return this.u32() / 2 ** 32
  }

  /** An integer from 0 to `limit` - 1. */
  below(limit: number): number {
    return Math.floor(this.share() * limit)
  }

  /** One of them, each as likely as its weight. @throws RangeError if all weights are zero */
  weighted<T>(choices: readonly (readonly [weight: number, choice: T])[]): T {
    let left = this.share() * choices.reduce((sum, [weight]) => sum + weight, 0)
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
