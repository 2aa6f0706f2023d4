/**
 * What a fleet wants to run: decisions about one key.
 *
 * Invariant: a decision looks at one key alone, so that one poisoned key never costs its siblings
 * anything.
 */
import type { Restart } from './child-spec.ts'
import type { ExitReason } from './exit.ts'
import { type RestartLimits, type RestartWindow, recordRestart } from './restart-window.ts'
import { isRestarted } from './supervision.ts'

/** How long to wait between two tries to start the same key: doubled from the first to the last. */
export interface BackOff {
  readonly firstMs: number
  readonly lastMs: number
}

/** The choices of a fleet about every key. */
export interface KeepPolicy {
  readonly restart: Restart
  readonly limits: RestartLimits
  readonly backOff: BackOff
}

/** What is remembered about one key. */
export interface Kept extends RestartWindow {
  /** Starts that failed since the last one that did not. */
  failures: number
}

/** What follows from the end of a worker. */
export type EndDecision = 'forget' | 'restart' | 'park'

/** What follows from a start that failed. */
export type FailureDecision =
  | { readonly kind: 'retry'; readonly delayMs: number }
  | { readonly kind: 'park' }

/** A worker has ended by itself, by a crash or by a signal. */
export function afterEnd(
  kept: Kept,
  end: { readonly reason: ExitReason; readonly nowMs: number },
  policy: KeepPolicy,
): EndDecision {
  if (!isRestarted(policy.restart, end.reason)) return 'forget'
  return recordRestart(kept, end.nowMs, policy.limits) === 'exceeded' ? 'park' : 'restart'
}

/** Starting the worker again has failed. */
export function afterFailure(kept: Kept, nowMs: number, policy: KeepPolicy): FailureDecision {
  kept.failures += 1
  if (recordRestart(kept, nowMs, policy.limits) === 'exceeded') return { kind: 'park' }
  return { kind: 'retry', delayMs: delayAfter(kept.failures, policy.backOff) }
}

/** The key runs again, or is taken up afresh. */
export function forgive(kept: Kept): void {
  kept.failures = 0
  kept.restarts = undefined
}

/** How long to wait after so many failures in a row; none after the zeroth. */
export function delayAfter(failures: number, backOff: BackOff): number {
  if (failures <= 0) return 0
  return Math.min(backOff.lastMs, backOff.firstMs * 2 ** (failures - 1))
}
