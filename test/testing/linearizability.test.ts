import fc from 'fast-check'
import { argumentCodes } from 'flotilla'
import { checkLinearizable, type Model, type Operation } from 'flotilla/testing'
import { describe, expect, test } from 'vitest'
import { coin, did, histories, isLinearizable, queue, register } from './registers.ts'

describe('checkLinearizable', () => {
  test.each([
    ['a register', register, ['write', 'read']],
    ['a queue', queue, ['put', 'take']],
    ['a coin', coin, ['flip', 'look']],
  ] as const)('agrees with the definition about %s', (_, model: Model<any>, names) => {
    const verdicts = new Set<boolean>()
    fc.assert(
      fc.property(histories(names), (history) => {
        const expected = isLinearizable(history, model)
        verdicts.add(expected)
        expect(checkLinearizable(history, model).ok).toBe(expected)
      }),
      { numRuns: 1500 },
    )
    expect(verdicts.size).toBe(2)
  })

  test('takes an operation as of any moment between its call and its return', () => {
    const writing = did('p', 'write', [2, 6], { argument: 1 })
    for (const result of [0, 1]) {
      const reading = did('q', 'read', [3, 5], { result })
      expect(checkLinearizable([writing, reading], register)).toEqual({ ok: true })
    }
    expect(checkLinearizable([writing, did('q', 'read', [7, 8], { result: 0 })], register).ok).toBe(
      false,
    )
    expect(checkLinearizable([writing, did('q', 'read', [0, 1], { result: 1 })], register).ok).toBe(
      false,
    )
  })

  test('takes a pending operation as done, as not done, or as done later', () => {
    const writing = did('p', 'write', [1], { argument: 1 })
    const readings = [did('q', 'read', [2, 3], { result: 0 }), did('q', 'read', [4, 5])]
    for (const result of [0, 1]) {
      const history = [writing, readings[0], { ...readings[1], result }] as Operation[]
      expect(checkLinearizable(history, register).ok).toBe(true)
    }
    const undone = [
      did('q', 'read', [2, 3], { result: 1 }),
      did('q', 'read', [4, 5], { result: 0 }),
    ]
    expect(checkLinearizable([writing, ...undone], register).ok).toBe(false)
  })

  test('takes operations whose times touch as concurrent', () => {
    const writing = did('p', 'write', [1, 2], { argument: 1 })
    const reading = did('q', 'read', [2, 3], { result: 0 })
    expect(checkLinearizable([writing, reading], register).ok).toBe(true)
  })

  test('does not mind the order of the list', () => {
    const history = [
      did('q', 'read', [5, 6], { result: 2 }),
      did('p', 'write', [1, 2], { argument: 1 }),
      did('p', 'write', [3, 4], { argument: 2 }),
    ]
    expect(checkLinearizable(history, register).ok).toBe(true)
    expect(history[0]?.operation).toBe('read')
  })

  test('has nothing against an empty history', () => {
    expect(checkLinearizable([], register)).toEqual({ ok: true })
  })

  test('checks each object alone and names the one whose violation shows first', () => {
    const many = {
      ...register,
      objectOf: ({ process }: Operation) => process.slice(1),
    }
    const history = [
      did('pa', 'write', [1, 2], { argument: 1 }),
      did('pb', 'read', [3, 4], { result: 0 }),
      did('pc', 'read', [5, 8], { result: 7 }),
      did('pd', 'read', [6, 7], { result: 7 }),
    ]
    expect(checkLinearizable(history.slice(0, 2), many).ok).toBe(true)
    const found = checkLinearizable(history, many)
    expect(found).toMatchObject({ ok: false, violation: { object: 'd' } })
    expect(checkLinearizable(history.slice(0, 2), register).ok).toBe(false)
  })

  // Lowe's memory of what was tried: without it there are 12 factorial orders to try.
  test('takes no more than a moment where the orders cannot be counted', () => {
    const writers = Array.from({ length: 6 }, (_, at) => {
      return did(`w${at}`, 'write', [at, 100 + at], { argument: at % 3 })
    })
    const readers = Array.from({ length: 6 }, (_, at) => {
      return did(`r${at}`, 'read', [50, 150 + at], { result: at % 3 })
    })
    const impossible = did('x', 'read', [300, 301], { result: 9 })
    const history = [...writers, ...readers]
    expect(checkLinearizable(history, register).ok).toBe(true)
    expect(checkLinearizable([...history, impossible], register).ok).toBe(false)
  })

  test('checks 100,000 operations of 8 clients on one object', () => {
    const history = overlapping(100_000, 8)
    expect(checkLinearizable(history, register).ok).toBe(true)
    const stale = history.findIndex(({ operation, invokedAt }) => {
      return operation === 'read' && invokedAt > 10_000
    })
    const wrong = { ...(history[stale] ?? did('p', 'read', [0, 0])), result: -1 }
    expect(checkLinearizable(history.with(stale, wrong), register).ok).toBe(false)
  })

  const read = did('p', 'read', [1, 2], { result: 0 })
  test.each<[unknown, unknown, string]>([
    ['none', register, argumentCodes.invalid_argument],
    [[undefined], register, argumentCodes.invalid_argument],
    [[{ ...read, invokedAt: '1' }], register, argumentCodes.invalid_argument],
    [[{ ...read, invokedAt: Number.NaN }], register, argumentCodes.invalid_argument],
    [[{ ...read, returnedAt: 0 }], register, argumentCodes.invalid_argument],
    [[{ ...read, process: 7 }], register, argumentCodes.invalid_argument],
    [[read], undefined, argumentCodes.invalid_argument],
    [[read], { initial: 0 }, argumentCodes.invalid_option],
    [[read], { ...register, initial: {} }, argumentCodes.invalid_key],
    [[read], { ...register, objectOf: 1 }, argumentCodes.invalid_option],
    [[read], { ...register, objectOf: () => undefined }, argumentCodes.invalid_key],
    [[read], { ...register, next: () => [{}] }, argumentCodes.invalid_key],
    [[read], { ...register, next: () => 0 }, argumentCodes.invalid_argument],
  ])('refuses %j and %j', (history, model, code) => {
    const check = () => checkLinearizable(history as Operation[], model as Model)
    expect(check).toThrow(expect.objectContaining({ code }))
  })
})

/** Reads and writes of so many clients, each as of some moment between its call and its return. */
function overlapping(count: number, clients: number): Operation[] {
  let state = 0
  const moments = Array.from({ length: count }, (_, at) => {
    const client = at % clients
    const isWrite = at % 3 === 0
    if (isWrite) state = at
    const times: [number, number] = [at - (at % 5) / 10 - clients / 3, at + (at % 7) / 10 + 1]
    const what = isWrite ? { argument: at } : { result: state }
    return did(`p${client}`, isWrite ? 'write' : 'read', times, what)
  })
  return moments
}
