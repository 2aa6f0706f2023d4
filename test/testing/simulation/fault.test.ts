import { expect, test } from 'vitest'
import { checkRates, faultKinds } from '../../../src/testing/simulation/fault.ts'

test('takes any kind with a rate that can be', () => {
  const rates = Object.fromEntries(faultKinds.map((kind) => [kind, 1]))
  expect(checkRates('test', rates)).toEqual(rates)
})

test('refuses a share above 1, and a rate that leaves no time for anything else', () => {
  expect(() => checkRates('test', { loss: 1.1 })).toThrow(/faults.loss/)
  expect(() => checkRates('test', { kill: 601 })).toThrow(/faults.kill/)
  expect(() => checkRates('test', { crash: Number.NaN })).toThrow(/faults.crash/)
})
