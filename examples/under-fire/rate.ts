/**
 * How fast a counter grows, over about the last second.
 *
 * Invariant: it remembers no more than the samples of that second.
 */

interface Sample {
  readonly total: number
  readonly atMs: number
}

const windowMs = 1000

/** Watches one counter. */
export class Rate {
  #samples: Sample[] = []

  /** Adds a sample; gives the growth per second since the oldest one that still counts. */
  perSecond(total: number, atMs: number): number {
    this.#samples.push({ total, atMs })
    while ((this.#samples[1]?.atMs ?? atMs) < atMs - windowMs) this.#samples.shift()
    const [oldest] = this.#samples
    if (oldest === undefined || atMs <= oldest.atMs) return 0
    return ((total - oldest.total) / (atMs - oldest.atMs)) * 1000
  }
}
