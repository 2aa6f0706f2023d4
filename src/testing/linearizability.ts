/**
 * Whether a concurrent history can be explained by some sequential one.
 *
 * A history is linearizable if each operation seems to take effect at one moment between its call
 * and its return. What an object may do is said by a model; which moments explain the results is
 * found by search, object by object.
 *
 * Invariant: the verdict depends on the history and the model alone.
 */
import { argumentError } from '../core/argument-error.ts'
import { checkKey, type Key } from '../core/key.ts'
import { KeyMap } from '../core/key-map.ts'
import { copyOf } from './copy-of.ts'
import type { Operation } from './history.ts'
import { hasLinearization } from './linearization.ts'
import { checkModel, type Model } from './model.ts'
import { explain, type Violation } from './violation.ts'

/** What came of a check. */
export type Linearizability<State extends Key = Key, O extends Operation = Operation> =
  | { readonly ok: true }
  | { readonly ok: false; readonly violation: Violation<State, O> }

/**
 * Checks a history against a model.
 *
 * Pending operations may or may not have taken effect. Operations whose times touch are taken as
 * concurrent. The time it takes grows with the number of operations, and exponentially with how
 * many of one object are under way at the same time: a dozen are fine.
 *
 * @param history in any order; times as in `History`
 * @param model what the objects may do
 * @returns ok, or of the violations of all objects the one that shows first
 * @throws ArgumentError FLOTILLA_INVALID_ARGUMENT, FLOTILLA_INVALID_OPTION, FLOTILLA_INVALID_KEY
 *
 * Not for properties that tie several objects together: with `objectOf` each is checked alone.
 *
 * Source: Herlihy and Wing, "Linearizability: A Correctness Condition for Concurrent Objects",
 * 1990.
 */
export function checkLinearizable<State extends Key, O extends Operation>(
  history: readonly O[],
  model: Model<State, O>,
): Linearizability<State, O> {
  const checked = checkModel(attempted, model)
  let first: Violation<State, O> | undefined
  for (const { object, operations } of objectsOf(inOrder(history), checked)) {
    const puzzle = { operations, states: [checked.initial], next: checked.next }
    if (hasLinearization(puzzle)) continue
    const violation = explain(puzzle, object)
    if (violation === undefined) throw new Error('the search and its explanation disagree')
    if (first === undefined || showsAt(violation) < showsAt(first)) first = violation
  }
  return first === undefined ? { ok: true } : { ok: false, violation: first }
}

const attempted = 'check a history'

function showsAt({ operation }: Violation): number {
  return operation.returnedAt ?? Number.POSITIVE_INFINITY
}

interface OneObject<O> {
  readonly object: Key | undefined
  readonly operations: O[]
}

/** The history of each object, in the order of the calls. */
function objectsOf<State extends Key, O extends Operation>(
  history: readonly O[],
  { objectOf }: Model<State, O>,
): readonly OneObject<O>[] {
  if (objectOf === undefined) return [{ object: undefined, operations: [...history] }]
  const all: OneObject<O>[] = []
  const byKey = new KeyMap<OneObject<O>>()
  for (const operation of history) {
    const object = objectOf(operation)
    checkKey(attempted, object)
    let known = byKey.get(object)
    if (known === undefined) {
      known = { object, operations: [] }
      byKey.set(object, known)
      all.push(known)
    }
    known.operations.push(operation)
  }
  return all
}

/** The operations in the order of their calls, after a look at each. */
function inOrder<O extends Operation>(history: readonly O[]): readonly O[] {
  const operations = copyOf<O>(history, isWhole)
  if (operations !== undefined) {
    return operations.sort((one, other) => one.invokedAt - other.invokedAt)
  }
  throw argumentError('invalid_argument', {
    attempted,
    subject: 'the history',
    given: history,
    wanted: 'an array of operations, each with a time of its call and a later one of its return',
  })
}

function isWhole({ process, operation, invokedAt, returnedAt }: Operation): boolean {
  return (
    typeof process === 'string' &&
    typeof operation === 'string' &&
    Number.isFinite(invokedAt) &&
    (returnedAt === undefined || (Number.isFinite(returnedAt) && returnedAt >= invokedAt))
  )
}
