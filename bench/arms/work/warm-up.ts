/**
 * What comes before a measurement, the same for every arm that runs on Node.
 *
 * Invariant: between the last whole garbage collection and the measurement there is as much of the
 * same work as before the collection, because that takes away what the compiler had learnt: the
 * next tens of thousands of calls may take twice as long.
 */
import { collectGarbage } from '../arm.ts'

/** How much warming up is enough for the compiler to have its last word. */
export const warmUp = {
  messages: 200_000,
  /** Several mailboxes full: only when one has run empty has the compiler seen all of the way. */
  casts: 400_000,
  ends: 100_000,
  workers: 20_000,
  samples: 5_000,
} as const

/** A part goes on no longer than this: whoever is so slow was compiled long before. */
const partMs = 1_000
const unitOperations = 50_000

/**
 * Warms up, collects what setting up and that have left, and warms up again.
 *
 * @param count how many operations each part has; fewer, if they take more than a second
 * @param work does so many
 * @param unit how many at a time
 */
export async function warmUpBy(
  count: number,
  work: (count: number) => unknown,
  unit = unitOperations,
): Promise<void> {
  const part = async (): Promise<void> => {
    const beganAt = performance.now()
    for (let done = 0; done < count && performance.now() - beganAt < partMs; done += unit) {
      await work(Math.min(unit, count - done))
    }
  }
  await part()
  collectGarbage()
  await part()
}

/** How many messages come before so many measured ones: never more than the measurement itself. */
export function warmUpOf(messages: number): number {
  return Math.min(messages, warmUp.messages)
}
