import { describe, expect, test } from 'vitest'
import { isUnclear, type Judgement, judgeRow, type MeasuredRow } from '../../bench/judge.ts'
import type { Metric } from '../../bench/row.ts'
import { armResult, callRow, measured, measuredRow, perOperation } from './runs.ts'

function judged(row: MeasuredRow): Judgement {
  const [judgement] = judgeRow(row)
  if (judgement === undefined) throw new Error('a row without a metric')
  return judgement
}

const steady = (value: number): number[] => [value, value, value, value, value]

describe('a target', () => {
  test('is met when the whole interval reaches it', () => {
    const { targets } = judged(measuredRow({ flotilla: steady(100), beam: steady(900) }))
    expect(targets).toMatchObject([{ verdict: 'met', decisive: { rival: 'beam' } }])
  })

  test('is missed when the whole interval stays below it', () => {
    const { targets } = judged(measuredRow({ flotilla: steady(100), beam: steady(700) }))
    expect(targets[0]?.verdict).toBe('missed')
  })

  test('is unclear when it lies inside the interval, and asks for more rounds', () => {
    const around = judgeRow(measuredRow({ flotilla: steady(100), beam: [700, 750, 850, 900, 950] }))
    expect(around[0]?.targets[0]?.verdict).toBe('unclear')
    expect(isUnclear(around)).toBe(true)
    const clear = judgeRow(measuredRow({ flotilla: steady(100), beam: steady(900) }))
    expect(isUnclear(clear)).toBe(false)
  })

  test('holds against the best of its rivals', () => {
    const row = measuredRow({ flotilla: steady(100), beam: steady(2000), 'beam-2': steady(300) })
    expect(judged(row).targets[0]).toMatchObject({
      verdict: 'missed',
      decisive: { rival: 'beam-2', ratio: { median: 3 } },
    })
  })

  test('is not measured without a rival it names, and that is no loss and no gain', () => {
    const row = measuredRow({ flotilla: steady(100), nact: steady(900) })
    expect(judged(row).targets[0]).toMatchObject({
      verdict: 'not measured',
      decisive: undefined,
    })
  })
})

describe('a row of a quick run', () => {
  test('is compared but not judged: its sizes are not those of the target', () => {
    const row = { ...callRow, isJudged: false }
    const { targets, comparisons } = judged(measuredRow({ flotilla: [1], beam: [2] }, row))
    expect(targets[0]?.verdict).toBe('not judged')
    expect(comparisons[0]?.ratio.median).toBe(2)
  })
})

describe('a rival that is ahead', () => {
  test('has a ratio under 1', () => {
    const { comparisons } = judged(measuredRow({ flotilla: steady(300), nact: steady(100) }))
    expect(comparisons[0]?.ratio.median).toBeCloseTo(1 / 3)
  })
})

describe('a row where intended and completed differ', () => {
  test('is refused: the arm has no figures and nobody is compared with it', () => {
    const theirs = armResult('beam', measured(900), measured(900, 99))
    const result = {
      id: callRow.id,
      loads: [],
      arms: [armResult('flotilla', measured(100), measured(100)), theirs],
    }
    const { figures, comparisons, targets } = judged({ row: callRow, result })
    expect(figures.map(({ arm }) => arm)).toEqual(['flotilla'])
    expect(comparisons).toEqual([])
    expect(targets[0]?.verdict).toBe('not measured')
  })
})

describe('a limit', () => {
  const limited: Metric = { ...perOperation, targets: [], atMost: 150 }
  const row = { ...callRow, metrics: [limited] }

  test.each([
    [steady(100), 'met'],
    [steady(200), 'missed'],
    [[100, 120, 140, 160, 180], 'unclear'],
  ] as const)('of 150 for %o is %s', (flotilla, verdict) => {
    expect(judged(measuredRow({ flotilla }, row)).limit).toBe(verdict)
  })

  test('that was not measured is not kept', () => {
    expect(judged(measuredRow({ beam: steady(1) }, row)).limit).toBe('not measured')
  })
})

describe('a metric made of several figures', () => {
  test('is worked out round by round', () => {
    const doubled: Metric = {
      ...perOperation,
      figure: 'doubled',
      from: ({ nsPerOperation = Number.NaN }) => 2 * nsPerOperation,
    }
    const row = measuredRow({ flotilla: [1, 2, 3] }, { ...callRow, metrics: [doubled] })
    expect(judged(row).figures[0]?.spread).toEqual({ median: 4, min: 2, max: 6 })
  })
})
