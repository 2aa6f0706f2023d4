/**
 * Random numbers that are the same for the same seed, on every machine.
 *
 * Invariant: the n-th number depends on the seed and on n alone.
 */
import { hashText } from '../core/hash.ts'

/**
 * A stream of unsigned 32-bit integers (splitmix32).
 *
 * @param seed an integer from 0 to 2^32 - 1
 * @returns what gives the next number
 */
export function randomSource(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x9e3779b9) | 0
    let mixed = state ^ (state >>> 16)
    mixed = Math.imul(mixed, 0x21f0aaad)
    mixed ^= mixed >>> 15
    mixed = Math.imul(mixed, 0x735a2d97)
    return (mixed ^ (mixed >>> 15)) >>> 0
  }
}

/**
 * A stream of its own for each label: one more draw from one of them moves nothing in the others.
 *
 * @param seed an integer from 0 to 2^32 - 1
 * @param label whose stream it is
 */
export function forkedSource(seed: number, label: string): () => number {
  return randomSource(hashText(label, seed))
}

/**
 * Draws a number from a stream.
 *
 * @returns a number from 0 (included) to 1 (excluded)
 */
export function fraction(source: () => number): number {
  return source() / 2 ** 32
}

/**
 * Draws an integer from a stream.
 *
 * @param source what {@link randomSource} gave
 * @param limit an integer of at least 1
 * @returns an integer from 0 to `limit` - 1
 */
export function below(source: () => number, limit: number): number {
  return Math.floor((source() / 2 ** 32) * limit)
}
