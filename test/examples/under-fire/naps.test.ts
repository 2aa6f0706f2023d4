import { expect, it } from 'vitest'
import { Naps } from '../../../examples/under-fire/naps.ts'

it('lets whoever waits wait, until the waiting is over for all at once', async () => {
  const naps = new Naps()
  const waiting = [1, 2, 3].map(() => naps.nap(3_600_000))
  expect([naps.isOver, naps.overForMs]).toEqual([false, 0])
  naps.end()
  await Promise.all(waiting)
  expect(naps.isOver).toBe(true)
  expect(naps.overForMs).toBeGreaterThan(0)
})

it('lets nobody wait any more after that', async () => {
  const naps = new Naps()
  naps.end()
  await naps.nap(3_600_000)
})

it('ends a wait when its time has passed', async () => {
  await new Naps().nap(1)
})
