/**
 * The one door to the world: time, randomness and scheduling.
 *
 * Invariant: no other file of the runtime reads a clock, draws a random number or asks the event
 * loop for a turn; whoever implements `Host` decides everything that is not decided by messages.
 */

import { ArgumentError, argumentError, checkFunction } from '../core/argument-error.ts'
import type { Pid } from '../core/pid.ts'

/** Stops something that was started, a timer for instance. Calling it twice does nothing. */
export interface Cancellable {
  cancel(): void
}

/**
 * Takes an error that nobody handled, if it is of one of its processes; says whether it is.
 *
 * @param rejected the promise that was rejected, if that is how the error came
 */
export type OnEscape = (error: unknown, rejected?: object) => boolean

/**
 * Everything non-deterministic that a node uses.
 *
 * `flotilla/testing` has one whose time moves only when told.
 */
export interface Host {
  readonly clock: {
    /** Milliseconds since an arbitrary start; never goes back. */
    monotonicMs(): number
    /** Milliseconds since 1970; may jump. */
    wallMs(): number
    /** Runs `fire` once, not before `delayMs` milliseconds from now. */
    after(delayMs: number, fire: () => void): Cancellable
  }
  readonly random: {
    /** An unsigned 32-bit integer. */
    u32(): number
  }
  readonly scheduler: {
    /** Runs `run` in a later turn of the event loop, after input and timers had their chance. */
    yieldThen(run: () => void): void
    /**
     * As `yieldThen`, but for a node that has ended: who goes on asking it waits here between
     * refusals. A host that runs nothing of such a node any more needs it; left out: `yieldThen`.
     */
    yieldAfterEnd?(run: () => void): void
    /** Runs `run` when the present code has finished, before input and timers. */
    soon?(run: () => void): void
    /**
     * Says which of the `count` processes that have a message goes next, as an index in the order
     * in which they got ready; `pidAt` tells who is where. A host that offers it decides every
     * message: only one is handled per run, and for any other number none is, until the host runs
     * what it was given by `soon` again. For tests that explore the order of events; it costs time
     * in proportion to `count`. Looked for once, when the node starts.
     */
    choose?(count: number, pidAt: (index: number) => Pid | undefined): number
  }
  /** How much can run at the same time, such as CPU cores; left out: 1. Read at starts alone. */
  parallelism?(): number
  /** Tells the operator what nobody may have asked to hear: a node that ended by itself. */
  warn?(message: string): void
  /**
   * Offers errors that nobody handled (a floating promise, a throw in a timer) to `onEscape`, which
   * says whether it was of one of its processes; the other errors keep their usual effect.
   * Left out: such errors are never charged to a process.
   */
  readonly escapes?: {
    capture(onEscape: OnEscape): Cancellable
  }
}

/**
 * Refuses a host that lacks a part.
 *
 * @throws ArgumentError FLOTILLA_INVALID_OPTION
 */
export function checkHost(attempted: string, host: Host): void {
  try {
    const { clock, random, scheduler, parallelism, warn, escapes } = host
    checkFunction(attempted, clock.monotonicMs, 'host.clock.monotonicMs')
    checkFunction(attempted, clock.wallMs, 'host.clock.wallMs')
    checkFunction(attempted, clock.after, 'host.clock.after')
    checkFunction(attempted, random.u32, 'host.random.u32')
    checkFunction(attempted, scheduler.yieldThen, 'host.scheduler.yieldThen')
    const { soon, choose, yieldAfterEnd } = scheduler
    if (soon !== undefined) checkFunction(attempted, soon, 'host.scheduler.soon')
    if (choose !== undefined) checkFunction(attempted, choose, 'host.scheduler.choose')
    if (yieldAfterEnd !== undefined) {
      checkFunction(attempted, yieldAfterEnd, 'host.scheduler.yieldAfterEnd')
    }
    if (parallelism !== undefined) checkFunction(attempted, parallelism, 'host.parallelism')
    if (warn !== undefined) checkFunction(attempted, warn, 'host.warn')
    if (escapes !== undefined) checkFunction(attempted, escapes.capture, 'host.escapes.capture')
  } catch (error) {
    if (ArgumentError.is(error)) throw error
    throw argumentError('invalid_option', {
      attempted,
      subject: 'option "host"',
      given: host,
      wanted: 'an object with clock, random and scheduler',
    })
  }
}
