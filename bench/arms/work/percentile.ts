/**
 * Percentiles of samples.
 */

/** The sample below or at which so many percent lie; NaN if there is none. */
export function percentile(samples: Iterable<number>, percent: number): number {
  const sorted = Float64Array.from(samples).sort()
  const rank = Math.ceil((percent / 100) * sorted.length)
  return sorted[Math.max(0, rank - 1)] ?? Number.NaN
}
