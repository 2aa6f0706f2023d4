import { simulate } from 'flotilla/testing'
import { expect, test } from 'vitest'
import { listening } from '../../../src/testing/simulation/listening.ts'
import { counting } from './counters.ts'

test('somebody listens while a simulation runs, and nobody before and after', async () => {
  const heard: boolean[] = []
  const clients = { tester: async () => void heard.push(listening() !== undefined) }
  expect(listening()).toBeUndefined()
  await simulate(counting({ faults: 'none', clients }), { seed: 1, minutes: 0.01 })
  expect(heard).toEqual([true])
  expect(listening()).toBeUndefined()
})
