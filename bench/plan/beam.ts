/**
 * The rows against the BEAM: Elixir's Registry, DynamicSupervisor and GenServer at the same work.
 */
import type { ArmId, Entry, Metric, Row } from '../row.ts'
import { bytes, nanoseconds, perSecond, row } from './rows.ts'

/** Both settings: a target holds against the better one. */
const beam: readonly ArmId[] = ['beam', 'beam-2']
const all: readonly Entry[] = entriesOf('flotilla', 'beam', 'beam-2', 'floor')
/** Where promises are most of the cost, which charging makes dearer on Node 20. */
const alsoUncharged: readonly Entry[] = [...all, { arm: 'flotilla-uncharged' }]

/** What the targets were set against: one line of Elixir with `max_by`, which hashes both. */
const usualPick: Metric = {
  ...nanoseconds,
  figure: 'usualNsPerOperation',
  title: 'as it is usually written',
  from: ({ maxByNsPerOperation, nsPerOperation = Number.NaN }) =>
    maxByNsPerOperation ?? nsPerOperation,
}
const fastestPick: Metric = {
  ...nanoseconds,
  figure: 'fastestNsPerOperation',
  title: 'the fastest that we could write',
  from: ({ mixerNsPerOperation = Number.POSITIVE_INFINITY, nsPerOperation = Number.NaN }) =>
    Math.min(mixerNsPerOperation, nsPerOperation),
}

/** The rows against the BEAM. */
export const beamRows: readonly Row[] = [
  beamRow('call-one', 'call by via, one caller, one worker', {
    work: ['call-one', 1, 200_000],
    metrics: [against(nanoseconds, 8)],
    entries: alsoUncharged,
  }),
  beamRow('call-pairs', 'call by via, 64 callers to 64 workers', {
    work: ['call-pairs', 64, 640_000],
    metrics: [against(perSecond, 9)],
    entries: alsoUncharged,
  }),
  beamRow('call-random', 'call by via, 64 callers to {size} workers at random', {
    work: ['call-random', 100_000, 320_000],
    metrics: [against(perSecond, 4)],
    entries: alsoUncharged,
  }),
  beamRow('cast-one', 'cast by via, one sender, one worker', {
    work: ['cast-one', 1, 500_000],
    metrics: [against(perSecond, 3)],
  }),
  beamRow('start-100k', 'start {size} named, supervised workers', {
    work: ['start', 100_000, 100_000],
    metrics: [against(perSecond, 6)],
    entries: alsoUncharged,
  }),
  beamRow('start-1m', 'start {size} named, supervised workers', {
    work: ['start', 1_000_000, 1_000_000],
    metrics: [against(perSecond, 8)],
    nodeFlags: ['--max-old-space-size=4096'],
    // Two minutes a round, nearly all of it the BEAM's.
    roundsMax: 3,
  }),
  beamRow('memory', 'an idle named, supervised worker, {size} of them', {
    work: ['memory', 100_000, 100_000],
    roundsMax: 3,
    metrics: [{ ...against(bytes, 6), atMost: 570 }],
    isPlantable: false,
  }),
  beamRow('lookup-1k', 'whereis among {size} names', {
    work: ['lookup', 1_000, 1_000_000],
    metrics: [against(nanoseconds, 7)],
  }),
  beamRow('lookup-100k', 'whereis among {size} names', {
    work: ['lookup', 100_000, 1_000_000],
    metrics: [against(nanoseconds, 1.5)],
  }),
  beamRow('lookup-1m', 'whereis among {size} names', {
    work: ['lookup', 1_000_000, 1_000_000],
    metrics: [against(nanoseconds, 1.25)],
    nodeFlags: ['--max-old-space-size=4096'],
    // Nearly a minute a round, to start a million workers of every arm first.
    roundsMax: 3,
  }),
  beamRow('restart', 'kill to a new process under the name, {size} workers', {
    work: ['restart', 1_000, 20_000],
    metrics: [
      { figure: 'p50Us', title: 'median', unit: 'µs', better: 'less', targets: targets(20) },
      { figure: 'p99Us', title: 'p99', unit: 'µs', better: 'less', targets: targets(50) },
    ],
    isPlantable: false,
  }),
  beamRow('crash-many', '{size} workers killed at once, all back, one supervisor', {
    work: ['crash-many', 10_000, 10_000],
    metrics: [against(perSecond, 80)],
  }),
  beamRow('crash-many-64', '{size} workers killed at once, all back, 64 supervisors', {
    work: ['crash-many-64', 10_000, 10_000],
    metrics: [against(perSecond, 5)],
  }),
  beamRow('kill-down', 'kill and the DOWN of it', {
    work: ['kill-down', 1, 100_000],
    metrics: [against(perSecond, 3)],
  }),
  beamRow('stop-10k', 'stop a fleet of {size} in order', {
    work: ['stop-fleet', 10_000, 10_000],
    metrics: [{ ...perSecond, targets: [] }],
  }),
  beamRow('stop-100k', 'stop a fleet of {size} in order', {
    work: ['stop-fleet', 100_000, 100_000],
    metrics: [against(perSecond, 300)],
    // Two minutes a round for the BEAM: its ordered stop is quadratic, and one core is all it uses.
    entries: entriesOf('flotilla', 'beam', 'floor'),
    roundsMax: 3,
  }),
  ...[
    { size: 4, atLeast: 5 },
    { size: 64, atLeast: 12 },
    { size: 1024, atLeast: 15 },
  ].map(({ size, atLeast }) =>
    beamRow(`rendezvous-${size}`, `rendezvous pick among ${size} nodes`, {
      work: ['rendezvous', size, Math.round(20_000_000 / (size + 4))],
      metrics: [against(usualPick, atLeast), fastestPick],
    }),
  ),
]

function beamRow(
  id: string,
  title: string,
  rest: Pick<Parameters<typeof row>[2], 'work' | 'metrics'> &
    Partial<Pick<Row, 'entries' | 'nodeFlags' | 'isPlantable' | 'roundsMax'>>,
): Row {
  return row(id, title, { group: 'beam', entries: all, ...rest })
}

function against(metric: Metric, atLeast: number): Metric {
  return { ...metric, targets: targets(atLeast) }
}

function targets(atLeast: number) {
  return [{ of: 'the BEAM', against: beam, atLeast }]
}

function entriesOf(...ids: readonly ArmId[]): Entry[] {
  return ids.map((arm) => ({ arm }))
}
