/**
 * The asynchronous context: which process a floating promise, timer or emitter belongs to.
 *
 * Invariant: the context holds the process and nothing else, and this is the only file that knows
 * `AsyncLocalStorage`. It is entered for a whole run of handlers (`runAs`) or, inside one, changed
 * only when another process takes over, since on Node 20 that costs about as much as a message.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { Process } from './process.ts'

const storage = new AsyncLocalStorage<Process | undefined>()

/** The process of the present asynchronous context. */
export function processOfContext(): Process | undefined {
  return storage.getStore()
}

/** From here to the end of the present callback, charges what is started to `process`. */
export function setContext(process: Process | undefined): void {
  storage.enterWith(process)
}

/** Charges what `work` starts to `process`, or to nobody, and nothing that comes after it. */
export function runInContext<T>(process: Process | undefined, work: () => T): T {
  return storage.run(process, work)
}
