import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { earlierRun, keepRun } from '../../bench/record.ts'
import { measuredRow, runOf } from './runs.ts'

const run = { ...runOf(measuredRow({ flotilla: [100] })), interrupted: true }

function somePath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'flotilla-record-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'run.json')
}

describe('a run in a file', () => {
  test('is found as it was kept, the last time, with nothing beside it', () => {
    const path = somePath()
    expect(earlierRun(path, run)).toBeUndefined()
    keepRun(path, runOf())
    keepRun(path, run)
    expect(earlierRun(path, run)).toEqual(run)
    expect(existsSync(`${path}.part`)).toBe(false)
  })

  test.each([
    ['commit', { machine: { ...run.machine, commit: 'ba9876543210' } }],
    ['node', { machine: { ...run.machine, node: 'v24.0.0' } }],
    ['peers', { machine: { ...run.machine, peers: {} } }],
    ['scale', { scale: 'quick' as const }],
    ['planted', { planted: true }],
  ])('is not gone on with if it differs in its %s', (what, changes) => {
    const path = somePath()
    keepRun(path, run)
    const now = { ...run, ...changes }
    expect(() => earlierRun(path, now)).toThrow(`${path}: it differs in ${what}. Name another file`)
  })

  test('is refused a folder that is not there, before anything is measured', () => {
    const path = join(somePath(), 'nowhere', 'run.json')
    expect(() => earlierRun(path, run)).toThrow(/^Cannot keep the run in .*: there is no folder /)
  })

  test('is not taken for one if it is something else, and stays as it is', () => {
    const path = somePath()
    writeFileSync(path, 'a letter')
    expect(() => earlierRun(path, run)).toThrow('it is no JSON')
    expect(readFileSync(path, 'utf8')).toBe('a letter')
  })
})
