import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { select } from '../../bench/plan.ts'
import { runJson } from '../../bench/report/json.ts'
import { readRun } from '../../bench/run.ts'
import { measuredRow, runOf } from './runs.ts'

const program = 'build/bench/main.js'
const withoutElixir = { ...process.env, PATH: '/nowhere' }

function bench(...given: readonly string[]) {
  const options = { encoding: 'utf8', env: withoutElixir } as const
  return spawnSync(process.execPath, [program, ...given], options)
}

/** A recorded run of one row, in a file. */
function recorded(flotilla: number, beam: number): string {
  const [row] = select({ groups: [], only: ['call-one'], scale: 'full', planted: false })
  if (row === undefined) throw new Error('the plan has no call-one')
  const measured = measuredRow({ flotilla: [flotilla], beam: [beam] }, row)
  const folder = mkdtempSync(join(tmpdir(), 'flotilla-bench-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const path = join(folder, 'run.json')
  writeFileSync(path, runJson({ ...runOf(measured), scale: 'quick' }, [measured]))
  return path
}

describe('the benchmark', () => {
  test('measures the arms that are there, and says how to get the BEAM', () => {
    const { status, stdout, stderr } = bench('--only', 'call-one', '--quick', '--rounds', '2')
    expect(stderr).toBe('row 1 of 1: call-one\n')
    expect(stdout).toMatch(/Flotilla +[\d.]+ [nµ]s/)
    expect(stdout).toContain('not measured: Elixir could not be started. Debian, Ubuntu: apt-get')
    expect(status).toBe(0)
  })

  test('prints one JSON document and nothing else, which it can read again', () => {
    const { status, stdout } = bench('--only=installed-size', '--rounds=1', '--json')
    expect(status).toBe(0)
    const run = readRun(stdout, 'the output')
    expect(run.rows[0]?.arms.map(({ arm }) => arm)).toEqual([
      'flotilla',
      'nact',
      'comedy',
      'xstate',
      'effect',
    ])
    expect(run.machine.node).toBe(process.version)
  })

  test('reports a recorded run; its check is green above the floors', () => {
    const { status, stdout, stderr } = bench('--from', recorded(1, 1000), '--check')
    expect(stdout).toContain('Flotilla is ahead by 1,000×')
    expect(stderr).toContain('No ratio is under its floor')
    expect(status).toBe(0)
  })

  test('has a check that is red under a floor', () => {
    const { status, stdout, stderr } = bench('--from', recorded(1000, 1), '--check')
    expect(stdout).toContain('Flotilla is BEHIND by 1,000×')
    expect(stderr).toContain('under the floor')
    expect(status).toBe(1)
  })

  test('has a check that is red if what has a floor was not measured', () => {
    const { status, stderr } = bench('--only=call-one', '--quick', '--rounds=1', '--check')
    expect(stderr).toContain('call by via, one caller, one worker: not measured, floor')
    expect(status).toBe(1)
  })

  test('profiles a row: whose time it is, in six lines at most', () => {
    const { status, stdout } = bench('--profile', 'rendezvous-64')
    expect(status).toBe(0)
    expect(stdout).toMatch(/^rendezvous-64: rendezvous pick among 64 nodes, \d+ ms\n/)
    expect(stdout).toMatch(/^ +\d+\.\d % {2}core\/(rendezvous|hash): \w+$/m)
    expect(stdout.split('\n').length).toBeLessThanOrEqual(8)
  })

  test('goes on with a run that was kept, without measuring its rows again', () => {
    const folder = mkdtempSync(join(tmpdir(), 'flotilla-bench-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const path = join(folder, 'run.json')
    const given = ['--quick', '--rounds=1', `--record=${path}`]
    expect(bench('--only=installed-size', ...given).status).toBe(0)
    const first = readRun(readFileSync(path, 'utf8'), path)
    const { status, stderr } = bench('--only=call-one,installed-size', ...given)
    expect([status, stderr]).toEqual([0, 'row 1 of 1: call-one\n'])
    const second = readRun(readFileSync(path, 'utf8'), path)
    expect(second.rows.map(({ id }) => id)).toEqual(['call-one', 'installed-size'])
    expect(second.rows[1]).toEqual(first.rows[0])
    expect([second.began, second.commands.length, second.interrupted]).toEqual([
      first.began,
      2,
      false,
    ])
  })

  test('refuses a Node that is none', () => {
    const { status, stderr } = bench('--only=call-one', '--node=/nowhere/node')
    expect(stderr).toContain('Cannot run /nowhere/node: it must be a Node')
    expect(status).toBe(2)
  })

  test('ends the arm that runs on Ctrl-C, and reports what there is', async () => {
    const given = [program, '--only', 'call-one,memory', '--rounds', '99', '--json']
    const child = spawn(process.execPath, given, { env: withoutElixir })
    onTestFinished(() => void child.kill('SIGKILL'))
    let stdout = ''
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString()
    })
    await once(child.stderr, 'data')
    child.kill('SIGINT')
    const [code] = await once(child, 'close')
    expect(code).toBe(130)
    const run = readRun(stdout, 'the output')
    expect(run.interrupted).toBe(true)
    expect(run.rows.map(({ id }) => id)).toEqual(['call-one'])
  })
})

describe('the command line of the benchmark', () => {
  test('is refused with exit code 2 when it is not understood', () => {
    const { status, stdout, stderr } = bench('--rounds', 'many')
    expect(stderr).toContain('--rounds is "many"')
    expect(stdout).toBe('')
    expect(status).toBe(2)
  })

  test('refuses a file that is no recorded run', () => {
    const { status, stderr } = bench('--from', 'package.json')
    expect(stderr).toContain('Cannot read package.json.format')
    expect(status).toBe(2)
  })

  test('tells about itself', () => {
    const { status, stdout } = bench('--help')
    expect(stdout).toContain('npm run bench')
    expect(status).toBe(0)
  })
})
