import { expect, test } from 'vitest'
import { checkExternal } from '../../../src/testing/simulation/external.ts'

const implementation = () => 1

test('answers at once, as a promise and without failures, unless it says otherwise', () => {
  const external = checkExternal('test', { implementation })
  expect(external).toEqual({
    implementation,
    leastMs: 0,
    mostMs: 0,
    failureRate: 0,
    style: 'promise',
  })
})

test('has a latency that is fixed or between two', () => {
  expect(checkExternal('test', { implementation, latencyMs: 5 })).toMatchObject({
    leastMs: 5,
    mostMs: 5,
  })
  const latencyMs = [1, 9] as const
  expect(checkExternal('test', { implementation, latencyMs })).toMatchObject({
    leastMs: 1,
    mostMs: 9,
  })
  expect(() => checkExternal('test', { implementation, latencyMs: [9, 1] })).toThrow(/latencyMs/)
})
