/**
 * What may be true of an object while its history goes by.
 *
 * Where `linearization` asks whether there is some order, this keeps all that are still possible,
 * event by event, and so finds the moment from which there is none. An operation is taken as done
 * at the last moment possible: when it returns, or when another one that returns needs it done.
 *
 * Invariant: each situation is reached by some order that keeps to the calls and returns so far,
 * and every such order reaches one of them.
 *
 * Source: Lowe, "Testing for linearizability", 2017, just-in-time linearization.
 */
import type { Key } from '../core/key.ts'
import type { Operation } from './history.ts'
import { eventsOf, type Puzzle, statesAfter, textOf } from './linearization.ts'

/** What may be true at a moment. */
export interface Situation<State extends Key> {
  /** The states the object may be in. */
  readonly states: readonly State[]
  /** Which of the operations that have not returned are done already, by index. */
  readonly done: readonly number[]
}

/** Where a history stops being explainable. */
export interface Contradiction<State extends Key> {
  /** The operation whose return nothing explains, by index. */
  readonly index: number
  /** What may have been true when it was called. */
  readonly situations: readonly Situation<State>[]
}

/**
 * Finds the first return that nothing explains.
 *
 * @param puzzle operations in the order of their calls
 */
export function findContradiction<State extends Key, O extends Operation>(
  puzzle: Puzzle<State, O>,
): Contradiction<State> | undefined {
  const possible = new Situations(puzzle)
  for (const event of eventsOf(puzzle.operations)) {
    const index = event >> 1
    if ((event & 1) === 0) possible.call(index)
    else {
      const situations = possible.giveBack(index)
      if (possible.all.length === 0) return { index, situations }
    }
  }
  return undefined
}

class Situations<State extends Key, O extends Operation> {
  readonly #puzzle: Puzzle<State, O>
  /** The operations that have not returned, and what may have been true at their call. */
  readonly #underWay = new Map<number, readonly Situation<State>[]>()
  all: readonly Situation<State>[]

  constructor(puzzle: Puzzle<State, O>) {
    this.#puzzle = puzzle
    this.all = [{ states: puzzle.states, done: [] }]
  }

  call(index: number): void {
    this.#underWay.set(index, this.all)
  }

  /** An operation returns; gives what may have been true at its call. */
  giveBack(index: number): readonly Situation<State>[] {
    const left = new Map<string, Situation<State>>()
    const seen = new Map<string, Situation<State>>(this.all.map((each) => [inText(each), each]))
    for (const situation of seen.values()) {
      if (situation.done.includes(index)) {
        const done = situation.done.filter((each) => each !== index)
        const after = { states: situation.states, done }
        left.set(inText(after), after)
      } else {
        // What is added to a map while it is gone through is gone through as well.
        for (const after of this.#doneNext(situation)) seen.set(inText(after), after)
      }
    }
    const before = this.#underWay.get(index) ?? []
    this.#underWay.delete(index)
    this.all = [...left.values()]
    return before
  }

  *#doneNext({ states, done }: Situation<State>): Iterable<Situation<State>> {
    for (const index of this.#underWay.keys()) {
      const operation = this.#puzzle.operations[index]
      if (operation === undefined || done.includes(index)) continue
      const after = statesAfter(this.#puzzle, states, operation)
      if (after.length === 0) continue
      yield { states: after, done: [...done, index].sort((one, other) => one - other) }
    }
  }
}

function inText<State extends Key>({ states, done }: Situation<State>): string {
  return `${done.join('+')} ${textOf(states)}`
}
