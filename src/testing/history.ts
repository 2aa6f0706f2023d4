/**
 * What was asked of a shared object, by whom, when, and what came of it.
 *
 * Invariant: every call and every return has a time of its own, later ones a greater one; what has
 * not returned has neither a result nor a time of return.
 */
import { argumentError } from '../core/argument-error.ts'

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

  /** Everything so far in the order of its being noted; what has not returned is pending. */
  get operations(): readonly Operation<Argument, Result>[] {
    return [...this.#operations]
  }

  /**
   * A moment of its own, later than all before: when something begins of which it is not known yet
   * whether it belongs into the history.
   */
  tick(): number {
    this.#now += 1
    return this.#now
  }

  /**
   * Notes a call; do it right before the call.
   *
   * @param invocation process, operation, argument
   * @param invokedAt only for what is noticed later than it began: the `tick` of that moment
   * @returns notes the return; call it with the result as soon as that is there. Only the first
   * time counts.
   * @throws ArgumentError FLOTILLA_INVALID_ARGUMENT
   */
  invoke(invocation: Invocation<Argument>, invokedAt?: number): (result: Result) => void {
    const { process, operation, argument } = checkInvocation(invocation)
    const calledAt = invokedAt === undefined ? this.tick() : this.#checkMoment(invokedAt)
    const index = this.#operations.length
    const called = { process, operation, argument, invokedAt: calledAt }
    this.#operations.push({ ...called, result: undefined, returnedAt: undefined })
    return (result) => {
      if (this.#operations[index]?.returnedAt !== undefined) return
      this.#operations[index] = { ...called, result, returnedAt: this.tick() }
    }
  }

  #checkMoment(moment: number): number {
    if (Number.isSafeInteger(moment) && moment > 0 && moment <= this.#now) return moment
    throw argumentError('invalid_argument', {
      attempted,
      subject: 'the time of the call',
      given: moment,
      wanted: 'what tick() gave',
    })
  }
}

const attempted = 'note a call'

/** Reads an invocation once. */
function checkInvocation<Argument>(invocation: Invocation<Argument>): Invocation<Argument> {
  try {
    const { process, operation, argument } = invocation
    if (typeof process === 'string' && typeof operation === 'string') {
      return { process, operation, argument }
    }
  } catch {
    // Nothing that has properties, or a getter that throws.
  }
  throw argumentError('invalid_argument', {
    attempted,
    subject: 'the invocation',
    given: invocation,
    wanted: 'an object with process and operation, both texts, and argument',
  })
}
