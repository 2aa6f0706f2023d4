/**
 * What comes before a measurement, the same for every arm that runs on Node.
 *
 * Invariant: right before the measurement there is a short part of the same work, because a whole
 * garbage collection takes away some of what the compiler had learnt from the long one.
 */
import { collectGarbage } from '../arm.ts'

/** How much warming up is enough for the compiler to have its last word. */
export const warmUp = {
  messages: 50_000,
  /** Several mailboxes full: only when one has run empty has the compiler seen all of the way. */
  casts: 400_000,
  workers: 20_000,
  samples: 5_000,
  again: 2_000,
} as const

/**
 * Warms up, leaves no garbage of it to the measurement, and warms up again.
 *
 * @param most how many operations the first part has
 * @param work does so many
 */
export async function warmUpBy(most: number, work: (count: number) => unknown): Promise<void> {
  await work(most)
  collectGarbage()
  await work(Math.min(most, warmUp.again))
}

/** How many messages come before so many measured ones: never more than the measurement itself. */
export function warmUpOf(messages: number): number {
  return Math.min(messages, warmUp.messages)
}
