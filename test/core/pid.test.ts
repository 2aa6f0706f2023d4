import { describe, expect, test } from 'vitest'
import { ArgumentError } from '../../src/core/argument-error.ts'
import { formatPid, samePid } from '../../src/core/pid.ts'
import { hostileValues } from '../process/hostile.ts'

const pid = { node: 'eu', serial: 4, incarnation: 7 }

describe('formatPid', () => {
  test('writes all three parts', () => {
    expect(formatPid(pid)).toBe('<eu.4.7>')
  })
})

describe('samePid', () => {
  test('is true exactly when all three parts are equal', () => {
    expect(samePid(pid, { ...pid })).toBe(true)
    for (const other of [{ node: 'us' }, { serial: 5 }, { incarnation: 8 }]) {
      expect(samePid(pid, { ...pid, ...other })).toBe(false)
    }
  })
})

test('what is no pid is refused by both', () => {
  const halves = [
    { node: 'eu', serial: 4 },
    { ...pid, serial: '4' },
  ]
  for (const value of [...halves, ...hostileValues().map(([, hostile]) => hostile)]) {
    expect(() => formatPid(value as never)).toThrow(ArgumentError)
    expect(() => samePid(pid, value as never)).toThrow(ArgumentError)
    expect(() => samePid(value as never, pid)).toThrow(ArgumentError)
  }
})
