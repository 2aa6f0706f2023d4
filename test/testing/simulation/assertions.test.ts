import { AlwaysViolated, always, reachable, simulate, sometimes } from 'flotilla/testing'
import { describe, expect, test } from 'vitest'
import { counting } from './counters.ts'

describe('outside of a simulation', () => {
  test('always throws what does not hold, and the others decide nothing', () => {
    expect(() => always(false, 'two and two')).toThrow(AlwaysViolated)
    always(true, 'two and two')
    sometimes('it rains', false)
    reachable('here')
  })
})

describe('in a simulation', () => {
  test('what does not hold fails the run, even if what is thrown is caught', async () => {
    const clients = {
      tester: async () => {
        try {
          always(1 > 2, 'one is more than two')
        } catch {
          // Nothing is lost.
        }
      },
    }
    const run = await simulate(counting({ faults: 'none', clients }), { seed: 1 })
    expect(run.failure).toMatchObject({ kind: 'check', message: 'one is more than two' })
  })

  test('what happens sometimes is counted, and what never did is 0', async () => {
    const clients = {
      tester: async () => {
        for (const number of [1, 2, 3]) sometimes('it is odd', number % 2 === 1)
        sometimes('it is negative', false)
        reachable('the end')
      },
    }
    const run = await simulate(counting({ faults: 'none', clients }), { seed: 1, minutes: 0.01 })
    expect(run.sometimes).toEqual({ 'it is odd': 2, 'it is negative': 0, 'the end': 1 })
  })
})
