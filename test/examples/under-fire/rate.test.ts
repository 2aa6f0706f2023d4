import { expect, it } from 'vitest'
import { Rate } from '../../../examples/under-fire/rate.ts'

it('knows no rate from one sample', () => {
  expect(new Rate().perSecond(500, 1000)).toBe(0)
})

it('gives the growth per second since the first sample', () => {
  const rate = new Rate()
  rate.perSecond(0, 0)
  expect(rate.perSecond(100, 200)).toBe(500)
})

it('forgets what is more than about a second ago', () => {
  const rate = new Rate()
  for (let ms = 0; ms <= 10_000; ms += 200) rate.perSecond(ms, ms)
  for (let ms = 10_200; ms <= 12_000; ms += 200) rate.perSecond(10_000, ms)
  expect(rate.perSecond(10_000, 12_200)).toBe(0)
})
