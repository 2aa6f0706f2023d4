/**
 * The search for an order that explains a history.
 *
 * Depth first through the orders that keep every operation between its call and its return. What
 * has been put in its place is remembered together with the states that leads to, so that no such
 * pair is searched twice: without that the search is exponential even for histories that are right.
 *
 * Invariant: the list holds the calls and returns of the operations that have no place yet, in the
 * order of time; an operation may be next if its call comes before every return in the list.
 *
 * Source: Wing and Gong, "Testing and Verifying Concurrent Objects", 1993; Lowe, "Testing for
 * linearizability", 2017.
 */
import { type Key, keyText } from '../core/key.ts'
import type { Operation } from './history.ts'

/** A history of one object, and what the object may do. */
export interface Puzzle<State extends Key, O extends Operation> {
  readonly operations: readonly O[]
  /** The states it may be in at the beginning. */
  readonly states: readonly State[]
  readonly next: (state: State, operation: O) => readonly State[]
}

/** The states the object may be in after an operation; none if its result does not fit. */
export function statesAfter<State extends Key, O extends Operation>(
  { next }: Puzzle<State, O>,
  states: readonly State[],
  operation: O,
): readonly State[] {
  const [only, ...others] = states
  if (only === undefined) return []
  const after = next(only, operation)
  if (others.length === 0 && after.length < 2) return after
  const different = new Map(after.map((state) => [keyText(state), state]))
  for (const state of others) {
    for (const each of next(state, operation)) different.set(keyText(each), each)
  }
  return [...different.values()]
}

/** States as a text: the same for the same states in any order. */
export function textOf(states: readonly Key[]): string {
  const [only] = states
  if (states.length === 1 && only !== undefined) return keyText(only)
  return states.map(keyText).sort().join(' ')
}

/**
 * Calls and returns as numbers: twice its index is the call of an operation, one more its return.
 * Numbers and not objects, since a long history has hundreds of thousands.
 */
export type Event = number

/** The calls and returns in the order of time, a call before a return of the same time. */
export function eventsOf(operations: readonly Operation[]): Event[] {
  const events: Event[] = []
  const times: number[] = []
  for (const [index, { invokedAt, returnedAt }] of operations.entries()) {
    times.push(invokedAt, returnedAt ?? 0)
    events.push(2 * index)
    if (returnedAt !== undefined) events.push(2 * index + 1)
  }
  return events.sort((one, other) => {
    return (times[one] ?? 0) - (times[other] ?? 0) || (one & 1) - (other & 1)
  })
}

/** Whether some order of the operations explains all their results. */
export function hasLinearization<State extends Key, O extends Operation>(
  puzzle: Puzzle<State, O>,
): boolean {
  return new Search(puzzle).run()
}

interface Placed<State> {
  readonly call: Event
  readonly statesBefore: readonly State[]
}

class Search<State extends Key, O extends Operation> {
  readonly #puzzle: Puzzle<State, O>
  readonly #placed: Placed<State>[] = []
  readonly #seen = new Set<string>()
  readonly #progress = new Progress()
  readonly #list: EventList
  #states: readonly State[]
  /** Operations that have returned and have no place yet; pending ones need none. */
  #missing: number

  constructor(puzzle: Puzzle<State, O>) {
    this.#puzzle = puzzle
    this.#states = puzzle.states
    const events = eventsOf(puzzle.operations)
    this.#list = new EventList(events)
    this.#missing = events.length - puzzle.operations.length
  }

  run(): boolean {
    let event = this.#list.first
    while (this.#missing > 0) {
      if (event !== undefined && isCall(event)) {
        event = this.#place(event) ? this.#list.first : this.#list.after(event)
        continue
      }
      // What returns here ought to have its place by now: an earlier one was placed wrongly.
      const last = this.#placed.pop()
      if (last === undefined) return false
      this.#takeBack(last)
      event = this.#list.after(last.call)
    }
    return true
  }

  /** Puts an operation next if it can be, and if that leads to something new. */
  #place(call: Event): boolean {
    const index = call >> 1
    const operation = this.#puzzle.operations[index]
    if (operation === undefined) return false
    const states = statesAfter(this.#puzzle, this.#states, operation)
    if (states.length === 0) return false
    this.#progress.add(index)
    const reached = `${this.#progress.text} ${textOf(states)}`
    if (this.#seen.has(reached)) {
      this.#progress.remove(index)
      return false
    }
    this.#seen.add(reached)
    this.#placed.push({ call, statesBefore: this.#states })
    this.#states = states
    this.#list.takeOut(call)
    if (operation.returnedAt !== undefined) {
      this.#list.takeOut(call + 1)
      this.#missing -= 1
    }
    return true
  }

  #takeBack({ call, statesBefore }: Placed<State>): void {
    const index = call >> 1
    this.#states = statesBefore
    this.#progress.remove(index)
    if (this.#puzzle.operations[index]?.returnedAt !== undefined) {
      this.#list.putBack(call + 1)
      this.#missing += 1
    }
    this.#list.putBack(call)
  }
}

function isCall(event: Event): boolean {
  return (event & 1) === 0
}

/** Events linked to their neighbours, with one that stands for both ends. */
class EventList {
  readonly #before: Int32Array
  readonly #after: Int32Array
  readonly #end: Event

  constructor(events: readonly Event[]) {
    this.#end = events.reduce((greatest, event) => Math.max(greatest, event), -1) + 1
    this.#before = new Int32Array(this.#end + 1)
    this.#after = new Int32Array(this.#end + 1)
    let last = this.#end
    for (const event of events) {
      this.#after[last] = event
      this.#before[event] = last
      last = event
    }
    this.#after[last] = this.#end
    this.#before[this.#end] = last
  }

  get first(): Event | undefined {
    return this.after(this.#end)
  }

  after(event: Event): Event | undefined {
    const after = this.#after[event]
    return after === this.#end ? undefined : after
  }

  takeOut(event: Event): void {
    const before = this.#before[event] ?? 0
    const after = this.#after[event] ?? 0
    this.#after[before] = after
    this.#before[after] = before
  }

  /** An event that was taken out still knows its place: it comes back in reverse order. */
  putBack(event: Event): void {
    this.#after[this.#before[event] ?? 0] = event
    this.#before[this.#after[event] ?? 0] = event
  }
}

/**
 * Which operations have their place: all before some index, and a few after it. Few, because at any
 * time few operations are under way, so the text stays short however long the history is.
 */
class Progress {
  readonly #ahead = new Set<number>()
  #complete = 0

  get text(): string {
    if (this.#ahead.size === 0) return `${this.#complete}`
    return `${this.#complete}+${[...this.#ahead].sort((one, other) => one - other).join('+')}`
  }

  add(index: number): void {
    if (index !== this.#complete) {
      this.#ahead.add(index)
      return
    }
    this.#complete += 1
    while (this.#ahead.delete(this.#complete)) this.#complete += 1
  }

  remove(index: number): void {
    if (this.#ahead.delete(index)) return
    for (let each = index + 1; each < this.#complete; each += 1) this.#ahead.add(each)
    this.#complete = index
  }
}
