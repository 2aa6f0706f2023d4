/**
 * What is counted during a run.
 *
 * Invariant: counters only grow, and whoever shows them never changes them.
 */

import type { ExitReason } from 'flotilla'

/** The ways in which a worker is ended. */
export const killKinds = ['kill', 'throw', 'stop', 'failingInit', 'exitSignal'] as const

/** One way to end a worker. */
export type KillKind = (typeof killKinds)[number]

/** The counters of one run. */
export class Tally {
  calls = 0
  readonly failedCalls = new Map<ExitReason['kind'], number>()
  readonly kills: Record<KillKind, number> = {
    kill: 0,
    throw: 0,
    stop: 0,
    failingInit: 0,
    exitSignal: 0,
  }
  /** Starts that were made to fail, after a kill. */
  failedStarts = 0
  gamesStarted = 0
  gamesFinished = 0
  movesAccepted = 0
  movesRetried = 0
  movesLost = 0
  lookups = 0

  /** Counts a call that got no answer. */
  failed(reason: ExitReason): void {
    this.failedCalls.set(reason.kind, (this.failedCalls.get(reason.kind) ?? 0) + 1)
  }

  get allKills(): number {
    return killKinds.reduce((sum, kind) => sum + this.kills[kind], 0)
  }

  get allFailedCalls(): number {
    return [...this.failedCalls.values()].reduce((sum, count) => sum + count, 0)
  }
}
