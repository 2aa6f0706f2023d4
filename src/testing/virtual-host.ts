/**
 * A host whose time moves only when told.
 *
 * Invariant: the same seed and the same calls give the same numbers and the same order of timers.
 * Handlers still run by themselves, in turns of the real event loop; only time and randomness are
 * virtual.
 */
import { checkCount, checkDuration, checkFunction, checkOptions } from '../core/argument-error.ts'
import type { Host } from '../process/host.ts'
import { randomSource } from './random-source.ts'
import { VirtualClock } from './virtual-clock.ts'

/** A host under control of a test. */
export interface VirtualHost extends Host {
  /** Virtual milliseconds since the start of the host. */
  readonly nowMs: number
  /** Timers that wait for time to move. */
  readonly pendingTimers: number
  /**
   * Moves time forward, timer by timer, and lets everything each of them causes run to its end.
   *
   * @throws ArgumentError FLOTILLA_INVALID_OPTION
   */
  advance(delayMs: number): Promise<void>
  /** Resolves when everything that can run without time moving has run. */
  settle(): Promise<void>
}

/** The choices of a virtual host. */
export interface VirtualHostOptions {
  /** Decides every random number; default 1. */
  readonly seed?: number
  /** What `wallMs` says at the start; default 0. */
  readonly wallMs?: number
}

/**
 * Makes a virtual host, to be given to `startNode(tree, { host })`.
 *
 * @throws ArgumentError FLOTILLA_INVALID_OPTION, FLOTILLA_UNKNOWN_OPTION
 */
export function virtualHost(options: VirtualHostOptions = {}): VirtualHost {
  const attempted = 'make a virtual host'
  const { seed = 1, wallMs = 0 } = checkOptions(attempted, options, ['seed', 'wallMs'])
  checkCount(attempted, seed, { option: 'seed', min: 0, max: 2 ** 32 - 1 })
  checkDuration(attempted, wallMs, { option: 'wallMs' })
  return new ManualHost(seed, wallMs)
}

class ManualHost implements VirtualHost {
  readonly clock: VirtualClock
  readonly random: Host['random']
  readonly scheduler: Host['scheduler']
  #running = 0

  constructor(seed: number, wallMs: number) {
    this.clock = new VirtualClock(wallMs)
    this.random = { u32: randomSource(seed) }
    this.scheduler = {
      yieldThen: (run) => this.#track(run, setImmediate),
      soon: (run) => this.#track(run, queueMicrotask),
    }
  }

  get nowMs(): number {
    return this.clock.nowMs
  }

  get pendingTimers(): number {
    return this.clock.pendingTimers
  }

  async advance(delayMs: number): Promise<void> {
    await this.clock.advance(delayMs, () => this.settle())
  }

  async settle(): Promise<void> {
    // Two quiet visits in a row: promises settled by the first may have started more.
    for (let quiet = 0; quiet < 2; ) {
      await new Promise((resolve) => setImmediate(resolve))
      quiet = this.#running === 0 ? quiet + 1 : 0
    }
  }

  #track(run: () => void, schedule: (task: () => void) => unknown): void {
    checkFunction('schedule on a virtual host', run, 'run')
    this.#running += 1
    schedule(() => {
      this.#running -= 1
      run()
    })
  }
}
