/**
 * What can be concluded from numbers that chance has a hand in.
 */

/** A value at a time. */
export interface Sample {
  readonly atSeconds: number
  readonly value: number
}

/** The slope of a series by Theil and Sen, per hour, with its 95 % interval, and its middle. */
export interface Slope {
  readonly perHour: number
  readonly low: number
  readonly high: number
  readonly median: number
}

/** More points than these are thinned out to medians of neighbours: pairs grow by the square. */
const pointsMax = 300
const secondsPerHour = 3600

/**
 * The median of the slopes between all pairs of points, and the interval that Kendall's variance
 * gives, which is the wider the more each point resembles the ones before it. Sources: P. K. Sen,
 * "Estimates of the Regression Coefficient Based on Kendall's Tau", 1968; K. H. Hamed and
 * A. R. Rao, "A modified Mann-Kendall trend test for autocorrelated data", 1998.
 */
export function slopeOf(samples: readonly Sample[]): Slope {
  const points = thinned(samples)
  const slopes: number[] = []
  for (const [index, from] of points.entries()) {
    for (const to of points.slice(index + 1)) {
      const seconds = to.atSeconds - from.atSeconds
      if (seconds > 0) slopes.push(((to.value - from.value) / seconds) * secondsPerHour)
    }
  }
  const median = middleOf(points.map(({ value }) => value))
  if (slopes.length === 0) return { perHour: 0, low: 0, high: 0, median }
  const sorted = Float64Array.from(slopes).sort()
  const perHour = middleOf([...sorted])
  const count = points.length
  const variance = (count * (count - 1) * (2 * count + 5)) / 18
  const spread = 1.96 * Math.sqrt(variance * inflationOf(withoutSlope(points, perHour)))
  const last = sorted.length - 1
  const low = sorted[Math.max(0, Math.floor((sorted.length - spread) / 2))] ?? 0
  const high = sorted[Math.min(last, Math.ceil((sorted.length + spread) / 2))] ?? 0
  return { perHour, low, high, median }
}

function withoutSlope(points: readonly Sample[], perHour: number): readonly number[] {
  return points.map(({ atSeconds, value }) => value - (perHour * atSeconds) / secondsPerHour)
}

/**
 * How many times as large Kendall's variance is because neighbours resemble each other: memory
 * after a collection goes up and down over minutes, and every sample in such a wave says the same.
 * Only resemblance that chance does not explain counts, up to the first lag without it.
 */
function inflationOf(values: readonly number[]): number {
  const count = values.length
  const ranks = ranksOf(values)
  const square = similarity(ranks, 0)
  if (count < 4 || square === 0) return 1
  let sum = 0
  for (let lag = 1; lag < count - 2; lag += 1) {
    const correlation = similarity(ranks, lag) / square
    if (correlation < 1.96 / Math.sqrt(count)) break
    sum += (count - lag) * (count - lag - 1) * (count - lag - 2) * correlation
  }
  return 1 + (2 * sum) / (count * (count - 1) * (count - 2))
}

function similarity(ranks: readonly number[], lag: number): number {
  return ranks.slice(lag).reduce((sum, rank, index) => sum + rank * (ranks[index] ?? 0), 0)
}

/** The place of each value among all, counted from the middle; equal values share theirs. */
function ranksOf(values: readonly number[]): readonly number[] {
  const sorted = Float64Array.from(values).sort()
  const middle = (values.length - 1) / 2
  return values.map((value) => (sorted.indexOf(value) + sorted.lastIndexOf(value)) / 2 - middle)
}

/** The last part of a series, by time: without what warming up does to it. */
export function lastPart(samples: readonly Sample[], share: number): readonly Sample[] {
  const first = samples[0]?.atSeconds ?? 0
  const end = samples.at(-1)?.atSeconds ?? 0
  const fromSeconds = end - (end - first) * share
  return samples.filter(({ atSeconds }) => atSeconds >= fromSeconds)
}

/** The number that a Poisson variable of this mean exceeds in one of a thousand cases at most. */
export function poissonLimit(mean: number): number {
  if (mean > 500) return Math.ceil(mean + 3.1 * Math.sqrt(mean))
  let probability = Math.exp(-mean)
  let sum = probability
  let count = 0
  while (sum < 0.999) {
    count += 1
    probability *= mean / count
    sum += probability
  }
  return count
}

/** The median; 0 of nothing. */
export function middleOf(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort()
  const half = sorted.length >> 1
  const upper = sorted[half] ?? 0
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? upper) + upper) / 2
}

function thinned(samples: readonly Sample[]): readonly Sample[] {
  if (samples.length <= pointsMax) return samples
  const size = Math.ceil(samples.length / pointsMax)
  return Array.from({ length: Math.ceil(samples.length / size) }, (_, index) => {
    const group = samples.slice(index * size, (index + 1) * size)
    return {
      atSeconds: middleOf(group.map(({ atSeconds }) => atSeconds)),
      value: middleOf(group.map(({ value }) => value)),
    }
  })
}
