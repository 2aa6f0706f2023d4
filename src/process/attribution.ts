/**
 * The asynchronous context: which process a floating promise, timer or emitter belongs to.
 *
 * Invariant: the context holds its owner and nothing else, and this is the only file that knows
 * `AsyncLocalStorage`. It is entered for a whole run of handlers (`runAs`) or, inside one, changed
 * only when another process takes over, since on Node 20 that costs about as much as a message.
 */
import { AsyncLocalStorage } from 'node:async_hooks'

const storage = new AsyncLocalStorage<unknown>()

/** To whom the present asynchronous context belongs. */
export function ownerOfContext(): unknown {
  return storage.getStore()
}

/** From here to the end of the present callback, charges what is started to `owner`. */
export function setContext(owner: unknown): void {
  storage.enterWith(owner)
}

/** Charges what `work` starts to `owner`, or to nobody, and nothing that comes after it. */
export function runInContext<T>(owner: unknown, work: () => T): T {
  const before = storage.getStore()
  try {
    return storage.run(owner, work)
  } finally {
    // Node 20 does not go back to an owner that it did not have to change for `work`.
    if (storage.getStore() !== before) storage.enterWith(before)
  }
}
