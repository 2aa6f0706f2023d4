import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import {
  type ArmFolders,
  type ArmRun,
  commandOf,
  outcomeOf,
  runArm,
} from '../../bench/arm-process.ts'
import { unseenPlants } from '../../bench/check.ts'
import { judgeRow } from '../../bench/judge.ts'
import { armOf } from '../../bench/plan/arms.ts'
import { measureRows } from '../../bench/rounds.ts'
import { callRow } from './runs.ts'

const task = { workload: 'call-one', size: 1, count: 100, slow: false }

/** Puts a program in the place of Flotilla's arm. */
function armsWith(program: string): ArmFolders {
  const folder = mkdtempSync(join(tmpdir(), 'flotilla-bench-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, 'flotilla.js'), program)
  return { node: folder, beam: folder, executable: process.execPath }
}

function run(more: Partial<ArmRun> = {}): ArmRun {
  const { signal } = new AbortController()
  return { arm: 'flotilla', task, nodeFlags: [], signal, limitMs: 10_000, ...more }
}

describe('an arm', () => {
  test('is told its task and may collect garbage', async () => {
    const folders = armsWith(`
      const { workload, size, count, slow } = JSON.parse(process.argv[2])
      const figures = { size, canCollect: typeof gc === 'function' ? 1 : 0 }
      const isRight = workload === 'call-one' && slow === false
      console.log(JSON.stringify({ intended: count, completed: isRight ? count : 0, figures }))`)
    expect(await runArm(folders, run())).toEqual({
      kind: 'measured',
      intended: 100,
      completed: 100,
      figures: { size: 1, canCollect: 1 },
    })
  })

  test('on the BEAM has its schedulers, its processes and its task on the command line', () => {
    const folders = { node: '/arms', beam: '/beam', executable: '/node' }
    expect(commandOf(armOf('beam-2'), folders, { task, nodeFlags: [] })).toEqual({
      command: 'elixir',
      given: ['--erl', '+S 2:2 +P 4000000', '/beam/main.exs', 'call-one', '1', '100'],
    })
  })

  test('that says what it lacks has no such thing', () => {
    expect(outcomeOf('{"lacks": "has no mailbox"}\n')).toEqual({
      kind: 'lacks',
      why: 'has no mailbox',
    })
  })

  test.each([
    ['nothing', '', '0 lines'],
    ['two lines', '{}\n{}\n', '2 lines'],
    ['no JSON', 'ready\n', 'no JSON'],
    ['no figures', '{"intended": 1, "completed": 1}', 'the answer.figures'],
    ['no number', '{"intended": 1, "completed": "1", "figures": {}}', 'the answer.completed'],
  ])('that prints %s has failed', (_name, printed, said) => {
    const outcome = outcomeOf(printed)
    expect(outcome).toMatchObject({ kind: 'failed' })
    expect(outcome.kind === 'failed' && outcome.message).toContain(said)
  })

  test('that crashes has failed, and what it said is told', async () => {
    const folders = armsWith(`console.error('no memory left'); process.exit(3)`)
    expect(await runArm(folders, run())).toEqual({
      kind: 'failed',
      message: 'ended with 3: no memory left',
    })
  })

  test('that hangs is ended with all that it started', async () => {
    const folders = armsWith(`
      import { spawn } from 'node:child_process'
      spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e9)'], { stdio: 'inherit' })
      setInterval(() => {}, 1e9)`)
    // Settles only when nobody holds the pipes any more, the one that was started included.
    expect(await runArm(folders, run({ limitMs: 500 }))).toEqual({
      kind: 'failed',
      message: 'took longer than 0.5 s',
    })
  })

  test('is ended at once by an interrupt, and not begun after one', async () => {
    const stopping = new AbortController()
    const folders = armsWith(`setInterval(() => {}, 1e9)`)
    const running = runArm(folders, run({ signal: stopping.signal }))
    stopping.abort()
    const cutShort = { kind: 'failed', message: 'interrupted' }
    expect(await running).toEqual(cutShort)
    expect(await runArm(folders, run({ signal: stopping.signal }))).toEqual(cutShort)
  })
})

describe('the BEAM', () => {
  test('that is not installed is missing, and it is said how to get it', async () => {
    const path = process.env.PATH
    process.env.PATH = '/nowhere'
    onTestFinished(() => {
      process.env.PATH = path
    })
    const outcome = await runArm(armsWith(''), run({ arm: 'beam' }))
    expect(outcome).toMatchObject({ kind: 'missing' })
    expect(outcome.kind === 'missing' && outcome.how).toContain('apt-get install -y elixir')
  })

  test('that does not start has failed', async () => {
    const folders = armsWith('')
    mkdirSync(join(folders.node, 'bin'))
    writeFileSync(join(folders.node, 'bin', 'elixir'), '#!/bin/sh\necho broken >&2\nexit 3\n')
    chmodSync(join(folders.node, 'bin', 'elixir'), 0o755)
    const path = process.env.PATH
    process.env.PATH = `${join(folders.node, 'bin')}:${path}`
    onTestFinished(() => {
      process.env.PATH = path
    })
    const outcome = await runArm(folders, run({ arm: 'beam' }))
    expect(outcome).toEqual({ kind: 'failed', message: 'ended with 3: broken' })
  })
})

describe('a planted loss', () => {
  /** Works for 40 ms of processor time, and for twice of it when it is told to be slow. */
  const working = (passes: string): string => `
    const { count, slow } = JSON.parse(process.argv[2])
    const usedMs = () => process.cpuUsage().user / 1000
    const work = () => { for (const began = usedMs(); usedMs() - began < 40; ); }
    const began = usedMs()
    for (let pass = 0; pass < (${passes}); pass++) work()
    const figures = { nsPerOperation: ((usedMs() - began) * 1e6) / count }
    console.log(JSON.stringify({ intended: count, completed: count, figures }))`

  async function judgedWith(passes: string) {
    const folders = armsWith(working(passes))
    const entries = [{ arm: 'flotilla' }, { arm: 'flotilla-slowed' }] as const
    const row = { ...callRow, entries }
    const { signal } = new AbortController()
    const [result] = await measureRows([row], {
      measure: (arm, given) => runArm(folders, run({ arm, task: given })),
      rounds: 3,
      roundsMax: 3,
      wantsMore: () => false,
      measured: () => undefined,
      observe: () => undefined,
      currentLoad: () => 0,
      signal,
    })
    return result === undefined ? [] : judgeRow({ row, result })
  }

  test('of twice the work is reported as a loss by two', async () => {
    const judgements = await judgedWith('slow ? 2 : 1')
    const loss = 1 / (judgements[0]?.planted?.ratio.median ?? Number.NaN)
    expect(loss).toBeGreaterThan(1.8)
    expect(loss).toBeLessThan(2.2)
    expect(unseenPlants(judgements)).toEqual([])
  })

  test('that an arm ignores is noticed', async () => {
    const unseen = unseenPlants(await judgedWith('1'))
    expect(unseen).toHaveLength(1)
    expect(unseen[0]).toContain('a loss by 2 was planted')
  })
})
