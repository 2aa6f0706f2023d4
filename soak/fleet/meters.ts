/**
 * What is measured from outside: the program, its event loop, its memory, its tables.
 *
 * Invariant: measuring keeps the program alive no longer than it is asked to.
 */
import { readdirSync } from 'node:fs'
import {
  type EventLoopUtilization,
  monitorEventLoopDelay,
  PerformanceObserver,
  performance,
} from 'node:perf_hooks'
import { getHeapStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** The state of the program at one moment; shares and delays are those since the last reading. */
export interface Reading {
  readonly loopDelayP99Ms: number
  readonly loopDelayMaxMs: number
  readonly utilization: number
  readonly collectionShare: number
  readonly heapUsed: number
  /** What the heap of JavaScript takes of the resident memory. */
  readonly heapResident: number
  readonly external: number
  readonly arrayBuffers: number
  readonly rss: number
  /** Timers and other things that keep the program alive. */
  readonly timers: number
  readonly handles: number
  readonly openFiles: number
  readonly cpuSeconds: number
}

const resolutionMs = 5

/** Reads until it is closed. */
export class Meters {
  readonly #delay = monitorEventLoopDelay({ resolution: resolutionMs })
  readonly #observer: PerformanceObserver
  #utilization: EventLoopUtilization = performance.eventLoopUtilization()
  #collectingMs = 0
  #readAtMs = performance.now()

  constructor() {
    this.#delay.enable()
    this.#observer = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) this.#collectingMs += duration
    })
    this.#observer.observe({ entryTypes: ['gc'] })
  }

  close(): void {
    this.#delay.disable()
    this.#observer.disconnect()
  }

  read(): Reading {
    const nowMs = performance.now()
    const utilization = performance.eventLoopUtilization()
    const since = performance.eventLoopUtilization(utilization, this.#utilization)
    const { heapUsed, external, arrayBuffers, rss } = process.memoryUsage()
    const { total_physical_size: heapResident } = getHeapStatistics()
    const { user, system } = process.cpuUsage()
    const active = process.getActiveResourcesInfo()
    const timers = active.filter((kind) => kind === 'Timeout').length
    const reading: Reading = {
      loopDelayP99Ms: lateMs(this.#delay.percentile(99)),
      loopDelayMaxMs: lateMs(this.#delay.max),
      utilization: since.utilization,
      collectionShare: this.#collectingMs / Math.max(1, nowMs - this.#readAtMs),
      ...{ heapUsed, heapResident, external, arrayBuffers, rss, timers },
      handles: active.length - timers,
      openFiles: countOpenFiles(),
      cpuSeconds: (user + system) / 1e6,
    }
    this.#delay.reset()
    this.#utilization = utilization
    this.#collectingMs = 0
    this.#readAtMs = nowMs
    return reading
  }
}

/** Collects all garbage and gives the bytes that are left. */
export function heapAfterCollection(): number {
  collector ??= findCollector()
  collector()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

let collector: (() => void) | undefined

function findCollector(): () => void {
  setFlagsFromString('--expose-gc')
  const found: unknown = runInNewContext('gc')
  if (typeof found !== 'function') throw new Error('this Node does not give its collector away')
  return () => void Reflect.apply(found, undefined, [])
}

/** The monitor measures from tick to tick, so what is normal has to be taken off. */
function lateMs(nanoseconds: number): number {
  const ms = nanoseconds / 1e6 - resolutionMs
  return Number.isFinite(ms) ? Math.max(0, Math.round(ms * 100) / 100) : 0
}

/** Where the system does not tell: none. */
function countOpenFiles(): number {
  try {
    return readdirSync('/proc/self/fd').length
  } catch {
    return 0
  }
}
