/**
 * What the code of a system may use outside of a simulation: a double with a latency, and failures.
 *
 * Invariant: an answer comes at a time of the world that the seed decides, never from the real
 * world unless the double itself goes there.
 */
import { argumentError, checkFunction, checkOptions } from '../../core/argument-error.ts'
import { checkPair } from './network-options.ts'

/** The double of something outside, such as `fetch` or `fs.promises.readFile`. */
export interface External {
  /** What it answers; it gets the arguments of the call. It must not leave the simulation. */
  readonly implementation: (...args: never[]) => unknown
  /** How long an answer takes, in milliseconds: always, or the least and the most; default 0. */
  readonly latencyMs?: number | readonly [number, number]
  /** Which share of the calls fails, from 0 to 1; default 0. */
  readonly failureRate?: number
  /**
   * How the answer is given: as a promise (the default), at once, or to the function that is the
   * last argument, as Node does it.
   */
  readonly style?: 'promise' | 'sync' | 'callback'
}

/** A checked external. */
export interface CheckedExternal {
  readonly implementation: (...args: never[]) => unknown
  readonly leastMs: number
  readonly mostMs: number
  readonly failureRate: number
  readonly style: 'promise' | 'sync' | 'callback'
}

const parts = ['implementation', 'latencyMs', 'failureRate', 'style']
const styles: readonly unknown[] = ['promise', 'sync', 'callback']

/** @throws ArgumentError FLOTILLA_INVALID_OPTION, FLOTILLA_UNKNOWN_OPTION, … */
export function checkExternal(attempted: string, given: External): CheckedExternal {
  const external = checkOptions(attempted, given, parts)
  const { implementation, latencyMs = 0, failureRate = 0, style = 'promise' } = external
  checkFunction(attempted, implementation, 'implementation')
  const pair = typeof latencyMs === 'number' ? ([latencyMs, latencyMs] as const) : latencyMs
  const [leastMs, mostMs] = checkPair(attempted, 'latencyMs', pair)
  if (typeof failureRate !== 'number' || !(failureRate >= 0 && failureRate <= 1)) {
    const wanted = 'a number from 0 to 1'
    const subject = 'option "failureRate"'
    throw argumentError('invalid_option', { attempted, subject, given: failureRate, wanted })
  }
  if (!styles.includes(style)) {
    const wanted = "'promise', 'sync' or 'callback'"
    const subject = 'option "style"'
    throw argumentError('invalid_option', { attempted, subject, given: style, wanted })
  }
  return { implementation, leastMs, mostMs, failureRate, style }
}
