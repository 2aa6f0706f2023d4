import { expect, test } from 'vitest'
import { NodeClock } from '../../../src/testing/simulation/node-clock.ts'

function clockAt(rate: number) {
  const world = { nowUs: 5_000_000 }
  const clock = new NodeClock(() => world.nowUs, { startUs: 5_000_000, wallMs: 1000, rate })
  return { clock, world }
}

test('begins at the start of its node', () => {
  const { clock } = clockAt(1)
  expect(clock.monotonicMs()).toBe(0)
  expect(clock.wallMs()).toBe(1000)
})

test('runs as fast as it is told to, and its delays take as long by the world', () => {
  const { clock, world } = clockAt(1.02)
  world.nowUs += 1_000_000
  expect(clock.monotonicMs()).toBeCloseTo(1020)
  expect(clock.worldUs(1020)).toBe(1_000_000)
})

test('is never early: after the time of a delay the delay is over', () => {
  for (const rate of [0.98, 0.9999, 1, 1.0001, 1.02]) {
    const { clock, world } = clockAt(rate)
    for (const delayMs of [0.001, 1, 3, 7.7, 1000, 86_400_000]) {
      const beforeMs = clock.monotonicMs()
      world.nowUs += clock.worldUs(delayMs)
      expect(clock.monotonicMs() - beforeMs).toBeGreaterThan(delayMs - 1e-6)
    }
  }
})

test('jumps on the wall and nowhere else', () => {
  const { clock } = clockAt(1)
  clock.jump(-500)
  expect(clock.wallMs()).toBe(500)
  expect(clock.monotonicMs()).toBe(0)
})
