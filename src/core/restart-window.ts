/**
 * How many restarts are too many: OTP's restart intensity over a sliding window.
 *
 * Invariant: of the times that are kept, at least half are inside the window, and at most
 * `maxRestarts + 1` of these, because with so many the answer is known. Nothing is allocated before
 * the first restart, and one more costs O(1) on average.
 *
 * Times are compared in milliseconds, where OTP first cuts them to whole seconds: the answer does
 * not depend on where within a second a restart falls.
 */

/** Whatever restarts: it holds the times, and nothing until the first restart. */
export interface RestartWindow {
  /** Written by {@link recordRestart} alone; set it to undefined to forget every restart. */
  restarts: RestartTimes | undefined
}

/** The latest restarts: a queue. */
export interface RestartTimes {
  /** In milliseconds, in order; those before the oldest are forgotten. */
  timesMs: number[]
  /** The place of the oldest time that is not forgotten. */
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
  const { restarts } = window
  const before = restarts === undefined ? 0 : forgetOld(restarts, nowMs, limits)
  if (restarts === undefined || before === 0) window.restarts = { timesMs: [nowMs], oldest: 0 }
  else restarts.timesMs.push(nowMs)
  return before >= limits.maxRestarts ? 'exceeded' : 'allowed'
}

/** Forgets the times that cannot matter any more, and tells how many are left. */
function forgetOld(restarts: RestartTimes, nowMs: number, limits: RestartLimits): number {
  const { timesMs } = restarts
  const lengthMs = limits.maxSeconds * 1000
  for (; restarts.oldest < timesMs.length; restarts.oldest++) {
    const isInside = nowMs - (timesMs[restarts.oldest] ?? nowMs) <= lengthMs
    if (isInside && timesMs.length - restarts.oldest <= limits.maxRestarts) break
  }
  if (restarts.oldest * 2 >= timesMs.length) {
    restarts.timesMs = timesMs.slice(restarts.oldest)
    restarts.oldest = 0
  }
  return restarts.timesMs.length - restarts.oldest
}
