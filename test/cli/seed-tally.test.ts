import { expect, test } from 'vitest'
import { SeedTally } from '../../src/cli/seed-tally.ts'
import { failedReport, reportOf } from './reports.ts'

test('adds up time, computing, faults and what was seen', () => {
  const tally = new SeedTally()
  tally.add(reportOf({ virtualMs: 1_800_000, cpuMs: 15_000, faultCounts: { kill: 2 } }))
  tally.add(reportOf({ virtualMs: 1_800_000, cpuMs: 45_000, faultCounts: { kill: 1, loss: 4 } }))
  expect(tally.simulatedHours).toBe(1)
  expect(tally.cpuMinutes).toBe(1)
  expect(Object.fromEntries(tally.faults)).toEqual({ kill: 3, loss: 4 })
})

test('names what was never seen in any run of a simulation', () => {
  const tally = new SeedTally()
  tally.add(reportOf({ sometimes: { often: 0, never: 0 } }))
  tally.add(reportOf({ sometimes: { often: 3, never: 0 } }))
  tally.add(reportOf({ name: 'b', sometimes: { often: 0 } }))
  expect(tally.unseen()).toEqual([
    { simulation: 'a', what: 'never' },
    { simulation: 'b', what: 'often' },
  ])
})

test('keeps one failure for each simulation and cause, the one of the lowest seed', () => {
  const tally = new SeedTally()
  for (const report of [failedReport(3), failedReport(1), failedReport(2, 'other')]) {
    tally.add(report)
  }
  tally.add(failedReport(4, 'finally', 'b'))
  tally.add(reportOf({ seed: 0 }))
  tally.sort()
  expect(tally.runs.map(({ seed }) => seed)).toEqual([0, 1, 2, 3, 4])
  expect(tally.failed.map(({ seed }) => seed)).toEqual([1, 2, 3, 4])
  expect(tally.distinct().map(({ seed }) => seed)).toEqual([1, 2, 4])
})
