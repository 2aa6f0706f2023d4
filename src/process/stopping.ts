/**
 * Stopping a child in order: ask, wait as long as its specification allows, then kill.
 *
 * Invariant: when the promise resolves the child is dead; its parent hears of it only through the
 * result, not through an exit signal as well. Source: OTP `supervisor`, `shutdown`.
 */

import type { Shutdown } from '../core/child-spec.ts'
import { noTimeMs } from '../core/deadlines.ts'
import { type ExitReason, killed, normal, shutdown } from '../core/exit.ts'
import { end, signalExit } from './dying.ts'
import { watchEnd } from './monitors.ts'
import type { Process } from './process.ts'
import type { Expiring } from './timers.ts'

/**
 * Stops a process.
 *
 * @param limitMs how long it may take before it is killed
 * @param reason of the exit signal it gets first
 * @returns the reason with which it ended, at once if it did not have to be waited for
 */
export function stopProcess(
  process: Process,
  limitMs: Shutdown,
  reason: ExitReason = shutdown,
): ExitReason | Promise<ExitReason> {
  const { parent } = process
  process.parentLinked = false
  if (process.alive && limitMs === 'kill') end(process, killed)
  // Also of `normal`, which as a signal of somebody else would do nothing.
  else if (process.alive && !process.trapping) end(process, reason)
  else if (process.alive) {
    signalExit(process, parent?.pid ?? process.node.outside, reason)
  }
  return process.alive ? waitForEnd(process, limitMs) : (process.exitReason ?? normal)
}

function waitForEnd(process: Process, limitMs: Shutdown): Promise<ExitReason> {
  return new Promise((resolve) => {
    const limit = typeof limitMs === 'number' ? new KillTimer(process) : undefined
    watchEnd(process, (reason) => {
      if (limit !== undefined) process.node.timers.cancel(limit)
      resolve(reason)
    })
    if (limit !== undefined && typeof limitMs === 'number') {
      process.node.timers.schedule(limit, limitMs)
    }
  })
}

/** Kills a process that has not stopped in time. */
export class KillTimer implements Expiring {
  dueMs = noTimeMs
  sequence = 0
  heapIndex = -1
  readonly #process: Process

  constructor(process: Process) {
    this.#process = process
  }

  expire(): void {
    end(this.#process, killed)
  }
}
