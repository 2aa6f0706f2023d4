import type { Facts } from '../../../soak/fleet/facts.ts'
import { Oracle } from '../../../soak/fleet/oracle.ts'
import { type SeriesName, seriesNames } from '../../../soak/fleet/sampler.ts'
import type { Sample } from '../../../soak/fleet/statistics.ts'
import { readWorkload } from '../../../soak/fleet/workload.ts'

const workload = readWorkload(new URL('../../../soak/fleet/workload.json', import.meta.url))
const tenth = { count: 50_000, p50: 1, p99: 2, p999: 3, max: 4 }

/** A series of one sample a second. */
export function series(valueAt: (second: number) => number): readonly Sample[] {
  return Array.from({ length: 300 }, (_, second) => {
    return { atSeconds: second, value: valueAt(second) }
  })
}

/** A long run that nothing is wrong with. */
export function goodFacts(changes: Partial<Facts> = {}): Facts {
  const level: Partial<Record<SeriesName, readonly Sample[]>> = {}
  for (const name of seriesNames) level[name] = series((second) => 1000 + (second % 3))
  const steady = series(() => 5)
  return {
    ...{ level: 'S1', seed: 7, plant: undefined, node: 'v20.0.0' },
    load: { ...workload.levels.S1, memorySettlesSeconds: 0 },
    ...{ interrupted: false, seconds: 300, operations: 7_500_000, operationsWanted: 7_500_000 },
    ...{ blows: { kill: 149_990 }, blowsWanted: 150_000, keeperLosses: 9 },
    calls: { offered: 6_000_000, answered: 5_999_900, failed: { killed: 100 }, allowed: 90 },
    ...{ latency: tenth, drift: { second: tenth, last: tenth } },
    ...{ gaps: tenth, keeperGaps: tenth, restarts: tenth },
    ...{ wrong: new Oracle({ workers: 1, fleets: 1 }).wrong, findings: [] },
    lookups: {
      ...{ hit: 99_000, absent: 990, miss: 10, afterEnd: 150_000, deadAfterEnd: 0 },
      missesExpected: 8,
    },
    ...{ starts: 160_000, ends: { killed: 140_000 }, missing: 0 },
    series: {
      ...{ heapAfterCollection: steady, rss: steady, openFiles: steady, timers: steady },
      ...{ handles: steady, deadlines: steady, excessNames: steady, excessProcesses: steady },
      ...{ monitors: steady, links: steady, parkedReplies: steady },
      ...level,
    },
    ...{ imbalances: [], leftovers: [], warnings: [] },
    ...{ startMs: 100, bytesPerWorker: 900, cpuMicrosecondsPerOperation: 12 },
    ...changes,
  }
}
