/**
 * Medians, spreads and ratios.
 *
 * Invariant: a ratio is made of pairs from the same round, so that what slows the machine down for
 * a while slows both sides of it.
 */

/** The middle of some numbers, and how far they reach. */
export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
}

/** How many times better, with the interval that holds the true median nine times in ten. */
export interface Ratio {
  readonly median: number
  readonly low: number
  readonly high: number
}

/** The middle of a list, of an even one the mean of both middles; NaN of none. */
export function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right)
  const middle = (sorted.length - 1) / 2
  const below = sorted[Math.floor(middle)] ?? Number.NaN
  const above = sorted[Math.ceil(middle)] ?? Number.NaN
  return (below + above) / 2
}

/** Median, least and greatest; all NaN of an empty list. */
export function spreadOf(values: readonly number[]): Spread {
  if (values.length === 0) return { median: Number.NaN, min: Number.NaN, max: Number.NaN }
  return { median: medianOf(values), min: Math.min(...values), max: Math.max(...values) }
}

/** One round of both sides. */
export interface Pair {
  readonly ours: number
  readonly theirs: number
}

/** How many times better ours are than theirs. */
export function ratioOf(pairs: readonly Pair[], better: 'less' | 'more'): Ratio {
  const ratios = pairs
    .map(({ ours, theirs }) => (better === 'more' ? ours / theirs : theirs / ours))
    .toSorted((left, right) => left - right)
  const outside = ranksOutside(ratios.length)
  return {
    median: medianOf(ratios),
    low: ratios[outside] ?? Number.NaN,
    high: ratios[ratios.length - 1 - outside] ?? Number.NaN,
  }
}

/**
 * How many of the least and of the greatest values lie outside the interval of the median.
 *
 * A value is below the true median as often as a coin falls heads, whatever its distribution, so
 * the chance that the median lies outside the values ranked k + 1 to n - k is twice that of at most
 * k heads in n throws. With less than five rounds no such interval exists: all of them count.
 */
function ranksOutside(rounds: number): number {
  const confidence = 0.9
  let outside = -1
  let ways = 1
  let chance = 2 ** -rounds
  while (2 * chance <= 1 - confidence && 2 * (outside + 1) < rounds) {
    outside++
    ways = (ways * (rounds - outside)) / (outside + 1)
    chance += ways * 2 ** -rounds
  }
  return Math.max(0, outside)
}
