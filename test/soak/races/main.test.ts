import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'

const program = fileURLToPath(new URL('../../../build/soak/races/main.js', import.meta.url))

test('prints one JSON document with what it ran, and finds nothing', async () => {
  const given = ['--operations', '3000', '--seed', '9', '--exhaustive', 'none', '--json']
  const { code, stdout, stderr } = await run(...given)
  expect([code, stderr]).toEqual([0, ''])
  const report = JSON.parse(stdout)
  expect(report).toMatchObject({ seed: 9, node: process.version, findings: [], exhaustive: [] })
  expect(report.random.operations).toBeGreaterThanOrEqual(3000)
})

test('prints a line for each part and the verdict', async () => {
  const { code, stdout } = await run('--exhaustive', 'none', '--operations', '1', '--seed', '9')
  expect(code).toBe(0)
  expect(stdout).toMatch(/^seed 9\nrandom schedules +1 rounds, .*\nno violation in .* s, seed 9\n$/)
})

test('prints its usage when asked, and refuses what it does not know', async () => {
  expect(await run('--help')).toMatchObject({ code: 0, stderr: '' })
  const refused = await run('--operation', '1')
  expect(refused).toMatchObject({ code: 2, stdout: '' })
  expect(refused.stderr).toContain('Try --help')
})

async function run(...args: string[]) {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const closed = once(child, 'close')
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)])
  const [code] = await closed
  return { code, stdout, stderr }
}
