/**
 * What a run came to: the document of `--json`, and all that the verdict is made from.
 *
 * Invariant: the verdict is `held` only if every invariant was looked at and none broke.
 */

import type { ExitReason, NodeStatistics } from 'flotilla'
import type { GapSummary } from './gaps.ts'
import type { LoopDelay } from './loop-delay.ts'
import type { Options } from './options.ts'
import type { ViolationCounts, Violations } from './oracle/invariants.ts'
import type { KillKind, Tally } from './tally.ts'

/** What a run came to. */
export interface Report {
  readonly verdict: 'held' | 'broken'
  readonly users: number
  /** In play at any time; those that were started, and those that came to their end. */
  readonly games: number
  readonly gamesStarted: number
  readonly gamesFinished: number
  /** Under fire, without start, last look and stop. */
  readonly seconds: number
  readonly interrupted: boolean
  readonly seed: number
  readonly startMs: number
  readonly calls: number
  readonly callsPerSecond: number
  readonly failedCalls: Readonly<Partial<Record<ExitReason['kind'], number>>>
  readonly lookups: number
  readonly kills: number
  readonly killsByKind: Readonly<Record<KillKind, number>>
  /** Starts that were made to fail on top of the kills. */
  readonly failedStarts: number
  /** Registrations after an end: one for each kill and each failed start. */
  readonly restarts: number
  readonly nameGapMs: GapSummary
  readonly eventLoopDelayMs: LoopDelay
  readonly moves: { readonly accepted: number; readonly retried: number; readonly lost: number }
  readonly violations: ViolationCounts
  /** The first violations in words. */
  readonly findings: readonly string[]
  /** What the node held after it was stopped. */
  readonly statisticsAfterStop: NodeStatistics
  readonly node: string
}

/** What was measured. */
export interface Measured {
  readonly options: Options
  readonly seed: number
  readonly startMs: number
  readonly firedMs: number
  readonly interrupted: boolean
  readonly tally: Tally
  readonly restarts: number
  readonly gaps: GapSummary
  readonly loopDelay: LoopDelay
  readonly violations: Violations
  readonly statistics: NodeStatistics
}

/** Puts a run into a report. */
export function reportOf(measured: Measured): Report {
  const { options, tally, violations } = measured
  const seconds = measured.firedMs / 1000
  return {
    verdict: violations.total === 0 ? 'held' : 'broken',
    users: options.users,
    games: options.games,
    gamesStarted: tally.gamesStarted,
    gamesFinished: tally.gamesFinished,
    seconds: round(seconds, 3),
    interrupted: measured.interrupted,
    seed: measured.seed,
    startMs: round(measured.startMs, 1),
    calls: tally.calls,
    callsPerSecond: seconds === 0 ? 0 : Math.round(tally.calls / seconds),
    failedCalls: Object.fromEntries(tally.failedCalls),
    lookups: tally.lookups,
    kills: tally.allKills,
    killsByKind: { ...tally.kills },
    failedStarts: tally.failedStarts,
    restarts: measured.restarts,
    nameGapMs: measured.gaps,
    eventLoopDelayMs: measured.loopDelay,
    moves: {
      accepted: tally.movesAccepted,
      retried: tally.movesRetried,
      lost: tally.movesLost,
    },
    violations: violations.counts(),
    findings: violations.inWords(),
    statisticsAfterStop: measured.statistics,
    node: process.version,
  }
}

/** What a stopped node still holds; nothing if all is well. */
export function leftoversOf(statistics: NodeStatistics): readonly string[] {
  const { processes, deadlines, monitors, links, queued, deferred, rows } = statistics
  const held = { processes, deadlines, monitors, links, queued, deferred }
  return [...Object.entries(held), ...Object.entries(rows)]
    .filter(([, count]) => count !== 0)
    .map(([what, count]) => `${what}: ${count}`)
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits))
}
