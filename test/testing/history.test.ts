import { History } from 'flotilla/testing'
import { describe, expect, test } from 'vitest'

describe('a history', () => {
  test('gives every call and return a time of its own, in their order', () => {
    const history = new History<string, number>()
    const one = history.invoke({ process: 'p', operation: 'read', argument: 'x' })
    const other = history.invoke({ process: 'q', operation: 'write', argument: 'y' })
    other(2)
    one(1)
    expect(history.operations).toEqual([
      { process: 'p', operation: 'read', argument: 'x', result: 1, invokedAt: 1, returnedAt: 4 },
      { process: 'q', operation: 'write', argument: 'y', result: 2, invokedAt: 2, returnedAt: 3 },
    ])
    expect(history.tick()).toBe(5)
  })

  test('has neither result nor return of what is still under way', () => {
    const history = new History()
    history.invoke({ process: 'p', operation: 'read', argument: undefined })
    expect(history.operations).toEqual([
      {
        ...{ process: 'p', operation: 'read', argument: undefined },
        ...{ result: undefined, invokedAt: 1, returnedAt: undefined },
      },
    ])
  })

  test('takes what began earlier than it was noticed', () => {
    const history = new History()
    history.invoke({ process: 'p', operation: 'a', argument: 0 })(0)
    const began = history.tick()
    history.invoke({ process: 'p', operation: 'c', argument: 0 })(0)
    history.invoke({ process: 'q', operation: 'b', argument: 0 }, began)(0)
    expect(history.operations.map(({ invokedAt, returnedAt }) => [invokedAt, returnedAt])).toEqual([
      [1, 2],
      [4, 5],
      [3, 6],
    ])
  })

  test('gives a list that does not change any more', () => {
    const history = new History()
    const done = history.invoke({ process: 'p', operation: 'a', argument: 0 })
    const before = history.operations
    done(1)
    expect(before[0]?.returnedAt).toBeUndefined()
  })

  test('counts only the first return', () => {
    const history = new History()
    const done = history.invoke({ process: 'p', operation: 'a', argument: 0 })
    done(1)
    done(2)
    expect(history.operations).toMatchObject([{ result: 1, returnedAt: 2 }])
    expect(history.tick()).toBe(3)
  })

  test.each([
    ['a moment that has not been', 1],
    ['no moment', 0.5],
  ])('refuses %s as the time of a call', (_, moment) => {
    const invocation = { process: 'p', operation: 'a', argument: 0 }
    const history = new History()
    expect(() => history.invoke(invocation, moment)).toThrow('wanted what tick() gave')
    expect(history.operations).toEqual([])
  })
})
