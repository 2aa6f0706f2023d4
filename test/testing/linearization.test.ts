import { describe, expect, test } from 'vitest'
import { eventsOf, hasLinearization, statesAfter, textOf } from '../../src/testing/linearization.ts'
import { coin, did, register } from './registers.ts'

describe('hasLinearization', () => {
  test('goes back where the first order tried does not lead on', () => {
    const operations = [
      did('p', 'write', [1, 9], { argument: 1 }),
      did('q', 'write', [2, 9], { argument: 2 }),
      did('r', 'read', [3, 4], { result: 2 }),
      did('r', 'read', [5, 6], { result: 1 }),
    ]
    expect(hasLinearization({ operations, states: [0], next: register.next })).toBe(true)
    const twice = [...operations, did('r', 'read', [7, 8], { result: 2 })]
    expect(hasLinearization({ operations: twice, states: [0], next: register.next })).toBe(false)
  })

  test('asks the model about each pair of progress and states at most once', () => {
    const operations = Array.from({ length: 10 }, (_, at) => {
      return did(`p${at}`, 'write', [at, 50 + at], { argument: 1 })
    })
    operations.push(did('q', 'read', [100, 101], { result: 2 }))
    let asked = 0
    const next: typeof register.next = (state, operation) => {
      asked += 1
      return register.next(state, operation)
    }
    expect(hasLinearization({ operations, states: [0], next })).toBe(false)
    // 2^10 sets of writes with at most ten candidates each; orders there are 10 factorial.
    expect(asked).toBeLessThan(2 ** 10 * 11)
  })
})

test('events are in the order of time, calls before returns of the same time', () => {
  const operations = [did('p', 'read', [3, 5]), did('q', 'read', [5, 5]), did('r', 'read', [1])]
  expect(eventsOf(operations)).toEqual([4, 0, 2, 1, 3])
})

test('states after an operation are each named once', () => {
  const puzzle = { operations: [], states: [0], next: coin.next }
  expect(statesAfter(puzzle, [0, 1], did('p', 'flip', [1, 2]))).toEqual([0, 1])
  expect(statesAfter(puzzle, [0, 1], did('p', 'look', [1, 2], { result: 1 }))).toEqual([1])
  expect(statesAfter(puzzle, [], did('p', 'flip', [1, 2]))).toEqual([])
})

test('the text of states does not depend on their order, and tells different ones apart', () => {
  expect(textOf([1, 2])).toBe(textOf([2, 1]))
  const texts = [textOf([1]), textOf(['1']), textOf([1, 2]), textOf([[1, 2]]), textOf([12])]
  expect(new Set(texts).size).toBe(texts.length)
})
