/**
 * How late the event loop is: what a socket or a timer of the same program would feel.
 *
 * Invariant: it costs one timer, which does not keep the program alive.
 */

import { monitorEventLoopDelay } from 'node:perf_hooks'

/** How late timers fire, in milliseconds. */
export interface LoopDelay {
  readonly p50: number
  readonly p99: number
  readonly max: number
}

const resolutionMs = 5

/** Starts to measure; the function it gives back ends it. */
export function measureLoopDelay(): () => LoopDelay {
  const histogram = monitorEventLoopDelay({ resolution: resolutionMs })
  histogram.enable()
  return () => {
    histogram.disable()
    const { max } = histogram
    return {
      p50: lateMs(histogram.percentile(50)),
      p99: lateMs(histogram.percentile(99)),
      max: lateMs(max),
    }
  }
}

/** The monitor measures from tick to tick, so what is normal has to be taken off. */
function lateMs(nanoseconds: number): number {
  const ms = nanoseconds / 1e6 - resolutionMs
  return Math.max(0, Math.round(ms * 100) / 100)
}
