import { sys } from 'flotilla'
import { expect, test } from 'vitest'

test('has the functions of OTP under its names', () => {
  expect(Object.keys(sys).toSorted()).toEqual([
    ...['getState', 'getStatus', 'install', 'log', 'noDebug', 'remove', 'replaceState', 'resume'],
    ...['statistics', 'suspend', 'trace'],
  ])
})
