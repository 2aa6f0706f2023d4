/**
 * Figures in words: three digits that count, and a unit.
 */
import type { Unit } from '../row.ts'
import type { Ratio, Spread } from '../statistics.ts'

interface Scale {
  readonly unit: string
  readonly factor: number
}

const nanoseconds = 1e-9
const scales: Readonly<Record<Unit, readonly Scale[]>> = {
  ns: times(nanoseconds),
  µs: times(1e-6),
  ms: times(1e-3),
  s: times(1),
  '/s': [
    { unit: 'M/s', factor: 1e-6 },
    { unit: 'k/s', factor: 1e-3 },
    { unit: '/s', factor: 1 },
  ],
  B: [
    { unit: 'MB', factor: 1e-6 },
    { unit: 'kB', factor: 1e-3 },
    { unit: 'B', factor: 1 },
  ],
  'ms/s': [{ unit: 'ms/s', factor: 1 }],
  '×': [{ unit: '×', factor: 1 }],
  '%': [{ unit: '%', factor: 1 }],
}

/** A figure in the unit that suits its size, as `5.61 M/s`. */
export function figureText(value: number, unit: Unit): string {
  const scale = scaleFor(value, unit)
  return `${digits(value * scale.factor)} ${scale.unit}`
}

/** Least and greatest in the unit of the median, as `5.1–5.9`. */
export function rangeText({ median, min, max }: Spread, unit: Unit): string {
  const { factor } = scaleFor(median, unit)
  return `${digits(min * factor)}–${digits(max * factor)}`
}

/** How many times better, as `8.2×`; less than 1 is behind. */
export function timesText(value: number): string {
  return Number.isFinite(value) ? `${digits(value)}×` : '–'
}

/** A ratio with its interval, as `8.2× (7.9–8.8)`. */
export function ratioText({ median, low, high }: Ratio): string {
  return Number.isFinite(median) ? `${digits(median)}× (${digits(low)}–${digits(high)})` : '–'
}

/** At most three digits that count, and whole numbers whole: `0.074`, `8.2`, `316`, `1,246`. */
function digits(value: number): string {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-US')
  return Number.isFinite(value) ? `${Number(value.toPrecision(value < 10 ? 2 : 3))}` : '–'
}

/** The first scale in which the value is at least 1, or else the last one. */
function scaleFor(value: number, unit: Unit): Scale {
  const fitting = scales[unit].find(({ factor }) => Math.abs(value) * factor >= 1)
  return fitting ?? scales[unit].at(-1) ?? { unit, factor: 1 }
}

function times(seconds: number): Scale[] {
  return [
    { unit: 's', factor: seconds },
    { unit: 'ms', factor: seconds * 1e3 },
    { unit: 'µs', factor: seconds * 1e6 },
    { unit: 'ns', factor: seconds * 1e9 },
  ]
}
