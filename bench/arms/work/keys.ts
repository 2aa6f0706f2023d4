/**
 * Names of workers and which of them is meant next, the same in every arm.
 */

/** The name of a worker: built anew each time, as a caller does who has just read it somewhere. */
export function keyOf(index: number): string {
  return `user-${index}`
}

/** Picks indices by chance: a linear congruential generator, which costs next to nothing. */
export class Picker {
  #state: number

  constructor(seed: number) {
    this.#state = (seed * 7919 + 1) >>> 0
  }

  /** From 0 to below `limit`; by the upper bits, because the lower ones repeat early. */
  below(limit: number): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.trunc((this.#state / 2 ** 32) * limit)
  }
}
