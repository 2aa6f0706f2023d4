/**
 * Everything one run is made of: the tree, the oracle and those who count.
 *
 * Invariant: nothing here is shared between two runs.
 */
import {
  type FleetOptions,
  fleet,
  type SupervisorHandle,
  supervisor,
  type Table,
  table,
} from 'flotilla'
import { DurationHistogram, Latencies } from './latency.ts'
import { Names } from './names.ts'
import { Oracle } from './oracle.ts'
import { Defects, type Plant } from './plants.ts'
import { Randomness } from './random.ts'
import { type Row, type WorkerStart, workerServer } from './worker.ts'
import { type Load, operationsPerSecond, shareOf, type Workload } from './workload.ts'
import { Zipf } from './zipf.ts'

/** What decides a run. */
export interface Plan {
  readonly workload: Workload
  /** That of a level, as changed on the command line. */
  readonly load: Load
  readonly seed: number
  readonly plant: Plant | undefined
}

/** What is counted, besides what the oracle counts. */
export class Tally {
  /** Operations that clients began. */
  operations = 0
  calls = 0
  answered = 0
  casts = 0
  refusedCasts = 0
  counts = 0
  selects = 0
  readonly failed: Record<string, number> = {}
  /** Blows by kind, and blows that found nobody to strike. */
  readonly blows: Record<string, number> = {}
  misses = 0
  keeperLosses = 0
  stalls = 0
  /** Events that a sound run has none of. */
  readonly complaints: Record<string, number> = {}

  get allFailed(): number {
    return Object.values(this.failed).reduce((sum, count) => sum + count, 0)
  }
}

/** One run's world. */
export interface World {
  readonly plan: Plan
  readonly tree: SupervisorHandle
  readonly rows: Table<number, Row>
  readonly names: Names
  readonly oracle: Oracle
  readonly tally: Tally
  readonly defects: Defects
  readonly latencies: Latencies
  /** How long names were free: after one end, and after the loss of a keeper. */
  readonly gaps: DurationHistogram
  readonly keeperGaps: DurationHistogram
  /** From the blow to the new worker. */
  readonly restarts: DurationHistogram
  /** Misses of look-ups that the gaps account for, on average. */
  readonly expected: { misses: number }
  /** Keys whose next start fails. */
  readonly armed: Set<number>
  /** The workers that live, by serial. */
  readonly keys: Map<number, number>
  readonly zipf: Zipf
  readonly random: Randomness
}

/** Makes a world; nothing runs yet. */
export function makeWorld(plan: Plan): World {
  const { load, workload, seed, plant } = plan
  const operations = operationsPerSecond(workload, load)
  const defects = new Defects(plant, plannedEvents(plan))
  const rows = table<number, Row>({ name: 'rows', maxRows: Math.max(1, load.workers) })
  const zipf = new Zipf(load.workers, workload.zipf)
  const [gaps, keeperGaps, restarts] = [0, 1, 2].map(() => new DurationHistogram())
  if (!gaps || !keeperGaps || !restarts) throw new RangeError('unreachable: three were made')
  const expected = { misses: 0 }
  const lookupsPerMs = (operations * shareOf(workload.mix, 'lookup')) / 1000
  const oracle = new Oracle({
    workers: load.workers,
    fleets: load.fleets,
    onGap: ({ key, gapMs, restartMs, isKeeperLoss }) => {
      const histogram = isKeeperLoss ? keeperGaps : gaps
      histogram.record(gapMs)
      if (restartMs !== undefined) restarts.record(restartMs)
      expected.misses += gapMs * lookupsPerMs * zipf.weightOf(key)
    },
  })
  const armed = new Set<number>()
  const keys = new Map<number, number>()
  const server = workerServer({
    rows,
    lingerMs: workload.lingerMs,
    takesFailure(key) {
      const fails = armed.delete(key)
      if (fails) oracle.startFails(key)
      return fails
    },
    begun(answer) {
      keys.set(answer.serial, answer.key)
      oracle.held(answer, performance.now())
    },
    swallows: () => defects.swallowsReply(),
  })
  const fleets = Array.from({ length: load.fleets }, (_, index) => {
    return fleet(server, fleetOptions(index))
  })
  return {
    ...{ plan, rows, oracle, defects, gaps, keeperGaps, restarts, expected, armed, keys, zipf },
    tree: supervisor({ name: 'soak', strategy: 'one_for_one', maxRestarts: 1e6 }, [
      rows,
      ...fleets,
    ]),
    names: new Names(fleets, defects),
    tally: new Tally(),
    latencies: new Latencies(),
    random: new Randomness(seed),
  }
}

/**
 * Blows fall by chance, so some key has several in five seconds; it must not be parked for that:
 * parking is for keys that cannot start at all.
 */
function fleetOptions(index: number): FleetOptions<number, WorkerStart> {
  return {
    name: fleetName(index),
    key: ({ key }) => key,
    restart: 'transient',
    onDemand: (key) => ({ key }),
    maxRestarts: 10_000,
  }
}

/** The name of a fleet. */
export function fleetName(index: number): string {
  return `fleet-${index}`
}

function plannedEvents({ workload, load }: Plan) {
  const operations = operationsPerSecond(workload, load) * load.seconds
  const ends = load.endsPerSecond * load.seconds
  const lookups = operations * shareOf(workload.mix, 'lookup') + ends
  return { calls: operations * shareOf(workload.mix, 'call'), ends, lookups }
}
