/**
 * The picture of a run: load, durations, memory, event loop and gaps over time.
 */
import type { Mark, Scale } from 'vega'
import { drawSvg, type Picture, seriesMark } from '../../programs/drawing.ts'
import type { Line } from './sampler.ts'

interface Panel {
  readonly title: string
  readonly columns: readonly string[]
  readonly scale: 'linear' | 'log'
  readonly valueOf: (line: Line, column: string) => number
}

const asItIs = (line: Line, column: string): number => line[column] ?? 0
const asMegabytes = (line: Line, column: string): number => asItIs(line, column) / 2 ** 20
/** A logarithm needs something above nothing. */
const aboveNothing = (line: Line, column: string): number => Math.max(0.001, asItIs(line, column))
const asRate = (line: Line, column: string): number => {
  return asItIs(line, column) / Math.max(0.001, asItIs(line, 'sampleSeconds'))
}

const panels: readonly Panel[] = [
  {
    title: 'a second',
    columns: ['answered', 'starts', 'failedKilled', 'failedCrash'],
    scale: 'linear',
    valueOf: asRate,
  },
  {
    title: 'duration of calls, ms',
    columns: ['callP50Ms', 'callP99Ms', 'callP999Ms', 'callMaxMs'],
    scale: 'log',
    valueOf: aboveNothing,
  },
  {
    title: 'MB',
    columns: ['heapUsed', 'heapResident', 'rss'],
    scale: 'linear',
    valueOf: asMegabytes,
  },
  {
    title: 'event loop, ms late',
    columns: ['loopDelayP99Ms', 'loopDelayMaxMs'],
    scale: 'log',
    valueOf: aboveNothing,
  },
  {
    title: 'share of time',
    columns: ['utilization', 'collectionShare'],
    scale: 'linear',
    valueOf: asItIs,
  },
  {
    title: 'names free, ms so far',
    columns: ['gapP50Ms', 'gapP99Ms', 'gapMaxMs'],
    scale: 'log',
    valueOf: aboveNothing,
  },
]

const width = 860
const height = 110
const gap = 48

/** Draws a run as SVG. */
export function pictureOf(title: string, lines: readonly Line[]): Promise<string> {
  return drawSvg(pictureWith(title, withSampleSeconds(lines)))
}

/** Each line knows how long it stands for. */
function withSampleSeconds(lines: readonly Line[]): readonly Line[] {
  return lines.map((line, index) => {
    const before = lines[index - 1]?.seconds ?? 0
    return { ...line, sampleSeconds: (line.seconds ?? 0) - before }
  })
}

function pictureWith(title: string, lines: readonly Line[]): Picture {
  return {
    title: { text: title, anchor: 'start', frame: 'group' },
    width,
    height: panels.length * (height + gap),
    marks: panels.map((panel, index) => panelMark(panel, index, lines)),
  }
}

function panelMark(panel: Panel, index: number, lines: readonly Line[]): Mark {
  const rows = panel.columns.flatMap((column) => {
    return lines.map((line) => ({
      seconds: line.seconds ?? 0,
      column,
      value: panel.valueOf(line, column),
    }))
  })
  return {
    type: 'group',
    encode: {
      enter: {
        y: { value: index * (height + gap) },
        width: { value: width - 120 },
        height: { value: height },
      },
    },
    data: [{ name: 'rows', values: rows }],
    scales: [
      {
        name: 'x',
        type: 'linear',
        range: [0, width - 120],
        domain: extent('seconds'),
        nice: false,
      },
      valueScale(panel.scale),
      { name: 'colour', type: 'ordinal', domain: [...panel.columns], range: 'category' },
    ],
    axes: [
      { orient: 'bottom', scale: 'x', title: 's', tickCount: 10 },
      { orient: 'left', scale: 'y', title: panel.title, tickCount: 4, grid: true },
    ],
    legends: [{ stroke: 'colour', symbolType: 'stroke', orient: 'right' }],
    marks: [seriesMark(series)],
  }
}

function valueScale(type: Panel['scale']): Scale {
  const scale = { name: 'y', domain: extent('value'), nice: true } as const
  const range: [number, number] = [height, 0]
  if (type === 'log') return { ...scale, range, type: 'log' }
  return { ...scale, range, type: 'linear', zero: true }
}

function extent(field: string) {
  return { data: 'rows', field }
}

const series = { rows: 'rows', by: 'column', x: 'seconds', y: 'value', strokeWidth: 1.25 } as const
