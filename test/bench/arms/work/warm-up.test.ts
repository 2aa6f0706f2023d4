import { afterEach, expect, test, vi } from 'vitest'
import { warmUpBy, warmUpOf } from '../../../../bench/arms/work/warm-up.ts'

afterEach(() => vi.unstubAllGlobals())

test('a warm-up is a part, a garbage collection and as much again', async () => {
  const done: unknown[] = []
  vi.stubGlobal('gc', () => done.push('collection'))
  const work = async (count: number): Promise<void> => void done.push(await count)
  await warmUpBy(20_000, work)
  await warmUpBy(70, work)
  expect(done).toEqual([20_000, 'collection', 20_000, 70, 'collection', 70])
})

test('a warm-up of messages has never more of them than the measurement', () => {
  expect([warmUpOf(70), warmUpOf(1_000_000)]).toEqual([70, 50_000])
})
