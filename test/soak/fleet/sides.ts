import type { Side } from '../../../soak/fleet/side.ts'

const durations = { count: 10, p50: 1, p99: 2, p999: 3, max: 4 }

/** A run of either side. */
export function side(changes: Partial<Side> = {}): Side {
  return {
    ...{ version: 'v1', startMs: 10, bytesPerWorker: 1000, operations: 1250, calls: 1000 },
    ...{ failedCalls: 0, timeouts: 0, wrong: 0, lookups: 60, deadLookups: 0 },
    ...{ lookupsAfterEnd: 100, deadAfterEnd: 0, misses: 0, missing: 0, blows: 100 },
    ...{
      cpuMicrosecondsPerOperation: 10,
      calling: durations,
      gaps: durations,
      restarts: durations,
    },
    ...changes,
  }
}
