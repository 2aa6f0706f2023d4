/**
 * Both sides of a comparison beside each other.
 *
 * Invariant: each row says who is better by its medians, or that nobody is; the closing lines name
 * every row in which Elixir is.
 */
import type { Side } from './side.ts'
import { middleOf } from './statistics.ts'

/** One figure of both sides. */
export interface Comparison {
  readonly title: string
  readonly unit: string
  readonly flotilla: Spread
  readonly elixir: Spread
  readonly better: 'Flotilla' | 'Elixir' | 'neither'
}

/** The median of the rounds, and how far they lie apart. */
export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
}

interface Figure {
  readonly title: string
  readonly unit: string
  readonly of: (side: Side) => number
}

/** Of every one of them less is better. */
const figures: readonly Figure[] = [
  {
    title: 'dead pids in look-ups right after an end',
    unit: '%',
    of: ({ deadAfterEnd, lookupsAfterEnd }) => percentOf(deadAfterEnd, lookupsAfterEnd),
  },
  {
    title: 'dead pids in other look-ups',
    unit: '%',
    of: ({ deadLookups, lookups }) => percentOf(deadLookups, lookups),
  },
  {
    title: 'look-ups that miss a wanted worker',
    unit: '%',
    of: ({ misses, lookups }) => percentOf(misses, lookups),
  },
  {
    title: 'failed calls',
    unit: '%',
    of: ({ failedCalls, calls }) => percentOf(failedCalls, calls),
  },
  { title: 'calls that timed out', unit: '', of: ({ timeouts }) => timeouts },
  { title: 'wrong, lost or doubled effects', unit: '', of: ({ wrong }) => wrong },
  { title: 'workers missing at the end', unit: '', of: ({ missing }) => missing },
  { title: 'name free, p50', unit: 'ms', of: ({ gaps }) => gaps.p50 },
  { title: 'name free, p99', unit: 'ms', of: ({ gaps }) => gaps.p99 },
  { title: 'restart, p50', unit: 'ms', of: ({ restarts }) => restarts.p50 },
  { title: 'restart, p99', unit: 'ms', of: ({ restarts }) => restarts.p99 },
  { title: 'call, p50', unit: 'ms', of: ({ calling }) => calling.p50 },
  { title: 'call, p99', unit: 'ms', of: ({ calling }) => calling.p99 },
  { title: 'call, p99.9', unit: 'ms', of: ({ calling }) => calling.p999 },
  { title: 'call, longest', unit: 'ms', of: ({ calling }) => calling.max },
  { title: 'memory of a worker', unit: 'bytes', of: ({ bytesPerWorker }) => bytesPerWorker },
  { title: 'start of all workers', unit: 'ms', of: ({ startMs }) => startMs },
  { title: 'cpu of an operation', unit: 'µs', of: (side) => side.cpuMicrosecondsPerOperation },
]

/** Compares the rounds of both sides. */
export function comparisonsOf(
  flotilla: readonly Side[],
  elixir: readonly Side[],
): readonly Comparison[] {
  return figures.map(({ title, unit, of }) => {
    const ours = spreadOf(flotilla.map(of))
    const theirs = spreadOf(elixir.map(of))
    return { title, unit, flotilla: ours, elixir: theirs, better: betterOf(ours, theirs) }
  })
}

/** The table, for readers. */
export function tableOf(comparisons: readonly Comparison[], rounds: number): string {
  const rows = comparisons.map(({ title, unit, flotilla, elixir, better }) => {
    const name = unit === '' ? title : `${title}, ${unit}`
    return [name, spreadText(flotilla), spreadText(elixir), better]
  })
  const titles = ['', 'Flotilla', 'Elixir', 'better']
  const widths = titles.map((title, column) => {
    return Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length))
  })
  const lines = [titles, ...rows].map((row) => {
    return row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd()
  })
  return `${[...lines, '', ...closing(comparisons, rounds)].join('\n')}\n`
}

function closing(comparisons: readonly Comparison[], rounds: number): readonly string[] {
  const titles = comparisons.filter(({ better }) => better === 'Elixir').map(({ title }) => title)
  return [
    `Medians of ${rounds} rounds, in turn; in brackets the least and the most.`,
    titles.length === 0
      ? 'Elixir is better in none of these.'
      : `Elixir is better in: ${titles.join('; ')}.`,
  ]
}

/** Neither, if the medians are equal or each side's median lies within the other's rounds. */
function betterOf(ours: Spread, theirs: Spread): Comparison['better'] {
  const isWithin = ({ median }: Spread, { min, max }: Spread): boolean => {
    return median >= min && median <= max
  }
  if (isWithin(ours, theirs) && isWithin(theirs, ours)) return 'neither'
  return ours.median < theirs.median ? 'Flotilla' : 'Elixir'
}

function spreadOf(values: readonly number[]): Spread {
  return { median: middleOf(values), min: Math.min(...values), max: Math.max(...values) }
}

function spreadText({ median, min, max }: Spread): string {
  return min === max
    ? figureText(median)
    : `${figureText(median)} (${figureText(min)} to ${figureText(max)})`
}

function figureText(value: number): string {
  return value >= 100
    ? Math.round(value).toLocaleString('en-US')
    : `${Number(value.toPrecision(3))}`
}

function percentOf(part: number, all: number): number {
  return all === 0 ? 0 : (part / all) * 100
}
