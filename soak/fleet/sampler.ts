/**
 * One line of numbers for every second of a run.
 *
 * Invariant: counters of a line are what happened since the line before, all else is what is so
 * then; the names are the header of the CSV.
 */
import type { Node } from 'flotilla'
import { heapAfterCollection, Meters } from './meters.ts'
import { Recording } from './recording.ts'
import type { Sample } from './statistics.ts'
import { operationKinds } from './workload.ts'
import type { World } from './world.ts'

/** A line, by the names of the columns. */
export type Line = Readonly<Record<string, number>>

/** The series that are judged by their slope. */
export const seriesNames = [
  'heapAfterCollection',
  'rss',
  'openFiles',
  'timers',
  'handles',
  'deadlines',
  'excessNames',
  'excessProcesses',
  'monitors',
  'links',
  'parkedReplies',
] as const

/** One of them. */
export type SeriesName = (typeof seriesNames)[number]

const endReasons = ['killed', 'crash', 'normal', 'shutdown'] as const
const failureReasons = ['killed', 'crash', 'normal', 'shutdown', 'noproc', 'timeout', 'overload']

/** How far two lines of a run are apart. */
export function sampleSecondsOf(runSeconds: number): number {
  return Math.min(1, runSeconds / 20)
}

/** How much counters have grown since they were `before`. */
export function since(counters: Line, before: Line): Line {
  const changes = Object.entries(counters).map(([name, count]) => {
    return [name, count - (before[name] ?? 0)] as const
  })
  return Object.fromEntries(changes)
}

/** Takes lines until the run is over. */
export class Sampler {
  /** The most memory that was left after a collection, in bytes. */
  heapMax = 0
  readonly #world: World
  readonly #node: Node
  readonly #meters = new Meters()
  readonly #lines: Recording<string>
  readonly #series: Readonly<Record<SeriesName, Recording<keyof Sample>>>
  readonly #startMs = performance.now()
  #before: Line
  /** What the last collection left; nothing before the first. */
  #collected: Line = { heapAfterCollection: 0, rssAfterCollection: 0 }

  constructor(world: World, node: Node) {
    this.#world = world
    this.#node = node
    const { seconds } = world.plan.load
    const linesMax = Math.ceil(seconds / sampleSecondsOf(seconds)) + 1
    this.#lines = new Recording(linesMax)
    this.#series = seriesOf(() => new Recording(linesMax))
    this.#before = this.#counters()
  }

  get lines(): readonly Line[] {
    return this.#lines.lines()
  }

  get series(): Record<SeriesName, readonly Sample[]> {
    return seriesOf((name) => this.#series[name].lines())
  }

  close(): void {
    this.#meters.close()
  }

  /** Collects garbage and notes what is left. */
  collect(): void {
    const value = heapAfterCollection()
    this.heapMax = Math.max(this.heapMax, value)
    const rss = process.memoryUsage.rss()
    this.#add('heapAfterCollection', value)
    this.#add('rss', rss)
    this.#collected = { heapAfterCollection: value, rssAfterCollection: rss }
  }

  /** Takes a line. */
  take(): Line {
    const { latencies, plan } = this.#world
    const seconds = (performance.now() - this.#startMs) / 1000
    const counters = this.#counters()
    const changes = since(counters, this.#before)
    this.#before = counters
    const { p50, p99, p999, max } = latencies.sample(Math.min(1, seconds / plan.load.seconds))
    const line: Line = {
      seconds: Math.round(seconds * 100) / 100,
      ...changes,
      ...{ callP50Ms: p50, callP99Ms: p99, callP999Ms: p999, callMaxMs: max },
      ...this.#states(),
    }
    this.#lines.add(line)
    return line
  }

  #counters(): Line {
    const { oracle, tally, gaps, keeperGaps } = this.#world
    const { wrong, lookups, endsByReason } = oracle
    const operations = { call: tally.calls, cast: tally.casts, count: tally.counts }
    return {
      starts: oracle.starts,
      failedStarts: oracle.failedStarts,
      ...prefixed('ends', endReasons, (reason) => endsByReason[reason] ?? 0),
      returns: gaps.summary().count + keeperGaps.summary().count,
      ...prefixed('offered', operationKinds, (kind) => {
        return kind === 'lookup' ? lookups.hit + lookups.miss + lookups.absent : operations[kind]
      }),
      answered: tally.answered,
      ...prefixed('failed', failureReasons, (reason) => tally.failed[reason] ?? 0),
      lookupHit: lookups.hit,
      lookupMiss: lookups.miss,
      lookupAbsent: lookups.absent,
      ...wrong,
      complaints: Object.values(tally.complaints).reduce((sum, count) => sum + count, 0),
      keeperLosses: tally.keeperLosses,
      stalls: tally.stalls,
    }
  }

  #states(): Line {
    const { oracle, names, plan, gaps } = this.#world
    const { cpuSeconds, ...reading } = this.#meters.read()
    const { rows, processes, deadlines, ...statistics } = this.#node.statistics()
    const held = names.fleets.reduce((sum, { size }) => sum + size, 0)
    // Beside the workers: the root, the keepers, the table, and what stands for the node.
    const others = plan.load.fleets + 3
    const { monitors, links, deferred, queued } = statistics
    const { p50, p99, max } = gaps.summary()
    this.#add('openFiles', reading.openFiles)
    this.#add('timers', reading.timers)
    this.#add('handles', reading.handles)
    this.#add('deadlines', Math.max(0, deadlines - oracle.inFlight))
    this.#add('excessNames', held - sum(oracle.heldByFleet))
    this.#add('excessProcesses', processes - held - others)
    this.#add('monitors', monitors)
    this.#add('links', links)
    this.#add('parkedReplies', deferred)
    return {
      ...{ names: held, processes, absent: oracle.absent, outstanding: oracle.outstanding },
      ...{ inFlight: oracle.inFlight, deadlines, monitors, links, deferred, queued },
      rows: Object.values(rows).reduce((all, count) => all + count, 0),
      ...{ gapP50Ms: p50, gapP99Ms: p99, gapMaxMs: max },
      ...reading,
      ...this.#collected,
      cpuSeconds,
    }
  }

  #add(name: SeriesName, value: number): void {
    const atSeconds = (performance.now() - this.#startMs) / 1000
    this.#series[name].add({ atSeconds, value })
  }
}

/** The lines as a file. */
export function csvOf(lines: readonly Line[]): string {
  const columns = Object.keys(lines[0] ?? {})
  const rows = lines.map((line) => columns.map((column) => line[column] ?? '').join(','))
  return `${[columns.join(','), ...rows].join('\n')}\n`
}

function prefixed<K extends string>(
  prefix: string,
  names: readonly K[],
  countOf: (name: K) => number,
): Record<string, number> {
  return Object.fromEntries(
    names.map((name) => {
      return [`${prefix}${name.slice(0, 1).toUpperCase()}${name.slice(1)}`, countOf(name)]
    }),
  )
}

/** Something for each series. */
function seriesOf<T>(make: (name: SeriesName) => T): Record<SeriesName, T> {
  return {
    heapAfterCollection: make('heapAfterCollection'),
    rss: make('rss'),
    openFiles: make('openFiles'),
    timers: make('timers'),
    handles: make('handles'),
    deadlines: make('deadlines'),
    excessNames: make('excessNames'),
    excessProcesses: make('excessProcesses'),
    monitors: make('monitors'),
    links: make('links'),
    parkedReplies: make('parkedReplies'),
  }
}

function sum(numbers: Float64Array): number {
  return numbers.reduce((all, each) => all + each, 0)
}
