/**
 * Which process the code that runs right now belongs to.
 *
 * Invariant: `running` is set exactly while the thread is inside a handler of that process; it is
 * the thread's call-stack register and survives no turn, so two nodes cannot notice each other
 * through it. Code that a handler left behind (after an `await`, in a timer) is found through the
 * asynchronous context instead.
 */
import { enterContext, leaveContext, processOfContext } from './attribution.ts'
import type { Process } from './process.ts'

let running: Process | undefined

/** The process whose code runs now, dead or alive; `undefined` outside of any process. */
export function currentProcess(): Process | undefined {
  return running ?? processOfContext()
}

/** Says that the code of `process` runs from here on; returns who was running before. */
export function enter(process: Process): Process | undefined {
  const before = running
  running = process
  if (process.node.chargesEscapes) enterContext(process)
  return before
}

/** Goes back to who was running before `enter`. */
export function leave(before: Process | undefined): void {
  running = before
  if (before?.node.chargesEscapes) enterContext(before)
}

/** Ends a run of handlers: what comes next on this thread belongs to no process. */
export function leaveAll(): void {
  running = undefined
  leaveContext()
}
