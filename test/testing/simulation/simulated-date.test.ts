import { expect, test } from 'vitest'
import { dateOf } from '../../../src/testing/simulation/simulated-date.ts'

const SimulatedDate = dateOf(Date, () => 86_400_000)

test('its present is the time that it was given', () => {
  expect(SimulatedDate.now()).toBe(86_400_000)
  expect(new SimulatedDate().toISOString()).toBe('1970-01-02T00:00:00.000Z')
  expect(SimulatedDate()).toContain('1970')
})

test('is a Date in all else', () => {
  expect(new SimulatedDate(5)).toEqual(new Date(5))
  expect(new SimulatedDate()).toBeInstanceOf(Date)
  expect(new Date()).toBeInstanceOf(SimulatedDate)
  expect(SimulatedDate.UTC(2000, 0)).toBe(Date.UTC(2000, 0))
  class Later extends SimulatedDate {}
  expect(new Later()).toBeInstanceOf(Later)
})
