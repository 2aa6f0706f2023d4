/**
 * Curves: figures over sizes, as CSV and as SVG.
 */
import { parse, type Spec, View } from 'vega'
import { type Judgement, judgeRow, type MeasuredRow } from '../judge.ts'
import { armOf } from '../plan/arms.ts'
import { type Curve, curves } from '../plan/curves.ts'
import type { Unit } from '../row.ts'

/** A file of the page. */
export interface CurveFile {
  readonly name: string
  readonly content: string
}

/** A curve of which at least one point was measured. */
export interface DrawnCurve {
  readonly curve: Curve
  readonly csv: CurveFile
  readonly svg: CurveFile
}

/** One arm at one size. */
interface Point {
  readonly arm: string
  readonly size: number
  readonly median: number
  readonly min: number
  readonly max: number
}

const axisTitles: Readonly<Record<Unit, string>> = {
  ns: 'nanoseconds',
  µs: 'microseconds',
  ms: 'milliseconds',
  s: 'seconds',
  '/s': 'per second',
  B: 'bytes',
  'ms/s': 'milliseconds per second',
  '×': 'times',
  '%': 'percent',
}

/** Draws every curve that was measured. */
export async function drawCurves(rows: readonly MeasuredRow[]): Promise<DrawnCurve[]> {
  const measured = curves
    .map((curve) => ({ curve, points: pointsOf(curve, rows) }))
    .filter(({ points }) => points.length > 0)
  return Promise.all(
    measured.map(async ({ curve, points }) => ({
      curve,
      csv: { name: `${curve.id}.csv`, content: csvOf(points) },
      svg: { name: `${curve.id}.svg`, content: await svgOf(curve, points) },
    })),
  )
}

function pointsOf({ id }: Curve, rows: readonly MeasuredRow[]): Point[] {
  const ofCurve = rows.filter(({ row }) => row.point?.curve === id)
  return ofCurve.flatMap((measured) => judgeRow(measured).flatMap(pointsAt))
}

function pointsAt({ row, figures }: Judgement): Point[] {
  return figures.map(({ arm, spread }) => ({ arm: armOf(arm).title, size: row.size, ...spread }))
}

function csvOf(points: readonly Point[]): string {
  const lines = points.map(({ arm, size, median, min, max }) =>
    [`"${arm}"`, size, median, min, max].join(','),
  )
  return `${['arm,size,median,min,max', ...lines].join('\n')}\n`
}

async function svgOf(curve: Curve, points: readonly Point[]): Promise<string> {
  const view = new View(parse(chartOf(curve, points)), { renderer: 'none' })
  try {
    return `${await view.toSVG()}\n`
  } finally {
    view.finalize()
  }
}

/** Lines of medians over bars of spreads, both axes logarithmic. */
function chartOf({ title, metric }: Curve, points: readonly Point[]): Spec {
  const colour = { scale: 'colour', field: 'arm' }
  return {
    $schema: 'https://vega.github.io/schema/vega/v6.json',
    width: 560,
    height: 280,
    padding: 12,
    background: 'white',
    title: { text: title, anchor: 'start', fontSize: 13 },
    data: [{ name: 'points', values: [...points] }],
    scales: [
      { name: 'x', type: 'log', range: 'width', domain: { data: 'points', field: 'size' } },
      {
        name: 'y',
        type: 'log',
        range: 'height',
        nice: true,
        domain: { data: 'points', fields: ['min', 'max'] },
      },
      {
        name: 'colour',
        type: 'ordinal',
        range: ['#0b6e4f', '#c8553d', '#2d4a8a', '#8a6d1d'],
        domain: { data: 'points', field: 'arm' },
      },
    ],
    axes: [
      { orient: 'bottom', scale: 'x', title: 'workers', values: sizesOf(points), format: ',d' },
      { orient: 'left', scale: 'y', title: axisTitles[metric.unit], grid: true, format: '~s' },
    ],
    legends: [{ stroke: 'colour', orient: 'right' }],
    marks: [
      {
        type: 'group',
        from: { facet: { name: 'line', data: 'points', groupby: 'arm' } },
        marks: [
          {
            type: 'line',
            from: { data: 'line' },
            encode: {
              enter: {
                x: { scale: 'x', field: 'size' },
                y: { scale: 'y', field: 'median' },
                stroke: colour,
                strokeWidth: { value: 2 },
              },
            },
          },
          {
            type: 'rule',
            from: { data: 'line' },
            encode: {
              enter: {
                x: { scale: 'x', field: 'size' },
                y: { scale: 'y', field: 'min' },
                y2: { scale: 'y', field: 'max' },
                stroke: colour,
                strokeWidth: { value: 4 },
                strokeOpacity: { value: 0.4 },
              },
            },
          },
        ],
      },
    ],
  }
}

function sizesOf(points: readonly Point[]): number[] {
  return [...new Set(points.map(({ size }) => size))]
}
