import { describe, expect, test } from 'vitest'
import { ArgumentError } from '../../src/core/argument-error.ts'
import { checkIntensity, checkLife } from '../../src/core/child-spec.ts'
import { hostileValues } from '../process/hostile.ts'

const worker = { id: 'w', type: 'worker' } as const
const above = { id: 's', type: 'supervisor' } as const

describe('checkLife', () => {
  test('fills in the defaults of OTP: five seconds for a worker, no limit for a supervisor', () => {
    const life = { restart: 'permanent', significant: false }
    const plain = { ...worker, ...life, shutdownMs: 5000, label: 'w' }
    expect(checkLife('x', worker, {})).toEqual(plain)
    expect(checkLife('x', { ...worker, label: 'server' }, {})).toEqual({
      ...plain,
      label: 'server',
    })
    const top = { ...above, ...life, shutdownMs: 'infinity', label: 's' }
    expect(checkLife('x', above, {})).toEqual(top)
  })

  test('keeps every choice there is', () => {
    for (const restart of ['permanent', 'transient', 'temporary'] as const) {
      for (const shutdownMs of [0, 7, 'kill', 'infinity'] as const) {
        expect(checkLife('x', worker, { restart, shutdownMs })).toMatchObject({
          restart,
          shutdownMs,
        })
      }
    }
    const significant = { restart: 'transient', significant: true } as const
    expect(checkLife('x', worker, significant)).toMatchObject(significant)
  })

  const mistakes: [object, string][] = [
    [{ restart: 'always' }, 'option "restart" is "always", wanted "permanent", "transient" or'],
    [{ shutdownMs: -1 }, 'option "shutdownMs" is -1'],
    [{ shutdownMs: 'brutal' }, 'option "shutdownMs" is "brutal"'],
    [{ significant: 'yes' }, '"significant" is "yes"'],
    [{ significant: true }, 'a permanent child cannot be significant, since its end never lasts'],
  ]
  for (const [options, message] of mistakes) {
    test(`refuses: ${message}`, () => {
      expect(() => checkLife('make a child', worker, options)).toThrow(ArgumentError)
      expect(() => checkLife('make a child', worker, options)).toThrow(message)
    })
  }

  test('refuses an id that is no name', () => {
    for (const [, id] of hostileValues()) {
      if (typeof id === 'string' && ['__proto__', 'constructor', 'then'].includes(id)) continue
      expect(() => checkLife('make a child', { ...worker, id: id as string }, {})).toThrow(
        ArgumentError,
      )
    }
  })
})

describe('checkIntensity', () => {
  test('is three restarts in five seconds unless chosen otherwise', () => {
    expect(checkIntensity('x', {})).toEqual({ maxRestarts: 3, maxSeconds: 5 })
    const chosen = { maxRestarts: 0, maxSeconds: 0.5 }
    expect(checkIntensity('x', chosen)).toEqual(chosen)
  })

  test('refuses what is no count and no length of time', () => {
    for (const maxRestarts of [-1, 0.5, Number.NaN, 1e9, '3', null]) {
      expect(() => checkIntensity('x', { maxRestarts: maxRestarts as number })).toThrow(
        /option "maxRestarts" is /,
      )
    }
    for (const maxSeconds of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, '5', null]) {
      expect(() => checkIntensity('x', { maxSeconds: maxSeconds as number })).toThrow(
        /option "maxSeconds" is .*, wanted a positive number/,
      )
    }
  })
})
