/**
 * Work of a supervisor that may have to wait: it takes no message until it is done.
 */
import type { Process } from '../process/process.ts'

/** Either done already, or a promise of it. */
export type Work<T> = T | Promise<T>

/** Goes on with the result of some work, in this step if there is nothing to wait for. */
export function andThen<T, U>(work: Work<T>, next: (value: T) => Work<U>): Work<U> {
  return work instanceof Promise ? work.then(next) : next(work)
}

/** Keeps the process from its next message until the work is done. */
export function hold(process: Process, work: Work<unknown>): void {
  if (!(work instanceof Promise)) return
  process.busy = true
  work.then(
    () => {
      if (process.alive) process.node.resume(process)
    },
    (error) => process.node.fault(error),
  )
}

/**
 * A failed start is tried again only when everybody who can has run: whoever still holds its name
 * may be about to end, and a row of tries in one go would use up the budget before it does.
 */
export function letOthersRun(process: Process): Promise<void> {
  return new Promise((resolve) => process.node.later(resolve))
}

/**
 * Takes `step` through the items in order, one after the other.
 *
 * Stops at the first result that is not `undefined` and gives it back.
 */
export function inOrder<T, R>(
  items: Iterable<T>,
  step: (item: T) => Work<R | undefined>,
): Work<R | undefined> {
  return goOn(items[Symbol.iterator](), step)
}

function goOn<T, R>(
  left: Iterator<T>,
  step: (item: T) => Work<R | undefined>,
): Work<R | undefined> {
  for (let next = left.next(); !next.done; next = left.next()) {
    const result = step(next.value)
    if (result instanceof Promise) return result.then((settled) => settled ?? goOn(left, step))
    if (result !== undefined) return result
  }
  return undefined
}
