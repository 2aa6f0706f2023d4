import { expect, test } from 'vitest'
import { DurationHistogram, Latencies } from '../../../soak/fleet/latency.ts'

test('a histogram is exact to three digits', () => {
  const histogram = new DurationHistogram()
  for (let ms = 1; ms <= 1000; ms += 1) histogram.record(ms)
  const { count, p50, p99, p999, max } = histogram.summary()
  expect(count).toBe(1000)
  for (const [seen, wanted] of [
    [p50, 500],
    [p99, 990],
    [p999, 999],
    [max, 1000],
  ] as const) {
    expect(Math.abs(seen / wanted - 1)).toBeLessThan(0.002)
  }
})

test('an empty one is all zeros, also after another empty one was added', () => {
  const histogram = new DurationHistogram()
  histogram.add(new DurationHistogram())
  expect(histogram.summary()).toEqual({ count: 0, p50: 0, p99: 0, p999: 0, max: 0 })
})

test('samples begin anew, and the tenths they fall into are kept apart', () => {
  const latencies = new Latencies()
  latencies.record(1)
  expect(latencies.sample(0.15).max).toBeCloseTo(1, 1)
  latencies.record(8)
  expect(latencies.sample(1).max).toBeCloseTo(8, 1)
  expect(latencies.sample(1).count).toBe(0)
  const { second, last } = latencies.drift()
  expect([second.count, last.count]).toEqual([1, 1])
  expect([second.p99, last.p99].map(Math.round)).toEqual([1, 8])
  expect(latencies.total.summary().count).toBe(2)
})
