import { expect, test } from 'vitest'
import { SeedTally } from '../../src/cli/seed-tally.ts'
import { type Comparison, summaryDocument, summaryLines } from '../../src/cli/summary.ts'
import { failedReport, reportOf } from './reports.ts'

function outcomeOf(tally: SeedTally) {
  return {
    tally,
    wallMs: 2000,
    isInterrupted: false,
    shrunk: new Map(),
    options: {},
    comparison: undefined,
    from: { command: 'npx flotilla', folder: '/project' },
  }
}

test('says how much was simulated, what happened, what was never seen and what failed', () => {
  const tally = new SeedTally()
  tally.add(reportOf({ virtualMs: 3_600_000, cpuMs: 30_000, faultCounts: { loss: 2, cut: 1 } }))
  tally.add(failedReport(2))
  tally.add(reportOf({ name: 'b', sometimes: { luck: 0 } }))
  const lost = { file: '/project/b.sim.js', name: 'b', options: { seed: 9, minutes: 3 }, seed: 9 }
  tally.lost.push({ ...lost, message: 'it hung', where: ['at f (b.sim.js:1:2)'] })
  tally.hung.push('b')
  expect(summaryLines(outcomeOf(tally))).toEqual([
    'LOST b seed 9: it hung',
    '    at f (b.sim.js:1:2)',
    '  run it again:',
    '    npx flotilla sim replay b.sim.js --only b --seed 9 --minutes 3',
    'the other seeds of b were left out',
    '3 runs of a, b: 1.07 simulated hours in 2.0 s, 2.0 simulated hours per CPU minute',
    'faults: cut 1, loss 2',
    'never seen in b: luck',
    '2 of 4 failed',
  ])
})

test('is no failure if nothing failed, and nothing at all if nothing was run', () => {
  const tally = new SeedTally()
  const lines = summaryLines({ ...outcomeOf(tally), isInterrupted: true })
  expect(lines[0]).toBe('interrupted: what follows is not all')
  expect(lines[1]).toContain('0 runs of nothing: 0.00 simulated hours')
  expect(lines.at(-1)).toBe('no failures')
})

test('gives programs each hash and each replay line, that of what is left of it as well', () => {
  const tally = new SeedTally()
  const failed = failedReport(2)
  tally.add(reportOf())
  tally.add(failed)
  const shrunk = new Map([[failed, { report: failedReport(2), runs: 5 }]])
  const document = summaryDocument({ ...outcomeOf(tally), shrunk })
  const replay = 'npx flotilla sim replay sims/a.sim.js --only a --seed 2 --minutes 2'
  expect(document).toMatchObject({
    ok: false,
    interrupted: false,
    runCount: 2,
    failures: [{ seed: 2, replay, shrunk: { replay } }],
    runs: [
      { seed: 1, hash: 'abc', ok: true },
      { seed: 2, ok: false },
    ],
  })
})

test('says whether the runs went as earlier ones', () => {
  const tally = new SeedTally()
  tally.add(reportOf())
  const outcomeWith = (different: Comparison['different']) => ({
    ...outcomeOf(tally),
    comparison: { path: 'one.json', different },
  })
  expect(summaryLines(outcomeWith([]))).toContain('the same hashes as in one.json')
  expect(summaryDocument(outcomeWith([]))).toMatchObject({ ok: true })
  const different = { name: 'a', seed: 7, earlier: 'abc', now: undefined }
  expect(summaryLines(outcomeWith([different]))).toEqual(
    expect.arrayContaining([
      'a seed 7: abc then and not run now',
      '1 runs went another way than in one.json, of 1',
    ]),
  )
  expect(summaryDocument(outcomeWith([different]))).toMatchObject({ ok: false })
})
