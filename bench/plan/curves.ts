/**
 * The curves: the same work over 1 k to 1 M workers, beside the floor and, as far as its rounds
 * stay short, the BEAM.
 */
import type { Entry, Metric, Row } from '../row.ts'
import { bytes, nanoseconds, perSecond, row } from './rows.ts'

const sizes = [1_000, 10_000, 100_000, 1_000_000] as const
const beamSizeMax = 100_000

/** What a curve shows. */
export interface Curve {
  readonly id: string
  readonly title: string
  readonly metric: Metric
}

interface CurveWork extends Curve {
  readonly workload: string
  /** How many operations at a size. */
  readonly count: (size: number) => number
}

const works: readonly CurveWork[] = [
  {
    id: 'call',
    title: 'calls by via, 64 callers, workers at random',
    workload: 'call-random',
    count: () => 320_000,
    metric: perSecond,
  },
  {
    id: 'lookup',
    title: 'whereis, names at random',
    workload: 'lookup',
    count: () => 1_000_000,
    metric: nanoseconds,
  },
  {
    id: 'start',
    title: 'starts of named, supervised workers',
    workload: 'start',
    count: (size) => size,
    metric: perSecond,
  },
  {
    id: 'restart',
    title: 'kill to a new process under the name, median',
    workload: 'restart',
    count: () => 20_000,
    metric: { figure: 'p50Us', unit: 'µs', better: 'less', targets: [] },
  },
  {
    id: 'memory',
    title: 'heap of an idle named, supervised worker',
    workload: 'memory',
    count: (size) => size,
    metric: bytes,
  },
]

/** All curves. */
export const curves: readonly Curve[] = works

/** A row for each point of each curve. */
export const curveRows: readonly Row[] = works.flatMap(({ id, title, workload, count, metric }) =>
  sizes.map((size) =>
    row(`curve-${id}-${size}`, `${title}, {size} workers`, {
      group: 'curves',
      work: [workload, size, count(size)],
      entries: entriesAt(size),
      metrics: [metric],
      isPlantable: false,
      nodeFlags: ['--max-old-space-size=4096'],
      point: { curve: id, at: size },
    }),
  ),
)

function entriesAt(size: number): Entry[] {
  const own: Entry[] = [{ arm: 'flotilla' }, { arm: 'floor' }]
  return size > beamSizeMax ? own : [...own, { arm: 'beam' }]
}
