import { expect, onTestFinished, test } from 'vitest'
import type { TaskAnswer } from '../../src/cli/task.ts'
import { WorkerPool } from '../../src/cli/worker-pool.ts'

const program = new URL('fixtures/numbered-worker.mjs', import.meta.url)

function poolOf(size: number): WorkerPool {
  const pool = new WorkerPool({ size, limitMs: 1000, program })
  onTestFinished(() => pool.close())
  return pool
}

const list = (file: string) => ({ kind: 'list', file }) as const

/** What was asked, by which process, as which of its tasks. */
function namesOf(answer: TaskAnswer): readonly string[] {
  return answer.kind === 'listed' ? answer.names : [answer.kind]
}

test('does all tasks of a pool of one in one process, in order', async () => {
  const pool = poolOf(1)
  const answers = await Promise.all(['a', 'b', 'c'].map((file) => pool.perform(list(file))))
  const names = answers.map(namesOf)
  expect(names.map(([file, , task]) => [file, task])).toEqual([
    ['a', '1'],
    ['b', '2'],
    ['c', '3'],
  ])
  expect(new Set(names.map(([, pid]) => pid)).size).toBe(1)
})

test('spreads tasks over as many processes as there may be', async () => {
  const pool = poolOf(2)
  const answers = await Promise.all(['a', 'b', 'c', 'd'].map((file) => pool.perform(list(file))))
  expect(new Set(answers.map((answer) => namesOf(answer)[1])).size).toBe(2)
})

test('answers a task whose process has ended, and goes on with another one', async () => {
  const pool = poolOf(1)
  const ended = pool.perform(list('end'))
  const next = pool.perform(list('next'))
  expect(await ended).toEqual({ kind: 'died', message: 'it ended with code 7' })
  expect(namesOf(await next)).toMatchObject(['next', /\d+/, '1'].map((part) => matching(part)))
})

test('stops everything at once when it is closed', async () => {
  const pool = poolOf(1)
  const waiting = [pool.perform(list('wait')), pool.perform(list('later'))]
  pool.close()
  waiting.push(pool.perform(list('too late')))
  expect(await Promise.all(waiting)).toEqual(waiting.map(() => ({ kind: 'stopped' })))
})

function matching(part: string | RegExp): unknown {
  return expect.stringMatching(part)
}
