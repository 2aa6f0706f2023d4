import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { profileRow, rowsToExplain } from '../../bench/explain.ts'
import { reasons } from '../../bench/plan/reasons.ts'
import { allRows } from '../../bench/plan.ts'
import { callRow, measuredRow } from './runs.ts'

function foldersWith(program: string) {
  const folder = mkdtempSync(join(tmpdir(), 'flotilla-bench-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, 'flotilla.js'), program)
  return { node: folder, beam: folder, executable: process.execPath }
}

const { signal } = new AbortController()

describe('the profile of a row', () => {
  test('is of the measured part, in an OS process of its own', async () => {
    const folders = foldersWith(`
      const spin = (ms) => { const end = performance.now() + ms; while (performance.now() < end); }
      const nowUs = () => Number(process.hrtime.bigint()) / 1000
      spin(300)
      const fromUs = nowUs()
      spin(60)
      const spans = [{ fromUs, toUs: nowUs() }]
      console.log(JSON.stringify({ intended: 1, completed: 1, figures: {}, spans }))`)
    const profiled = await profileRow(callRow, { folders, signal })
    if (profiled.kind !== 'profiled') throw new Error(profiled.why)
    const { row, sampledMs, buckets } = profiled.explanation
    expect(row).toBe('call-one')
    expect(sampledMs).toBeGreaterThan(20)
    expect(sampledMs).toBeLessThan(300)
    expect(buckets.length).toBeGreaterThan(0)
    expect(buckets.length).toBeLessThanOrEqual(6)
  })

  test('fails with what the arm says if that does not measure', async () => {
    const folders = foldersWith('console.error("no such thing"); process.exit(3)')
    const profiled = await profileRow(callRow, { folders, signal })
    expect(profiled).toMatchObject({ kind: 'failed' })
    expect(JSON.stringify(profiled)).toContain('ended with 3: no such thing')
  })
})

test('the rows to explain are those that miss a target in time', () => {
  const met = measuredRow({ flotilla: [1, 1], beam: [100, 100] })
  const missed = measuredRow({ flotilla: [100, 100], beam: [100, 100] })
  const bytes = {
    ...callRow,
    metrics: callRow.metrics.map((each) => ({ ...each, unit: 'B' as const })),
  }
  const heavy = measuredRow({ flotilla: [100, 100], beam: [100, 100] }, bytes)
  expect(rowsToExplain([met, missed, heavy])).toEqual([missed.row])
})

test('every reason that is written is that of a row of the plan', () => {
  const ids = allRows.map(({ id }) => id)
  expect(Object.keys(reasons).filter((id) => !ids.includes(id))).toEqual([])
})
