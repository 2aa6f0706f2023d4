/**
 * A host whose time moves only when told.
 *
 * Invariant: the same seed and the same calls give the same numbers and the same order of timers.
 * Handlers still run by themselves, in turns of the real event loop; only time and randomness are
 * virtual.
 */
import { checkCount, checkDuration, checkFunction, checkOptions } from '../core/argument-error.ts'
import { type DeadlineEntry, Deadlines } from '../core/deadlines.ts'
import type { Cancellable, Host } from '../process/host.ts'

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

class ManualTimer implements DeadlineEntry {
  dueMs = 0
  sequence = 0
  heapIndex = -1
  readonly fire: () => void

  constructor(fire: () => void) {
    this.fire = fire
  }
}

class ManualHost implements VirtualHost {
  readonly clock: Host['clock']
  readonly random: Host['random']
  readonly scheduler: Host['scheduler']
  readonly #timers = new Deadlines<ManualTimer>()
  #nowMs = 0
  #running = 0
  #state: number

  constructor(seed: number, wallMs: number) {
    this.#state = seed
    this.clock = {
      monotonicMs: () => this.#nowMs,
      wallMs: () => wallMs + this.#nowMs,
      after: (delayMs, fire) => this.#after(delayMs, fire),
    }
    this.random = { u32: () => this.#nextRandom() }
    this.scheduler = {
      yieldThen: (run) => this.#track(run, setImmediate),
      soon: (run) => this.#track(run, queueMicrotask),
    }
  }

  get nowMs(): number {
    return this.#nowMs
  }

  get pendingTimers(): number {
    return this.#timers.size
  }

  async advance(delayMs: number): Promise<void> {
    checkDuration('advance a virtual host', delayMs, { option: 'delayMs' })
    const untilMs = this.#nowMs + delayMs
    await this.settle()
    for (;;) {
      const dueMs = this.#timers.earliestMs()
      if (dueMs === undefined || dueMs > untilMs) break
      this.#nowMs = Math.max(this.#nowMs, dueMs)
      const timer = this.#timers.takeDue(this.#nowMs)
      timer?.fire()
      await this.settle()
    }
    this.#nowMs = untilMs
  }

  async settle(): Promise<void> {
    // Two quiet visits in a row: promises settled by the first may have started more.
    for (let quiet = 0; quiet < 2; ) {
      await new Promise((resolve) => setImmediate(resolve))
      quiet = this.#running === 0 ? quiet + 1 : 0
    }
  }

  #after(delayMs: number, fire: () => void): Cancellable {
    const attempted = 'set a timer of a virtual host'
    checkDuration(attempted, delayMs, { option: 'delayMs' })
    checkFunction(attempted, fire, 'fire')
    const timer = new ManualTimer(fire)
    this.#timers.schedule(timer, this.#nowMs + delayMs)
    return { cancel: () => void this.#timers.cancel(timer) }
  }

  #track(run: () => void, schedule: (task: () => void) => unknown): void {
    checkFunction('schedule on a virtual host', run, 'run')
    this.#running += 1
    schedule(() => {
      this.#running -= 1
      run()
    })
  }

  /** Splitmix32: small, and the same on every machine. */
  #nextRandom(): number {
    this.#state = (this.#state + 0x9e3779b9) | 0
    let mixed = this.#state ^ (this.#state >>> 16)
    mixed = Math.imul(mixed, 0x21f0aaad)
    mixed ^= mixed >>> 15
    mixed = Math.imul(mixed, 0x735a2d97)
    return (mixed ^ (mixed >>> 15)) >>> 0
  }
}
