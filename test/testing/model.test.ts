import { describe, expect, test } from 'vitest'
import { checkModel } from '../../src/testing/model.ts'
import { did, register } from './registers.ts'

describe('checkModel', () => {
  test('keeps what next and objectOf say to their own object', () => {
    const model = checkModel('test', {
      initial: 1,
      step: 4,
      next(this: { step: number }, state: number) {
        return [state + this.step]
      },
      objectOf(this: { step: number }) {
        return this.step
      },
    } as never)
    const operation = did('p', 'x', [1, 2])
    expect(model.next(1 as never, operation)).toEqual([5])
    expect(model.objectOf?.(operation)).toBe(4)
  })

  test('has no objectOf where none was given', () => {
    expect(checkModel('test', register).objectOf).toBeUndefined()
  })

  test('refuses an answer that is no list of states', () => {
    const model = checkModel('test', { initial: 0, next: () => 'ab' as never })
    expect(() => model.next(0, did('p', 'x', [1, 2]))).toThrow(
      'Cannot test: what model.next gave back is "ab", wanted an array of states',
    )
  })
})
