import { describe, expect, test } from 'vitest'
import { findContradiction } from '../../src/testing/situations.ts'
import { coin, did, register } from './registers.ts'

describe('findContradiction', () => {
  test('finds none where an order explains everything', () => {
    const operations = [
      did('p', 'write', [1, 4], { argument: 1 }),
      did('q', 'read', [2, 3], { result: 1 }),
    ]
    expect(findContradiction({ operations, states: [0], next: register.next })).toBeUndefined()
  })

  test('gives each situation that an order may have led to', () => {
    const operations = [
      did('p', 'write', [1, 6], { argument: 1 }),
      did('r', 'write', [2, 7], { argument: 2 }),
      did('q', 'write', [3, 4], { argument: 3 }),
      did('q', 'read', [5, 8], { result: 9 }),
    ]
    const found = findContradiction({ operations, states: [0], next: register.next })
    expect(found?.index).toBe(3)
    const situations = found?.situations.map(({ states, done }) => [states[0], ...done])
    expect(situations?.toSorted()).toEqual([[3], [3, 0], [3, 0, 1], [3, 1]].toSorted())
  })

  test('keeps every state that an outcome nobody is told may have led to', () => {
    const operations = [did('p', 'flip', [1, 2]), did('p', 'look', [3, 4], { result: 2 })]
    const found = findContradiction({ operations, states: [0], next: coin.next })
    expect(found).toEqual({ index: 1, situations: [{ states: [0, 1], done: [] }] })
  })
})
