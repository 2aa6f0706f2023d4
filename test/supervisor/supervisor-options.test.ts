import { argumentCodes } from 'flotilla'
import { describe, expect, test } from 'vitest'
import { checkPolicy, checkRegisterAs } from '../../src/supervisor/supervisor-options.ts'
import { codeOf } from './running.ts'
import { supervisorNames } from './worker.ts'

describe('checkPolicy', () => {
  test('fills in the defaults of OTP [SUP-003]', () => {
    expect(checkPolicy('test', { strategy: 'rest_for_one' })).toEqual({
      strategy: 'rest_for_one',
      autoShutdown: 'never',
      limits: { maxRestarts: 3, maxSeconds: 5 },
    })
  })

  test('takes over what it is given', () => {
    const options = { strategy: 'one_for_all', autoShutdown: 'any_significant' } as const
    expect(checkPolicy('test', { ...options, maxRestarts: 1, maxSeconds: 0.5 })).toEqual({
      ...options,
      limits: { maxRestarts: 1, maxSeconds: 0.5 },
    })
  })

  test.each([
    ['strategy', undefined],
    ['strategy', 'all'],
    ['autoShutdown', null],
    ['maxRestarts', -1],
    ['maxSeconds', 0],
  ])('refuses %s %s', (name, value) => {
    const options = { strategy: 'one_for_one', [name]: value } as never
    expect(codeOf(() => checkPolicy('test', options))).toBe(argumentCodes.invalid_option)
  })
})

describe('checkRegisterAs', () => {
  test('gives back the name, or none', () => {
    const via = supervisorNames().via('x')
    expect(checkRegisterAs('test', via)).toBe(via)
    expect(checkRegisterAs('test', undefined)).toBeUndefined()
  })

  test.each(['x', null, 5, {}])('refuses %j', (wrong) => {
    const check = () => checkRegisterAs('test', wrong as never)
    expect(codeOf(check)).toBe(argumentCodes.invalid_address)
  })
})
