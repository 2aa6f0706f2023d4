import { expect, test } from 'vitest'
import { parseRun } from '../../src/cli/choices.ts'
import { checkDeterminism } from '../../src/cli/determinism.ts'
import type { Performer, Task } from '../../src/cli/task.ts'
import { reportOf } from './reports.ts'
import { shellOf } from './shells.ts'

const targets = [{ file: 'f', name: 'a' }]

async function check(perform: Performer, ...given: string[]) {
  const parsed = parseRun(['--check-determinism', '3', '--first-seed', '5', ...given], 1)
  if (parsed.kind !== 'run') throw new Error(parsed.kind)
  const { shell, printed, said } = shellOf([])
  return {
    code: await checkDeterminism(parsed.choices, { targets, perform, shell }),
    printed,
    said,
  }
}

function hashing(hashOf: (seed: number, time: number) => string) {
  const times = new Map<number, number>()
  const perform = async (task: Task) => {
    if (task.kind !== 'run') throw new Error(task.kind)
    const { seed } = task.options
    const time = (times.get(seed) ?? 0) + 1
    times.set(seed, time)
    return { kind: 'ran', report: reportOf({ seed, hash: hashOf(seed, time) }) } as const
  }
  return { perform, times }
}

test('runs each seed twice and finds the same', async () => {
  const { perform, times } = hashing((seed) => `hash ${seed}`)
  const { code, printed } = await check(perform)
  expect([code, printed]).toEqual([0, ['3 runs, each twice: the same hash every time']])
  expect([...times]).toEqual([
    [5, 2],
    [6, 2],
    [7, 2],
  ])
})

test('tells which seed went another way', async () => {
  const { perform } = hashing((seed, time) => (seed === 6 ? `hash ${time}` : 'hash'))
  const { code, printed, said } = await check(perform)
  expect([code, said]).toEqual([1, ['a seed 6: hash 1 and then hash 2']])
  expect(printed).toEqual(['1 of 3 runs went another way the second time'])
  const json = await check(hashing((_seed, time) => `${time}`).perform, '--json')
  expect(JSON.parse(json.printed.join(''))).toMatchObject({ ok: false, different: { length: 3 } })
})

test('is refused with the options, and fails with the process', async () => {
  const refused = await check(async () => ({ kind: 'refused', message: 'no' }))
  expect([refused.code, refused.said]).toEqual([2, ['no']])
  const lost = await check(async () => ({ kind: 'died', message: 'it ended' }))
  expect([lost.code, lost.said[0]]).toEqual([1, 'a process was lost: it ended'])
})
