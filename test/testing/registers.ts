/**
 * Histories of small objects for tests of the checker: a register, a queue and a coin.
 */
import fc from 'fast-check'
import type { Key } from 'flotilla'
import type { Model, Operation } from 'flotilla/testing'

/** A value that is written and read; reads give it back. */
export const register: Model<number, Operation> = {
  initial: 0,
  next(state, { operation, argument, result, returnedAt }) {
    if (operation === 'write') return [Number(argument)]
    return returnedAt === undefined || result === state ? [state] : []
  },
}

/** First in, first out; taking from an empty one gives 0. */
export const queue: Model<readonly number[], Operation> = {
  initial: [],
  next(state, { operation, argument, result, returnedAt }) {
    if (operation === 'put') return [[...state, Number(argument)]]
    const [first = 0, ...others] = state
    return returnedAt === undefined || result === first ? [others] : []
  },
}

/** A bit that flipping may turn or not: one operation with two outcomes that nobody is told. */
export const coin: Model<number, Operation> = {
  initial: 0,
  next(state, { operation, result, returnedAt }) {
    if (operation === 'flip') return [0, 1]
    return returnedAt === undefined || result === state ? [state] : []
  },
}

/** An operation written in one line: `p` did `read` with a result from time 1 to 2. */
export function did(
  process: string,
  operation: string,
  [invokedAt, returnedAt]: readonly [number, number?],
  { argument, result }: { readonly argument?: unknown; readonly result?: unknown } = {},
): Operation {
  return { process, operation, argument, result, invokedAt, returnedAt }
}

/** Any history of up to seven operations, most of them overlapping, some pending. */
export function histories(names: readonly [string, string]): fc.Arbitrary<Operation[]> {
  const one = fc.record({
    operation: fc.constantFrom(...names),
    argument: fc.integer({ min: 1, max: 2 }),
    result: fc.integer({ min: 0, max: 2 }),
    invokedAt: fc.nat(12),
    lasts: fc.option(fc.nat(6), { freq: 6, nil: undefined }),
  })
  return fc.array(one, { maxLength: 7 }).map((all) =>
    all.map(({ lasts, result, ...rest }, index) => ({
      ...{ ...rest, process: `p${index}` },
      result: lasts === undefined ? undefined : result,
      returnedAt: lasts === undefined ? undefined : rest.invokedAt + lasts,
    })),
  )
}

/** What linearizable means, word for word: some order of some of them that keeps to the times. */
export function isLinearizable<State extends Key>(
  left: readonly Operation[],
  model: Model<State>,
  states: readonly State[] = [model.initial],
): boolean {
  if (states.length === 0) return false
  if (left.every(({ returnedAt }) => returnedAt === undefined)) return true
  return left.some((operation) => {
    const others = left.filter((each) => each !== operation)
    const isFirst = others.every((each) => (each.returnedAt ?? Infinity) >= operation.invokedAt)
    const next = states.flatMap((state) => model.next(state, operation))
    return isFirst && isLinearizable(others, model, next)
  })
}
