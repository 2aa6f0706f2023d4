import { expect, test } from 'vitest'
import { checkNetwork, checkPair } from '../../../src/testing/simulation/network-options.ts'

test('promises order, with a short delay and a time-out, unless it says otherwise', () => {
  expect(checkNetwork('test', {})).toEqual({
    delayMs: [0.1, 5],
    promises: 'order',
    linkTimeoutMs: 15_000,
    maxQueuedBytes: 1_048_576,
  })
})

test('a pair is two durations, the least first', () => {
  expect(checkPair('test', 'delayMs', [1, 2])).toEqual([1, 2])
  expect(() => checkPair('test', 'delayMs', [2, 1])).toThrow(/delayMs/)
  expect(() => checkPair('test', 'delayMs', [-1, 1])).toThrow(/delayMs/)
})
