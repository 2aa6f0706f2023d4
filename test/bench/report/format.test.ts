import { describe, expect, test } from 'vitest'
import { figureText, rangeText, ratioText, timesText } from '../../../bench/report/format.ts'

describe('a figure', () => {
  test.each([
    [240, 'ns', '240 ns'],
    [2_900, 'ns', '2.9 µs'],
    [0.4, 'ns', '0.4 ns'],
    [3_600, 'µs', '3.6 ms'],
    [0.5, 'µs', '500 ns'],
    [5_612_345, '/s', '5.6 M/s'],
    [316_400, '/s', '316 k/s'],
    [12, '/s', '12 /s'],
    [3_450, 'B', '3.5 kB'],
    [571, 'B', '571 B'],
    [855_000_000, 'B', '855 MB'],
    [0.03, '%', '0.03 %'],
  ] as const)('%d %s is told as %s', (value, unit, text) => {
    expect(figureText(value, unit)).toBe(text)
  })

  test('has its range in its own unit', () => {
    expect(rangeText({ median: 2_900, min: 900, max: 123_456 }, 'ns')).toBe('0.9–123')
  })
})

describe('a ratio', () => {
  test('is told with its interval', () => {
    expect(ratioText({ median: 8.24, low: 7.91, high: 12.34 })).toBe('8.2× (7.9–12.3)')
    expect(timesText(1246)).toBe('1,246×')
  })

  test('of nothing is a dash', () => {
    expect(ratioText({ median: Number.NaN, low: 0, high: 1 })).toBe('–')
    expect(timesText(Number.POSITIVE_INFINITY)).toBe('–')
  })
})
