/**
 * What is wrong with a history, said with as little of it as shows it.
 *
 * Invariant: from none of the situations at the call of the operation does any order of the window
 * lead to its result.
 */
import { type Key, showKey } from '../core/key.ts'
import { show } from '../core/show.ts'
import type { Operation } from './history.ts'
import type { Puzzle } from './linearization.ts'
import { findContradiction, type Situation } from './situations.ts'

/** What may have been true when an operation was called. */
export interface Circumstances<State extends Key = Key, O extends Operation = Operation> {
  /** The states the object may have been in. */
  readonly states: readonly State[]
  /** Which operations of the window had taken effect already. */
  readonly done: readonly O[]
}

/** Why a history is not linearizable. */
export interface Violation<State extends Key = Key, O extends Operation = Operation> {
  /** Which object it is, if the model tells them apart. */
  readonly object: Key | undefined
  /** The first operation that returned what no order explains. */
  readonly operation: O
  /** What was under way at any time between its call and its return, it included, by calls. */
  readonly window: readonly O[]
  /** All that may have been true at its call. */
  readonly circumstances: readonly Circumstances<State, O>[]
  /** All of that as text for people. */
  readonly message: string
}

/**
 * Explains why no order explains a history; undefined if one does.
 *
 * @param puzzle operations in the order of their calls
 * @param object which object it is, if there are several
 */
export function explain<State extends Key, O extends Operation>(
  puzzle: Puzzle<State, O>,
  object: Key | undefined,
): Violation<State, O> | undefined {
  const found = findContradiction(puzzle)
  const operation = found === undefined ? undefined : puzzle.operations[found.index]
  if (found === undefined || operation === undefined) return undefined
  const window = puzzle.operations.filter((other) => overlap(other, operation))
  const circumstances = found.situations.map((situation) => resolved(situation, puzzle))
  const violation = { object, operation, window, circumstances }
  return { ...violation, message: describe(violation) }
}

function overlap(one: Operation, other: Operation): boolean {
  const [oneEnd, otherEnd] = [one.returnedAt ?? Infinity, other.returnedAt ?? Infinity]
  return one.invokedAt <= otherEnd && other.invokedAt <= oneEnd
}

function resolved<State extends Key, O extends Operation>(
  { states, done }: Situation<State>,
  { operations }: Puzzle<State, O>,
): Circumstances<State, O> {
  return { states, done: operations.filter((_, index) => done.includes(index)) }
}

function describe<State extends Key, O extends Operation>({
  object,
  operation,
  window,
  circumstances,
}: Omit<Violation<State, O>, 'message'>): string {
  const subject = object === undefined ? '' : ` of ${showKey(object)}`
  const rows = window.map((each) => [
    each === operation ? '→' : ' ',
    each.process,
    inWords(each),
    each.returnedAt === undefined ? 'pending' : shown(each.result),
    `${each.invokedAt} to ${each.returnedAt ?? '…'}`,
  ])
  return [
    `${inWords(operation)} by ${operation.process} gave back ${shown(operation.result)}, ` +
      `which no order of the operations${subject} explains.`,
    `When it was called, the state was ${circumstances.map(showCircumstances).join('; or ')}.`,
    'Under way until it returned:',
    ...aligned(rows),
  ].join('\n')
}

function inWords({ operation, argument }: Operation): string {
  return `${operation}(${argument === undefined ? '' : shown(argument)})`
}

const unitsShownMax = 80

/** Plain data in full, as far as it is short: unlike in errors, whose values may be secrets. */
function shown(value: unknown): string {
  if (typeof value !== 'object' || value === null) return show(value)
  try {
    const text = JSON.stringify(value)
    return text.length <= unitsShownMax ? text : `${text.slice(0, unitsShownMax)}…`
  } catch {
    return show(value)
  }
}

function showCircumstances({ states, done }: Circumstances): string {
  const state = states.map(showKey).join(' or ')
  if (done.length === 0) return state
  return `${state} after ${done.map((each) => `${inWords(each)} by ${each.process}`).join(', ')}`
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = []
  for (const row of rows) {
    for (const [column, { length }] of row.entries()) {
      widths[column] = Math.max(widths[column] ?? 0, length)
    }
  }
  return rows.map((row) => {
    return row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd()
  })
}
