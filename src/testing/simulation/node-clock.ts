/**
 * The clocks of one node: they run a little too fast or too slowly, and one of them may jump.
 *
 * Invariant: the monotonic clock never goes back and depends on the time of the world alone; a jump
 * moves the wall clock and nothing else.
 */

/** How the clocks of a node stand to the time of the world. */
export interface ClockOptions {
  /** When the node was started, in microseconds of the world. */
  readonly startUs: number
  /** What the wall clock said then, in milliseconds since 1970. */
  readonly wallMs: number
  /** How many of its seconds pass in a second of the world; 1 is exact. */
  readonly rate: number
}

/** The clocks of one node in one of its lives. */
export class NodeClock {
  readonly #startUs: number
  readonly #rate: number
  readonly #nowUs: () => number
  #wallStartMs: number

  /** @param nowUs the time of the world */
  constructor(nowUs: () => number, { startUs, wallMs, rate }: ClockOptions) {
    this.#nowUs = nowUs
    this.#startUs = startUs
    this.#wallStartMs = wallMs
    this.#rate = rate
  }

  monotonicMs(): number {
    return ((this.#nowUs() - this.#startUs) * this.#rate) / 1000
  }

  /** Whole milliseconds, as `Date.now` gives them. */
  wallMs(): number {
    return Math.floor(this.#wallStartMs + this.monotonicMs())
  }

  /** How long a delay of this clock takes by the world, in microseconds. */
  worldUs(delayMs: number): number {
    return Math.ceil((delayMs * 1000) / this.#rate)
  }

  /** @param byMs how far forward, or back if it is negative */
  jump(byMs: number): void {
    this.#wallStartMs += byMs
  }
}
