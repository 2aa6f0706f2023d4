/**
 * Errors without a stack.
 *
 * Why: a stack shows who made the error. When a call fails because its time is up or its server has
 * ended, that is the runtime, which says nothing, and costs more than all the rest of the failure:
 * the waiting callers of one server are many.
 *
 * Invariant: the limit is what it was as soon as the work is done, however it ends. It is the limit
 * of the whole OS process, so the work makes the error and does nothing else.
 */

/** Does something that makes errors; they have no stack beyond their first line. */
export function withoutStack<T>(work: () => T): T {
  const limit = Error.stackTraceLimit
  if (!limitStacks(0)) return work()
  try {
    return work()
  } finally {
    limitStacks(limit)
  }
}

/** By assignment, which costs a tenth of `Reflect.set`; false where the intrinsics are frozen. */
function limitStacks(limit: number): boolean {
  try {
    Error.stackTraceLimit = limit
    return true
  } catch {
    return false
  }
}
