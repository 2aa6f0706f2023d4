/**
 * Timers that end with their process.
 *
 * Invariant: what is kept here is cancelled in the step in which the process ends, unless it has
 * been forgotten before; whoever fires or is taken back is forgotten.
 */
import { SmallSet } from '../core/small-set.ts'
import type { Process } from './process.ts'
import type { Expiring } from './timers.ts'

/** Starts a timer of a living process. */
export function startTimer(process: Process, timer: Expiring, delayMs: number): void {
  keepTimer(process, timer)
  process.node.timers.schedule(timer, delayMs)
}

/** Has a timer cancelled when its process ends, whether it waits now or not. */
export function keepTimer({ extras }: Process, timer: Expiring): void {
  extras.timers ??= new SmallSet()
  extras.timers.add(timer)
}

/** A timer has fired. */
export function forgetTimer(process: Process, timer: Expiring): void {
  process.extrasIfAny?.timers?.delete(timer)
}

/** Takes a timer back; whether it was still to fire. */
export function cancelTimer(process: Process, timer: Expiring): boolean {
  forgetTimer(process, timer)
  return process.node.timers.cancel(timer)
}
