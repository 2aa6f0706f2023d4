/**
 * Histograms of durations, exact to three digits, of fixed size.
 */
import { createHistogram, type RecordableHistogram } from 'node:perf_hooks'

/** Percentiles of durations, in milliseconds; zeros as long as there are none. */
export interface Durations {
  readonly count: number
  readonly p50: number
  readonly p99: number
  readonly p999: number
  readonly max: number
}

/** Durations so far. */
export class DurationHistogram {
  readonly #histogram: RecordableHistogram = createHistogram()

  /** Adds one, in milliseconds. */
  record(durationMs: number): void {
    // In whole nanoseconds, of which a histogram wants at least one.
    this.#histogram.record(Math.max(1, Math.round(durationMs * 1e6)))
  }

  /** Adds all of another. */
  add(other: DurationHistogram): void {
    // One without any has a minimum that would spoil the sum.
    if (other.#histogram.count > 0) this.#histogram.add(other.#histogram)
  }

  reset(): void {
    this.#histogram.reset()
  }

  summary(): Durations {
    const { count, max } = this.#histogram
    if (count === 0) return { count, p50: 0, p99: 0, p999: 0, max: 0 }
    const percentile = (of: number): number => inMs(this.#histogram.percentile(of))
    return {
      count,
      p50: percentile(50),
      p99: percentile(99),
      p999: percentile(99.9),
      max: inMs(max),
    }
  }
}

/** To the microsecond: more digits than that are noise. */
function inMs(nanoseconds: number): number {
  return Math.round(nanoseconds / 1000) / 1000
}

/** The durations of calls: of the present sample, of the whole, and of tenths of the run. */
export class Latencies {
  readonly total = new DurationHistogram()
  readonly #now = new DurationHistogram()
  readonly #tenths = Array.from({ length: 10 }, () => new DurationHistogram())

  record(durationMs: number): void {
    this.#now.record(durationMs)
  }

  /** Ends a sample, taken at this share of the run (0 to 1). */
  sample(share: number): Durations {
    const summary = this.#now.summary()
    this.total.add(this.#now)
    this.#tenths[Math.min(9, Math.floor(share * 10))]?.add(this.#now)
    this.#now.reset()
    return summary
  }

  /** The 99th percentile of the second and of the last tenth, in milliseconds. */
  drift(): { readonly second: Durations; readonly last: Durations } {
    const [, second = this.total] = this.#tenths
    return { second: second.summary(), last: (this.#tenths[9] ?? this.total).summary() }
  }
}
