import fc from 'fast-check'
import { checkLinearizable, type Operation, type Violation } from 'flotilla/testing'
import { describe, expect, test } from 'vitest'
import { explain } from '../../src/testing/violation.ts'
import { did, histories, isLinearizable, register } from './registers.ts'

describe('a violation', () => {
  test('names the read that nothing explains, what was under way, and what may have been', () => {
    const history = [
      did('p', 'write', [1, 2], { argument: 1 }),
      did('p', 'write', [3, 4], { argument: 2 }),
      did('r', 'write', [5, 10], { argument: 3 }),
      did('q', 'read', [6, 7], { result: 1 }),
      did('q', 'read', [11, 12], { result: 3 }),
    ]
    expect(violationOf(history)).toEqual({
      object: undefined,
      operation: history[3],
      window: [history[2], history[3]],
      circumstances: [{ states: [2], done: [] }],
      message: [
        'read() by q gave back 1, which no order of the operations explains.',
        'When it was called, the state was 2.',
        'Under way until it returned:',
        '   r  write(3)  undefined  5 to 10',
        '→  q  read()    1          6 to 7',
      ].join('\n'),
    })
  })

  test('tells which of what is under way had taken effect already', () => {
    const history = [
      did('p', 'write', [1], { argument: 1 }),
      did('q', 'read', [2, 3], { result: 1 }),
      did('q', 'read', [4, 5], { result: 0 }),
    ]
    const { circumstances, message } = violationOf(history)
    expect(circumstances).toEqual([{ states: [1], done: [history[0]] }])
    expect(message).toContain('When it was called, the state was 1 after write(1) by p.')
    expect(message).toContain('write(1)  pending  1 to …')
  })

  test('shows arguments and results that are plain data, as far as they are short', () => {
    const history = [
      did('p', 'read', [1, 2], { argument: { key: ['a', 1] }, result: { cyclic: true } }),
    ]
    expect(violationOf(history).message).toContain(
      'read({"key":["a",1]}) by p gave back {"cyclic":true}, which no order',
    )
    const cyclic: unknown[] = []
    cyclic.push(cyclic, 1n)
    const hostile = [did('p', 'read', [1, 2], { argument: cyclic, result: () => 1 })]
    expect(violationOf(hostile).message).toContain('read(an array of 2) by p gave back a function')
  })

  test('names the object, and shows hostile arguments without harm', () => {
    const argument = { evil: 'line\nbreak'.repeat(100) }
    const history = [did('p', 'read', [1, 2], { argument, result: 7 })]
    const found = checkLinearizable(history, { ...register, objectOf: () => ['a', 1] })
    const message = found.ok ? '' : found.violation.message
    expect(message).toContain('no order of the operations of ["a", 1] explains')
    expect(message.split('\n')).toHaveLength(4)
    expect(message.length).toBeLessThan(400)
  })

  // The same verdict by another algorithm; and what is named suffices to show it.
  test('is found exactly where there is no order, and holds in its window alone', () => {
    fc.assert(
      fc.property(histories(['write', 'read']), (history) => {
        const operations = history.toSorted((one, other) => one.invokedAt - other.invokedAt)
        const found = explain({ operations, states: [0], next: register.next }, undefined)
        expect(found === undefined).toBe(isLinearizable(history, register))
        for (const { states, done } of found?.circumstances ?? []) {
          const left = found?.window.filter((each) => !done.includes(each)) ?? []
          const until = found?.operation.returnedAt ?? Infinity
          const known = left.map((each) => {
            const isLater = (each.returnedAt ?? Infinity) > until
            return isLater ? { ...each, returnedAt: undefined, was: each.result } : each
          })
          expect(isLinearizable(known, strict, states)).toBe(false)
        }
      }),
      { numRuns: 1500 },
    )
  })
})

/** A register whose pending operations give back what they will. */
const strict = {
  ...register,
  next(state: number, operation: Operation & { readonly was?: unknown }): readonly number[] {
    if (operation.operation === 'write') return register.next(state, operation)
    const { was = operation.result } = operation
    return was === undefined || was === state ? [state] : []
  },
}

function violationOf(history: readonly Operation[]): Violation {
  const found = checkLinearizable(history, register)
  if (found.ok) throw new Error('no violation')
  return found.violation
}
