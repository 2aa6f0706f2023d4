import { afterEach, expect, test, vi } from 'vitest'
import { warmUpBy, warmUpOf } from '../../../../bench/arms/work/warm-up.ts'

afterEach(() => {
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

test('a warm-up is a part, a garbage collection and as much again', async () => {
  const done: unknown[] = []
  vi.stubGlobal('gc', () => done.push('collection'))
  const work = async (count: number): Promise<void> => void done.push(await count)
  await warmUpBy(20_000, work)
  await warmUpBy(70, work)
  expect(done).toEqual([20_000, 'collection', 20_000, 70, 'collection', 70])
})

test('a warm-up is done in units, the last of which may be smaller', async () => {
  const done: unknown[] = []
  const work = async (count: number): Promise<void> => void done.push(await count)
  await warmUpBy(25, work, 10)
  expect(done).toEqual([10, 10, 5, 10, 10, 5])
})

test('a part of a warm-up that takes more than a second ends with the unit it has begun', async () => {
  let nowMs = 0
  vi.spyOn(performance, 'now').mockImplementation(() => nowMs)
  const done: unknown[] = []
  const work = (count: number): void => {
    done.push(count)
    nowMs += 600
  }
  await warmUpBy(50, work, 10)
  expect(done).toEqual([10, 10, 10, 10])
})

test('a warm-up of messages has never more of them than the measurement', () => {
  expect([warmUpOf(70), warmUpOf(1_000_000)]).toEqual([70, 200_000])
})
