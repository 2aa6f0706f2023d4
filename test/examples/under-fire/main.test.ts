import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { invariants } from '../../../examples/under-fire/oracle/invariants.ts'

const program = fileURLToPath(
  new URL('../../../build/examples/under-fire/main.js', import.meta.url),
)
const small = ['--users', '200', '--games', '4']

describe('the main job', () => {
  it('prints one JSON document and nothing else, and exits by itself', async () => {
    const run = start([...small, '--seconds', '2', '--seed', '5', '--json'])
    const [stdout, stderr, code] = await Promise.all([run.stdout, run.stderr, run.code])
    const report = JSON.parse(stdout)
    expect(code).toBe(0)
    expect(report).toMatchObject({ verdict: 'held', users: 200, games: 4, seed: 5 })
    expect(report.kills).toBeGreaterThan(100)
    expect(Object.keys(report.violations)).toEqual(Object.keys(invariants))
    expect(Object.values(report.violations)).toEqual(Object.keys(invariants).map(() => 0))
    expect(stderr).toMatch(/^starting 200 users and 4 games\n/)
    expect(stderr).toMatch(/ 1 s .* calls\/s/)
  })

  it('prints plain lines and the verdict where there is no terminal', async () => {
    const run = start([...small, '--seconds', '1', '--seed', '5'])
    const [stdout, stderr, code] = await Promise.all([run.stdout, run.stderr, run.code])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^seed 5\nstarting 200 users and 4 games\n/)
    expect(stdout.endsWith('held: no invariant broke\n')).toBe(true)
    expect(stdout).not.toContain('\u001b')
    expect(stderr).toBe('')
  })

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'stops in order at %s, with a verdict',
    async (signal) => {
      const run = start([...small, '--seconds', '3600', '--json'])
      await run.says('s ')
      run.process.kill(signal)
      const [stdout, stderr, code] = await Promise.all([run.stdout, run.stderr, run.code])
      expect(JSON.parse(stdout)).toMatchObject({ verdict: 'held', interrupted: true })
      expect(stderr).toContain('Stopping in order')
      expect(code).toBe(0)
    },
  )

  it('ends quietly when its reader goes away', async () => {
    const run = start([...small, '--seconds', '3600'])
    run.process.stdout.destroy()
    const [stderr, code] = await Promise.all([run.stderr, run.code])
    expect(stderr).toBe('')
    expect(code).toBe(0)
  })

  it.each([
    [['--user', '5'], 'perhaps --users was meant'],
    [['--users', '-5'], 'Cannot read the options: --users is "-5", want a whole number'],
    [['--seconds', 'NaN'], 'from 0.1 to 86400'],
    [['--kills-per-second', '1e309'], 'from 0 to 10000'],
  ])('refuses %j with exit code 2, on standard error, without a stack', async (given, said) => {
    const run = start(given)
    const [stdout, stderr, code] = await Promise.all([run.stdout, run.stderr, run.code])
    expect([stdout, code]).toEqual(['', 2])
    expect(stderr).toContain(said)
    expect(stderr).not.toMatch(/\n\s+at /)
  })

  it('explains itself', async () => {
    const run = start(['--help'])
    const [stdout, stderr, code] = await Promise.all([run.stdout, run.stderr, run.code])
    expect(stdout).toContain('--kills-per-second N')
    expect([stderr, code]).toEqual(['', 0])
  })
})

function start(given: readonly string[]) {
  const process: ChildProcessByStdio<null, Readable, Readable> = spawn(
    globalThis.process.execPath,
    [program, ...given],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  return {
    process,
    stdout: process.stdout.destroyed ? Promise.resolve('') : text(process.stdout).catch(() => ''),
    stderr: text(process.stderr),
    code: once(process, 'exit').then(([code]): unknown => code),
    says: (part: string) => says(process.stderr, part),
  }
}

/** Resolves when a stream has said something. */
async function says(stream: Readable, part: string): Promise<void> {
  let said = ''
  await new Promise<void>((resolve) => {
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      if (said.includes(part)) resolve()
    })
  })
}
