import { describe, expect, test } from 'vitest'
import { ceilingOf, fitLoad } from '../../../soak/fleet/ceiling.ts'
import { goodFacts } from './good-facts.ts'

const { load } = goodFacts()

test('the ceiling is what was answered and ended in a second', () => {
  const calls = { offered: 100, answered: 90, failed: {}, allowed: 0 }
  const facts = goodFacts({ calls, seconds: 3, blows: { kill: 6, throw: 3 } })
  expect(ceilingOf(facts)).toEqual({ callsPerSecond: 30, endsPerSecond: 3 })
})

describe('fitLoad', () => {
  test('keeps a load below 65 % of the ceiling, and says so', () => {
    const fitted = fitLoad(load, { callsPerSecond: 40_000, endsPerSecond: 1000 })
    expect(fitted.load).toEqual(load)
    expect(fitted.said).toBe(
      'one thread does 40,000 calls/s with 1,000 ends/s; ' +
        'the level asks for 20,000 calls/s with 500 ends/s, 50 % of it: kept',
    )
  })

  test('sets one above it to 65 %, ends included, and says so', () => {
    const fitted = fitLoad(load, { callsPerSecond: 20_000, endsPerSecond: 500 })
    expect(fitted.load).toEqual({ ...load, callsPerSecond: 13_000, endsPerSecond: 325 })
    expect(fitted.said).toMatch(/100 % of it: set to 13,000 calls\/s with 325 ends\/s$/)
  })
})
