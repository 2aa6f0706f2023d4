/**
 * Bigger programs, each in an order of events drawn by chance: eight clients, a hundred steps.
 */
import { expect, test } from 'vitest'
import { runRandom, runRound } from '../../soak/races/random.ts'

// 1,000,000 and more: npm run test:races -- --operations 1000000
test('names, workers of fleets and locks are linearizable under schedules drawn by chance', async () => {
  const { count, finding } = await runRandom({ operations: 15_000, seed: Date.now() % 2 ** 32 })
  if (finding !== undefined) {
    const again = `npm run test:races -- --exhaustive none --operations 1 --seed ${finding.seed}`
    throw new Error(again, { cause: finding.error })
  }
  expect(count.operations).toBeGreaterThanOrEqual(15_000)
  expect(count.rounds).toBeGreaterThan(50)
}, 60_000)

test('a round is decided by its seed alone', async () => {
  const counts: number[] = []
  for (const seed of [7, 8, 7, 8]) counts.push(await runRound(seed))
  expect(counts.slice(2)).toEqual(counts.slice(0, 2))
  expect(counts[0]).not.toBe(counts[1])
})
