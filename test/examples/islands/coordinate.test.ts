import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  cellIndex,
  coordinate,
  everyCoordinate,
  sameCell,
} from '../../../examples/islands/coordinate.ts'

const refused = { ok: false, reason: 'invalid_coordinate' }

describe('coordinate', () => {
  test('accepts exactly the hundred cells of the board', () => {
    const accepted = []
    for (let row = -3; row <= 14; row += 1) {
      for (let column = -3; column <= 14; column += 1) {
        const result = coordinate(row, column)
        if (result.ok) accepted.push(result.value)
        else expect(result).toEqual(refused)
      }
    }
    expect(accepted).toEqual(everyCoordinate)
    expect(new Set(accepted.map(({ row, column }) => `${row},${column}`)).size).toBe(100)
  })

  test('refuses a number that is not a whole one from 1 to 10, as row and as column', () => {
    const outside = fc
      .oneof(fc.double(), fc.integer())
      .filter((number) => !(Number.isInteger(number) && number >= 1 && number <= 10))
    fc.assert(
      fc.property(outside, fc.integer({ min: 1, max: 10 }), (bad, good) => {
        expect(coordinate(bad, good)).toEqual(refused)
        expect(coordinate(good, bad)).toEqual(refused)
      }),
    )
  })

  test('refuses, and never throws, for a value that is not a number at all', () => {
    const notNumbers = fc.anything({ withBigInt: true }).filter((any) => typeof any !== 'number')
    fc.assert(
      fc.property(notNumbers, (bad) => {
        const result: unknown = Reflect.apply(coordinate, undefined, [bad, 1])
        expect(result).toEqual(refused)
      }),
    )
  })
})

describe('cellIndex', () => {
  test('is the place of the cell among all cells', () => {
    expect(everyCoordinate.map(cellIndex)).toEqual(everyCoordinate.map((_, index) => index))
  })
})

describe('sameCell', () => {
  test('is true for equal row and column, and for nothing else', () => {
    const cells = fc.constantFrom(...everyCoordinate)
    fc.assert(
      fc.property(cells, cells, (left, right) => {
        expect(sameCell(left, { ...left })).toBe(true)
        expect(sameCell(left, right)).toBe(cellIndex(left) === cellIndex(right))
      }),
    )
  })
})
