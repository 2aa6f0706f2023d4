import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'

test.each(['flotilla', 'floor'])('%s answers a task with one line of JSON', async (arm) => {
  const task = { workload: 'start', size: 500, count: 500, slow: false }
  const { code, stdout, stderr } = await run(arm, JSON.stringify(task))
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout.split('\n')).toEqual([expect.any(String), ''])
  const answer = JSON.parse(stdout)
  expect(answer).toMatchObject({ intended: 500, completed: 500 })
  expect(answer.figures.operationsPerSecond).toBeGreaterThan(0)
})

test.each(['flotilla', 'floor'])('%s refuses what is no task, on stderr alone', async (arm) => {
  const refused = await run(arm, '{"workload": "nonsense", "size": 1, "count": 1, "slow": false}')
  expect(refused).toMatchObject({ code: 2, stdout: '' })
  expect(refused.stderr).toContain('Cannot do the workload "nonsense": there are call-one, ')
  expect(await run(arm, 'call-one')).toMatchObject({ code: 2, stdout: '' })
})

test('flotilla keeps sockets and timers going in a flood', async () => {
  const task = { workload: 'responsive', size: 16, count: 300, slow: false }
  const { code, stdout, stderr } = await run('flotilla', JSON.stringify(task))
  expect([code, stderr]).toEqual([0, ''])
  const { intended, completed, figures } = JSON.parse(stdout)
  expect(completed).toBe(intended)
  expect(Object.keys(figures)).toEqual([
    'echoP99IdleMs',
    'echoP99FloodMs',
    'timerP99IdleMs',
    'timerP99Ms',
    'callsPerSecond',
  ])
  expect(Object.values(figures).every((figure) => Number(figure) > 0)).toBe(true)
})

test.each([
  ['once', false],
  ['twice, counted once', true],
])('flotilla weighs its event feed in two threads, with the work done %s', async (_how, slow) => {
  const task = { workload: 'feed', size: 20, count: 40, slow }
  const { code, stdout, stderr } = await run('flotilla', JSON.stringify(task))
  expect([code, stderr]).toEqual([0, ''])
  const { intended, completed, figures } = JSON.parse(stdout)
  // Calls and restarts, unheard and heard, seven turns each; an end, its report and a start.
  expect([intended, completed, figures.eventsPerRestart]).toEqual([1120, 1120, 3])
})

test('flotilla is loaded anew to tell how long an import takes', async () => {
  const task = { workload: 'import-time', size: 1, count: 1, slow: false }
  const { code, stdout } = await run('flotilla', JSON.stringify(task))
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({ intended: 1, completed: 1 })
})

async function run(arm: string, task: string) {
  const program = fileURLToPath(new URL(`../../../build/bench/arms/${arm}.js`, import.meta.url))
  const stdio = ['ignore', 'pipe', 'pipe'] as const
  const child = spawn(process.execPath, ['--expose-gc', program, task], { stdio: [...stdio] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const closed = once(child, 'close')
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)])
  const [code] = await closed
  return { code, stdout, stderr }
}
