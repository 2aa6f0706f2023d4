/**
 * Random numbers that are the same for the same seed, on every machine.
 *
 * Invariant: streams made from different seeds or labels share nothing, so one part of the program
 * draws the same numbers however often another part draws.
 */

/** A stream of random numbers. */
export interface Randomness {
  /** An integer from 0 to 2³² - 1. */
  u32(): number
  /** An integer from 0 to `limit` - 1. */
  below(limit: number): number
}

/** The stream of one seed; the label tells the streams of one run apart. */
export function randomFrom(seed: number, label = 0): Randomness {
  let counter = stir(seed ^ stir(label + golden))
  function u32(): number {
    counter = (counter + golden) | 0
    return stir(counter)
  }
  return { u32, below: (limit) => Math.floor((u32() / 2 ** 32) * limit) }
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
