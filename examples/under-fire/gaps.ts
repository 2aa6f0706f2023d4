/**
 * How long names are free between two holders.
 *
 * Invariant: memory grows with the names that are free now, not with the number of gaps; a
 * percentile is exact to three digits.
 */

import { createHistogram } from 'node:perf_hooks'

/** The gaps of one run, in milliseconds; zeros as long as there are none. */
export interface GapSummary {
  readonly count: number
  readonly p50: number
  readonly p99: number
  readonly max: number
}

/** Measures gaps; times are milliseconds of a clock that never goes back. */
export class NameGaps {
  readonly #histogram = createHistogram()
  readonly #freeSinceMs = new Map<string, number>()

  /** A name has become free, and is to be taken again. */
  freed(name: string, nowMs: number): void {
    this.#freeSinceMs.set(name, nowMs)
  }

  /** A name was taken; a gap, if it was free before. */
  taken(name: string, nowMs: number): void {
    const sinceMs = this.#freeSinceMs.get(name)
    if (sinceMs === undefined) return
    this.#freeSinceMs.delete(name)
    // In whole nanoseconds, of which a histogram wants at least one.
    this.#histogram.record(Math.max(1, Math.round((nowMs - sinceMs) * nanosecondsPerMs)))
  }

  summary(): GapSummary {
    const { count, max } = this.#histogram
    if (count === 0) return { count, p50: 0, p99: 0, max: 0 }
    const percentile = (of: number): number => inMs(this.#histogram.percentile(of))
    return { count, p50: percentile(50), p99: percentile(99), max: inMs(max) }
  }
}

const nanosecondsPerMs = 1e6

/** To the microsecond: more digits than that are noise. */
function inMs(nanoseconds: number): number {
  return Math.round(nanoseconds / 1000) / 1000
}
