/**
 * What is to be seen of a run while it goes on: plain numbers, for whoever shows them.
 */

import type { GapSummary } from './gaps.ts'
import type { KillKind } from './tally.ts'

/** A run at one moment. */
export interface Snapshot {
  readonly phase: 'starting' | 'under fire' | 'stopping'
  readonly seed: number
  readonly users: number
  readonly games: number
  readonly seconds: number
  readonly elapsedMs: number
  /** Workers that are there now. */
  readonly alive: number
  readonly calls: number
  readonly callsPerSecond: number
  readonly failedCalls: number
  readonly kills: Readonly<Record<KillKind, number>>
  readonly restarts: number
  readonly nameGapMs: GapSummary
  readonly gamesFinished: number
  readonly movesAccepted: number
  readonly movesRetried: number
  readonly violations: number
}
