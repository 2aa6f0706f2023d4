/**
 * Curves: figures over sizes, as CSV and as SVG.
 */
import { drawSvg, type Picture, seriesMark } from '../../programs/drawing.ts'
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
      svg: { name: `${curve.id}.svg`, content: `${await drawSvg(chartOf(curve, points))}\n` },
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

/** Lines of medians over bars of spreads, both axes logarithmic. */
function chartOf({ title, metric }: Curve, points: readonly Point[]): Picture {
  return {
    width: 560,
    height: 280,
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
      seriesMark({
        rows: 'points',
        by: 'arm',
        x: 'size',
        y: 'median',
        strokeWidth: 2,
        spread: ['min', 'max'],
      }),
    ],
  }
}

function sizesOf(points: readonly Point[]): number[] {
  return [...new Set(points.map(({ size }) => size))]
}
