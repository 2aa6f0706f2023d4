import { expect, test } from 'vitest'
import { Progress } from '../../src/cli/progress.ts'
import { SeedTally } from '../../src/cli/seed-tally.ts'
import { failedReport } from './reports.ts'
import { shellOf } from './shells.ts'

test('says how far it is every five seconds, and not more often', () => {
  let nowMs = 0
  const { shell, said } = shellOf([], { nowMs: () => nowMs })
  const progress = new Progress(shell, 9)
  const tally = new SeedTally()
  tally.add(failedReport(1))
  for (const atMs of [1000, 4999, 5000, 9999, 10_000]) {
    nowMs = atMs
    progress.done(tally)
  }
  expect(said).toEqual([
    '3 of 9 runs, 0.0 simulated hours, 1 failed',
    '5 of 9 runs, 0.0 simulated hours, 1 failed',
  ])
})
