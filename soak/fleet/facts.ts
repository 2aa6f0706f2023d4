/**
 * What is known of a run once it is over: all that the criteria look at, as plain data.
 */
import type { Durations } from './latency.ts'
import type { Wrong } from './oracle.ts'
import type { Plant } from './plants.ts'
import type { SeriesName } from './sampler.ts'
import type { Sample } from './statistics.ts'
import type { LevelName, Load } from './workload.ts'

/** A finished run. */
export interface Facts {
  readonly level: LevelName
  readonly load: Load
  readonly seed: number
  readonly plant: Plant | undefined
  readonly node: string
  readonly interrupted: boolean
  /** How long clients and churn acted. */
  readonly seconds: number
  readonly operations: number
  /** How many of them the load asks for in that time; undefined: as many as there can be. */
  readonly operationsWanted: number
  readonly blows: Readonly<Record<string, number>>
  readonly blowsWanted: number
  readonly keeperLosses: number
  readonly calls: {
    readonly offered: number
    readonly answered: number
    readonly failed: Readonly<Record<string, number>>
    /** Failures that the schedule of blows accounts for. */
    readonly allowed: number
  }
  readonly latency: Durations
  readonly drift: { readonly second: Durations; readonly last: Durations }
  readonly gaps: Durations
  readonly keeperGaps: Durations
  readonly restarts: Durations
  readonly wrong: Readonly<Record<Wrong, number>>
  readonly findings: readonly string[]
  readonly lookups: {
    readonly hit: number
    readonly absent: number
    readonly miss: number
    /** Right after an end was seen, and those of them that still showed who had ended. */
    readonly afterEnd: number
    readonly deadAfterEnd: number
    /** Misses that the measured gaps account for, on average. */
    readonly missesExpected: number
  }
  readonly starts: number
  readonly ends: Readonly<Record<string, number>>
  /** Workers that have not come back. */
  readonly missing: number
  readonly series: Readonly<Record<SeriesName, readonly Sample[]>>
  /** Sums that do not agree, in words. */
  readonly imbalances: readonly string[]
  /** What is left after the stop, in words. */
  readonly leftovers: readonly string[]
  /** Warnings of Node, and events that a sound run has none of. */
  readonly warnings: readonly string[]
  /** How long all workers took to start, in milliseconds. */
  readonly startMs: number
  readonly bytesPerWorker: number
  readonly cpuMicrosecondsPerOperation: number
}
