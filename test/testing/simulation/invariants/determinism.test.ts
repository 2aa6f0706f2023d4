import { checkDeterminism, type Simulation } from 'flotilla/testing'
import { describe, expect, test } from 'vitest'
import { differingLines } from '../../../../src/testing/simulation/invariants/determinism.ts'
import { counting, type Tally } from '../counters.ts'

describe('I25, the same seed, the same run', () => {
  test('holds for what the simulation decides alone', async () => {
    const check = await checkDeterminism(counting({ nodes: 2 }), { seed: 7, minutes: 0.05 })
    expect(check.ok).toBe(true)
    expect(check.divergence).toBeUndefined()
    expect(check.runs[0].hash).toBe(check.runs[1].hash)
    expect(check.runs[0].seed).toBe(7)
  })

  test('shows where runs that depend on earlier ones went different ways', async () => {
    let runs = 0
    const forgetful: Simulation<Tally> = counting({
      faults: 'none',
      clients: {
        visitor: async (client) => {
          runs += 1
          client.note(`this is run ${runs}`)
        },
      },
    })
    const {
      ok,
      divergence,
      runs: both,
    } = await checkDeterminism(forgetful, { seed: 7, minutes: 0.01 })
    expect(ok).toBe(false)
    expect(divergence?.hashes).toEqual(both.map(({ hash }) => hash))
    expect(divergence?.lines?.[0]).toContain('this is run 3')
    expect(divergence?.lines?.[1]).toContain('this is run 4')
  })
})

describe('the first line that differs', () => {
  test('is that of both', () => {
    expect(differingLines(['a', 'b', 'c'], ['a', 'x', 'y'])).toEqual(['b', 'x'])
  })

  test('is missing where one timeline is shorter', () => {
    expect(differingLines(['a'], ['a', 'b'])).toEqual([undefined, 'b'])
  })

  test('is none if there is no difference', () => {
    expect(differingLines(['a'], ['a'])).toBeUndefined()
  })
})
