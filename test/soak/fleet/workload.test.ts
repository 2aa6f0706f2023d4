import { describe, expect, test } from 'vitest'
import {
  operationsPerSecond,
  readWorkload,
  shareOf,
  workloadOf,
} from '../../../soak/fleet/workload.ts'

const file = new URL('../../../soak/fleet/workload.json', import.meta.url)

describe('the workload file', () => {
  test('has the mix, the churn and the sizes of the design', () => {
    const { mix, churn, zipf, levels } = readWorkload(file)
    expect(Object.values(mix)).toEqual([80, 10, 5, 5])
    expect(Object.values(churn)).toEqual([40, 20, 10, 10, 10, 5, 5])
    expect(zipf).toBe(0.9)
    const { S0, S1, S2 } = levels
    expect([S0.workers, S0.endsPerSecond, S0.callsPerSecond, S0.seconds]).toEqual([
      1000, 50, 2000, 20,
    ])
    expect([S1.workers, S1.endsPerSecond, S1.callsPerSecond, S1.seconds]).toEqual([
      20_000, 500, 20_000, 300,
    ])
    expect([S2.workers, S2.endsPerSecond, S2.callsPerSecond, S2.seconds]).toEqual([
      100_000, 1000, 30_000, 2400,
    ])
  })

  test('is refused when a part is missing or no number, and the place is named', () => {
    expect(() => workloadOf({})).toThrow('mix: call is undefined, want a number from 0 on')
    expect(() => workloadOf({ mix: { call: 80, cast: -1 } })).toThrow('mix: cast is -1')
  })
})

test('operations are so many that their calls make the rate', () => {
  const workload = readWorkload(file)
  const operations = operationsPerSecond(workload, workload.levels.S0)
  expect(operations * shareOf(workload.mix, 'call')).toBeCloseTo(2000)
})
