import { expect, it } from 'vitest'
import { NameGaps } from '../../../examples/under-fire/gaps.ts'

it('says nothing of gaps as long as there are none', () => {
  expect(new NameGaps().summary()).toEqual({ count: 0, p50: 0, p99: 0, max: 0 })
})

it('gives the percentiles of 1000 known gaps to three digits', () => {
  const gaps = new NameGaps()
  for (let ms = 1; ms <= 1000; ms += 1) {
    gaps.freed(`name ${ms}`, 5)
    gaps.taken(`name ${ms}`, 5 + ms)
  }
  const { count, p50, p99, max } = gaps.summary()
  expect(count).toBe(1000)
  expect(Math.abs(p50 - 500)).toBeLessThan(1)
  expect(Math.abs(p99 - 990)).toBeLessThan(1)
  expect(Math.abs(max - 1000)).toBeLessThan(1)
})

it('measures microseconds as well as minutes', () => {
  const gaps = new NameGaps()
  gaps.freed('short', 0)
  gaps.taken('short', 0.021)
  gaps.freed('long', 0)
  gaps.taken('long', 120_000)
  expect(gaps.summary().p50).toBeCloseTo(0.021, 3)
  expect(Math.abs(gaps.summary().max - 120_000)).toBeLessThan(120)
})

it('takes names that overlap apart', () => {
  const gaps = new NameGaps()
  gaps.freed('ann', 0)
  gaps.freed('bob', 90)
  gaps.taken('ann', 100)
  gaps.taken('bob', 100)
  const { p50, max } = gaps.summary()
  expect([Math.round(p50), Math.round(max)]).toEqual([10, 100])
})

it('counts no gap before a first registration', () => {
  const gaps = new NameGaps()
  gaps.taken('ann', 10)
  expect(gaps.summary().count).toBe(0)
})

it('takes a gap too short to measure as one', () => {
  const gaps = new NameGaps()
  gaps.freed('ann', 10)
  gaps.taken('ann', 10)
  expect(gaps.summary()).toMatchObject({ count: 1, max: 0 })
})
