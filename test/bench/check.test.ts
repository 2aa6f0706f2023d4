import { describe, expect, test } from 'vitest'
import {
  type Floors,
  floorsFrom,
  readFloors,
  underFloors,
  unseenPlants,
} from '../../bench/check.ts'
import { judgeRow } from '../../bench/judge.ts'
import { callRow, measuredRow, perOperation } from './runs.ts'

const tenTimes = judgeRow(measuredRow({ flotilla: [100], floor: [50], beam: [1000], nact: [3000] }))
const none: Floors = { full: {}, quick: {} }

describe('floors', () => {
  test('are 60 % of the ratio with the best rival; the floor arm is none', () => {
    expect(floorsFrom(tenTimes, 'full', none)).toEqual({
      full: { 'call-one nsPerOperation': 6 },
      quick: {},
    })
  })

  test('of the other scale, and of rows that were not measured, stay as they were', () => {
    const before: Floors = { full: { 'other x': 3, 'call-one nsPerOperation': 9 }, quick: { y: 2 } }
    expect(floorsFrom(tenTimes, 'full', before)).toEqual({
      full: { 'other x': 3, 'call-one nsPerOperation': 6 },
      quick: { y: 2 },
    })
  })

  test('are not made of figures without a target: they only inform', () => {
    const row = { ...callRow, metrics: [{ ...perOperation, targets: [] }] }
    const informing = judgeRow(measuredRow({ flotilla: [100], beam: [1000] }, row))
    expect(floorsFrom(informing, 'full', none)).toEqual(none)
  })

  test('that cannot be read are refused', () => {
    expect(() => readFloors('{"full": {"a": "8"}, "quick": {}}', 'floors')).toThrow(
      'Cannot read floors.full.a: it is "8", want a number',
    )
    expect(() => readFloors('{"full": {}}', 'floors')).toThrow('floors.quick')
  })
})

describe('the check', () => {
  test('is green at and above the floor', () => {
    expect(underFloors(tenTimes, { 'call-one nsPerOperation': 10 })).toEqual([])
    expect(underFloors(tenTimes, {})).toEqual([])
  })

  test('is red under it, and says who is how far ahead', () => {
    expect(underFloors(tenTimes, { 'call-one nsPerOperation': 10.5 })).toEqual([
      'call by via: 10× of BEAM, 1 scheduler, under the floor of 10.5×',
    ])
  })

  test('is red if what has a floor could not be measured', () => {
    const alone = judgeRow(measuredRow({ flotilla: [100], floor: [50] }))
    expect(underFloors(alone, { 'call-one nsPerOperation': 6 })).toEqual([
      'call by via: not measured, floor 6×',
    ])
  })

  test('is red about a planted loss that it does not see', () => {
    const seen = judgeRow(measuredRow({ flotilla: [100], 'flotilla-slowed': [205] }))
    expect(unseenPlants(seen)).toEqual([])
    const unseen = judgeRow(measuredRow({ flotilla: [100], 'flotilla-slowed': [110] }))
    expect(unseenPlants(unseen)).toEqual(['call by via: a loss by 2 was planted, 1.1× was seen'])
    const absurd = judgeRow(measuredRow({ flotilla: [100], 'flotilla-slowed': [900] }))
    expect(unseenPlants(absurd)).toHaveLength(1)
    expect(unseenPlants(tenTimes)).toEqual(['no row with a planted loss was measured'])
  })
})
