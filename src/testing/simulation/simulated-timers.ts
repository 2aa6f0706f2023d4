/**
 * Timers of Node's kind over the time of a simulation.
 *
 * Invariant: a callback runs at its time of the world, in the asynchronous context in which its
 * timer was set; nothing here touches the real event loop.
 */
import { capturedContext } from '../../process/attribution.ts'
import type { Cancellable } from '../../process/host.ts'
import type { Surroundings } from './surroundings.ts'

/** What setting a timer gives back; it behaves like that of Node. */
class SimulatedTimer {
  readonly #start: () => Cancellable
  #running: Cancellable | undefined
  #isReferenced = true

  constructor(start: () => Cancellable) {
    this.#start = start
    this.#running = start()
  }

  ref(): this {
    this.#isReferenced = true
    return this
  }

  unref(): this {
    this.#isReferenced = false
    return this
  }

  hasRef(): boolean {
    return this.#isReferenced
  }

  /** Begins anew. */
  refresh(): this {
    if (this.#running === undefined) return this
    this.#running.cancel()
    this.#running = this.#start()
    return this
  }

  close(): this {
    this.#running?.cancel()
    this.#running = undefined
    return this
  }

  [Symbol.dispose](): void {
    this.close()
  }
}

/** The functions of `node:timers` and `node:timers/promises` for a simulation. */
export class SimulatedTimers {
  readonly #around: Surroundings

  constructor(around: Surroundings) {
    this.#around = around
  }

  readonly setTimeout = (callback: unknown, delay?: unknown, ...args: unknown[]) => {
    return this.#timer(callback, args, { delayMs: delayOf(delay), repeats: false })
  }

  readonly setInterval = (callback: unknown, delay?: unknown, ...args: unknown[]) => {
    return this.#timer(callback, args, { delayMs: delayOf(delay), repeats: true })
  }

  readonly setImmediate = (callback: unknown, ...args: unknown[]) => {
    return this.#timer(callback, args, { delayMs: 0, repeats: false })
  }

  /** Stops a timer; false if it is none of ours. */
  readonly clear = (timer: unknown): boolean => {
    if (!(timer instanceof SimulatedTimer)) return false
    timer.close()
    return true
  }

  /** `setTimeout` of `node:timers/promises`. */
  readonly wait = <T>(
    delay?: unknown,
    value?: T,
    options?: WaitOptions,
  ): Promise<T | undefined> => {
    return this.#wait(delayOf(delay), value, options?.signal)
  }

  /** `setImmediate` of `node:timers/promises`. */
  readonly waitABit = <T>(value?: T, options?: WaitOptions): Promise<T | undefined> => {
    return this.#wait(0, value, options?.signal)
  }

  /** `setInterval` of `node:timers/promises`. */
  readonly ticks = <T>(
    delay?: unknown,
    value?: T,
    options?: WaitOptions,
  ): AsyncGenerator<T | undefined> => {
    return this.#ticks(delayOf(delay), value, options?.signal)
  }

  async *#ticks<T>(delayMs: number, value: T | undefined, signal: AbortSignal | undefined) {
    for (;;) yield await this.#wait(delayMs, value, signal)
  }

  /** `AbortSignal.timeout`. */
  readonly abortAfter = (delay: unknown): AbortSignal => {
    const aborter = new AbortController()
    this.#around.after(delayOf(delay), () => {
      aborter.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError'))
    })
    return aborter.signal
  }

  #wait<T>(
    delayMs: number,
    value: T | undefined,
    signal: AbortSignal | undefined,
  ): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      const giveUp = (): void => {
        due.cancel()
        reject(aborted(signal?.reason))
      }
      const due = this.#around.after(delayMs, () => {
        signal?.removeEventListener('abort', giveUp)
        resolve(value)
      })
      if (signal?.aborted) giveUp()
      else signal?.addEventListener('abort', giveUp, { once: true })
    })
  }

  #timer(callback: unknown, args: readonly unknown[], { delayMs, repeats }: Rhythm) {
    if (typeof callback !== 'function') {
      throw new TypeError('The "callback" argument must be of type function.')
    }
    const within = capturedContext()
    const fire = (): void => {
      if (repeats) timer.refresh()
      try {
        callback(...args)
      } catch (error) {
        this.#around.unhandled(error)
      }
    }
    // Whoever begins it anew, it belongs to whoever has set it.
    const timer = new SimulatedTimer(() =>
      within(() => this.#around.after(delayMs, () => within(fire))),
    )
    return timer
  }
}

interface Rhythm {
  readonly delayMs: number
  readonly repeats: boolean
}

interface WaitOptions {
  readonly signal?: AbortSignal
}

/** As Node reads it: at least 1 millisecond, and 1 for what is no delay at all. */
function delayOf(given: unknown): number {
  const delayMs = Number(given)
  return delayMs >= 1 && delayMs <= 2 ** 31 - 1 ? Math.trunc(delayMs) : 1
}

function aborted(cause: unknown): Error {
  const error = new Error('The operation was aborted', { cause })
  return Object.assign(error, { name: 'AbortError', code: 'ABORT_ERR' })
}
