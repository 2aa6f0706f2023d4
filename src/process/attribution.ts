/**
 * The asynchronous context: which process a floating promise, timer or emitter belongs to.
 *
 * Invariant: the context holds the process and nothing else, and this is the only file that knows
 * `AsyncLocalStorage`. Entering is skipped when the context is already the right one, since on
 * Node 20 it costs about as much as handling a message.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { Process } from './process.ts'

const storage = new AsyncLocalStorage<Process | undefined>()

/** The process of the present asynchronous context. */
export function processOfContext(): Process | undefined {
  return storage.getStore()
}

/** Charges what the following code starts to `process`. */
export function enterContext(process: Process): void {
  if (storage.getStore() !== process) storage.enterWith(process)
}

/** Charges what the following code starts to no process. */
export function leaveContext(): void {
  if (storage.getStore() !== undefined) storage.enterWith(undefined)
}
