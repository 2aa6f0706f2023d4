/**
 * The asynchronous context: which process a floating promise, timer or emitter belongs to.
 *
 * Invariant: the context holds its owner and nothing else, and this is the only file that knows
 * `AsyncLocalStorage`. It is entered for a whole run of handlers (`runAs`) or, inside one, changed
 * only when another process takes over, since on Node 20 that costs about as much as a message.
 */
import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks'

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
    // Once it is used at all, every promise of the OS process gets dearer on Node 20.
    return owner === before ? work() : storage.run(owner, work)
  } finally {
    // Node 20 does not go back to an owner that it did not have to change for `work`.
    if (storage.getStore() !== before) storage.enterWith(before)
  }
}

/** The present context, whole: to run something in it later. */
export function capturedContext(): <T>(work: () => T) => T {
  const resource = new AsyncResource('flotilla')
  return (work) => resource.runInAsyncScope(work)
}

/**
 * Whether changing the context copies it, as from Node 24 on: then it is dear to change it, cheap
 * to have a promise in it, and code that changes it within `KeptContext` leaves no trace there.
 *
 * To be asked by those alone who are going to change contexts: asking is to use the storage.
 */
export function contextsAreCopied(): boolean {
  const probe = new AsyncResource('flotilla')
  probe.runInAsyncScope(() => storage.enterWith(probe))
  return probe.runInAsyncScope(() => storage.getStore()) === undefined
}

/** A context that is entered again and again; entering it costs a tenth of making one. */
export class KeptContext {
  readonly #resource: AsyncResource

  constructor(owner: unknown) {
    this.#resource = storage.run(owner, () => new AsyncResource('flotilla'))
  }

  /** Charges what `work` starts to the owner, and nothing that comes after it. */
  run<A>(work: (argument: A) => void, argument: A): void {
    this.#resource.runInAsyncScope(work, undefined, argument)
  }
}
