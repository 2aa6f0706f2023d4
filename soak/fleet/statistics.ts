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
 * gives. Source: P. K. Sen, "Estimates of the Regression Coefficient Based on Kendall's Tau", 1968.
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
  const count = points.length
  const spread = 1.96 * Math.sqrt((count * (count - 1) * (2 * count + 5)) / 18)
  const last = sorted.length - 1
  const low = sorted[Math.max(0, Math.floor((sorted.length - spread) / 2))] ?? 0
  const high = sorted[Math.min(last, Math.ceil((sorted.length + spread) / 2))] ?? 0
  return { perHour: middleOf([...sorted]), low, high, median }
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
