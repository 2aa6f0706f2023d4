import { expect, test } from 'vitest'
import { withoutStack } from '../../src/core/without-stack.ts'

test('an error made meanwhile has its message and no frames, and those made afterwards have both', () => {
  const limit = Error.stackTraceLimit
  expect(withoutStack(() => new Error('quick')).stack).toBe('Error: quick')
  expect(() => withoutStack(() => fail(new TypeError('thrown')))).toThrow('thrown')
  expect(Error.stackTraceLimit).toBe(limit)
  expect(new Error('after').stack).toContain('without-stack.test.ts')
})

test('where the limit cannot be changed, errors are made all the same', () => {
  const { stackTraceLimit } = Error
  Object.defineProperty(Error, 'stackTraceLimit', { writable: false })
  try {
    expect(withoutStack(() => new Error('frozen')).message).toBe('frozen')
  } finally {
    Object.defineProperty(Error, 'stackTraceLimit', { writable: true, value: stackTraceLimit })
  }
})

function fail(error: Error): never {
  throw error
}
