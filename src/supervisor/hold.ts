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
 * Takes `step` through the items in order, one after the other.
 *
 * Stops at the first result that is not `undefined` and gives it back.
 */
export function inOrder<T, R>(
  items: readonly T[],
  step: (item: T) => Work<R | undefined>,
  from = 0,
): Work<R | undefined> {
  for (const [offset, item] of items.slice(from).entries()) {
    const result = step(item)
    if (result instanceof Promise) {
      return result.then((settled) => settled ?? inOrder(items, step, from + offset + 1))
    }
    if (result !== undefined) return result
  }
  return undefined
}
