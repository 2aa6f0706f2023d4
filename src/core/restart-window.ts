/**
 * How many restarts are too many: OTP's restart intensity over a sliding window.
 *
 * Invariant: at most `maxRestarts + 1` times are kept, because with so many inside the window the
 * answer is known; nothing is allocated before the first restart, and one more costs O(1).
 *
 * Times are compared in milliseconds, where OTP first cuts them to whole seconds: the answer does
 * not depend on where within a second a restart falls.
 */

/** Whatever restarts: it holds the times, and nothing until the first restart. */
export interface RestartWindow {
  /** Written by {@link recordRestart} alone; set it to undefined to forget every restart. */
  restarts: RestartTimes | undefined
}

/** The latest restarts: a ring. */
export interface RestartTimes {
  /** In milliseconds; in order only from the oldest on. */
  readonly timesMs: number[]
  /** The place of the oldest time, which is written next once the ring is full. */
  oldest: number
}

/** The restart intensity: more than `maxRestarts` within `maxSeconds` are too many. */
export interface RestartLimits {
  /** How many restarts are fine, an integer of at least 0; with 0 the first is too many. */
  readonly maxRestarts: number
  /** The length of the window in seconds, more than 0; a restart exactly so old still counts. */
  readonly maxSeconds: number
}

/**
 * Records one restart and tells whether it is one too many.
 *
 * @param window Whatever restarts.
 * @param nowMs The time now, in milliseconds of a clock that never goes back.
 * @param limits The intensity; the same for every call with this window.
 * @returns `exceeded` if more than `maxRestarts` restarts, this one included, are at most
 * `maxSeconds` old; else `allowed`.
 */
export function recordRestart(
  window: RestartWindow,
  nowMs: number,
  limits: RestartLimits,
): 'allowed' | 'exceeded' {
  window.restarts ??= { timesMs: [], oldest: 0 }
  const { restarts } = window
  const { timesMs } = restarts
  const capacity = limits.maxRestarts + 1
  if (timesMs.length < capacity) timesMs.push(nowMs)
  else {
    timesMs[restarts.oldest] = nowMs
    restarts.oldest = (restarts.oldest + 1) % capacity
  }
  if (timesMs.length < capacity) return 'allowed'
  const oldestMs = timesMs[restarts.oldest] ?? nowMs
  return nowMs - oldestMs <= limits.maxSeconds * 1000 ? 'exceeded' : 'allowed'
}
