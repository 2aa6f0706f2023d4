/**
 * What was asked of a shared object, by whom, when, and what came of it.
 *
 * Invariant: every call and every return has a time of its own, later ones a greater one; what has
 * not returned has neither a result nor a time of return.
 */

/** One use of a shared object. */
export interface Operation<Argument = unknown, Result = unknown> {
  /** Who used it. */
  readonly process: string
  /** What was done, such as `register`. */
  readonly operation: string
  readonly argument: Argument
  /** What came of it; undefined as long as it has not returned. */
  readonly result: Result | undefined
  /** When it was called, on a clock that all share. */
  readonly invokedAt: number
  /** When its result was there, on the same clock; undefined if that never happened. */
  readonly returnedAt: number | undefined
}

/** What is known of an operation when it is called. */
export interface Invocation<Argument> {
  readonly process: string
  readonly operation: string
  readonly argument: Argument
}

/** Writes a history down as it happens, with a logical clock: one tick for each call and return. */
export class History<Argument = unknown, Result = unknown> {
  readonly #operations: Operation<Argument, Result>[] = []
  #now = 0

  /**
   * A moment of its own, later than all before: when something begins of which it is not known yet
   * whether it belongs into the history.
   */
  tick(): number {
    this.#now += 1
    return this.#now
  }

  /** Everything so far in the order of the calls; what has not returned is pending. */
  get operations(): readonly Operation<Argument, Result>[] {
    return [...this.#operations]
  }

  /**
   * Notes a call; do it right before the call.
   *
   * @param invocation process, operation, argument
   * @param invokedAt only for what is noticed later than it began: the `tick` of that moment
   * @returns notes the return; call it once, with the result, as soon as that is there
   */
  invoke(invocation: Invocation<Argument>, invokedAt?: number): (result: Result) => void {
    const { process, operation, argument } = invocation
    const index = this.#operations.length
    const called = { process, operation, argument, invokedAt: invokedAt ?? this.tick() }
    this.#operations.push({ ...called, result: undefined, returnedAt: undefined })
    return (result) => {
      this.#operations[index] = { ...called, result, returnedAt: this.tick() }
    }
  }
}
