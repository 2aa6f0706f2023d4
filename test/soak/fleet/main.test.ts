import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import { plants } from '../../../soak/fleet/plants.ts'

const program = fileURLToPath(new URL('../../../build/soak/fleet/main.js', import.meta.url))
const small = ['--workers', '100', '--calls', '1000', '--minutes', '0.04', '--seed', '7']
/** What a busy machine can break without anything being wrong with what is tested. */
const ofTheMachine = ['pace', 'name-gap']

test('prints one JSON document, writes the CSV, the picture and the counts', async () => {
  const folder = temporaryFolder()
  const report = join(folder, 'counts.json')
  const { code, stdout, stderr } = await run(folder, '--json', '--report', report)
  const { verdict, facts, criteria } = JSON.parse(stdout)
  expect(brokenOf(criteria)).toEqual([])
  expect([facts.load.workers, facts.seed, facts.findings]).toEqual([100, 7, []])
  expect(facts.calls.offered).toBeGreaterThan(2000)
  if (verdict === 'held') expect(code).toBe(0)
  expect(readdirSync(folder).sort()).toEqual(['counts.json', 'soak-S0-7.csv', 'soak-S0-7.svg'])
  const counts = JSON.parse(readFileSync(report, 'utf8'))
  expect(counts.numPassedTests).toBeGreaterThan(25)
  expect(counts.success).toBe(verdict === 'held')
  expect(stderr).toContain('wrote ')
})

describe('turns red, by the criterion that is meant for it,', () => {
  test.each(Object.entries(plants))('with %s: %s', async (plant, criterion) => {
    const { code, stdout } = await run(temporaryFolder(), '--json', '--plant', plant)
    const { verdict, criteria, facts } = JSON.parse(stdout)
    expect([code, verdict, facts.plant]).toEqual([1, 'broken', plant])
    expect(brokenOf(criteria)).toContain(criterion)
  })
})

test('stops in order when it is interrupted, and still judges', async () => {
  const child = start(['--workers', '50', '--minutes', '60', '--output', temporaryFolder()])
  const closed = once(child, 'close')
  const stdout = text(child.stdout)
  // It says how it goes once it does.
  await once(child.stderr, 'data')
  child.kill('SIGINT')
  const [code] = await closed
  expect(await stdout).toMatch(/, interrupted, .*criteria/s)
  expect([130, 1]).toContain(code)
})

test('explains itself, and refuses what it does not know', async () => {
  expect(await run(undefined, '--help')).toMatchObject({ code: 0, stderr: '' })
  const refused = await run(undefined, '--level', 'S9')
  expect(refused).toMatchObject({ code: 2, stdout: '' })
  expect(refused.stderr).toBe(
    'Cannot read the options: --level is "S9", want S0, S1, S2\nTry --help\n',
  )
})

function brokenOf(criteria: { id: string; verdict: string }[]): readonly string[] {
  return criteria
    .filter(({ id, verdict }) => verdict === 'broken' && !ofTheMachine.includes(id))
    .map(({ id }) => id)
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'soak-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

async function run(folder: string | undefined, ...given: string[]) {
  const child = start(folder === undefined ? given : [...small, '--output', folder, ...given])
  const closed = once(child, 'close')
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)])
  const [code] = await closed
  return { code, stdout, stderr }
}

function start(given: readonly string[]) {
  const child = spawn(process.execPath, [program, ...given], { stdio: ['ignore', 'pipe', 'pipe'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}
