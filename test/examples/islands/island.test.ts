import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Coordinate, everyCoordinate, sameCell } from '../../../examples/islands/coordinate.ts'
import {
  covers,
  type Island,
  islandTypes,
  layIsland,
  overlaps,
} from '../../../examples/islands/island.ts'

/** The shapes once more, as steps down and right from the origin. */
const offsets = {
  square: ['0,0', '0,1', '1,0', '1,1'],
  atoll: ['0,0', '0,1', '1,1', '2,0', '2,1'],
  dot: ['0,0'],
  l_shape: ['0,0', '1,0', '2,0', '2,1'],
  s_shape: ['0,1', '0,2', '1,0', '1,1'],
} as const

/** Rows and columns that each shape needs. */
const extents = {
  square: { rows: 2, columns: 2 },
  atoll: { rows: 3, columns: 2 },
  dot: { rows: 1, columns: 1 },
  l_shape: { rows: 3, columns: 2 },
  s_shape: { rows: 2, columns: 3 },
} as const

const types = fc.constantFrom(...islandTypes)
const cells = fc.constantFrom(...everyCoordinate)

describe('layIsland', () => {
  test.each(islandTypes)(
    'gives a %s the cells of its shape, from its upper left corner',
    (type) => {
      const { cells: laid } = lay(type, { row: 4, column: 6 })
      expect(laid.map(({ row, column }) => `${row - 4},${column - 6}`)).toEqual(offsets[type])
    },
  )

  test.each(islandTypes)('refuses a %s as off_board exactly when it does not fit', (type) => {
    const { rows, columns } = extents[type]
    for (const origin of everyCoordinate) {
      const fits = origin.row + rows - 1 <= 10 && origin.column + columns - 1 <= 10
      const result = layIsland(type, origin)
      expect(result.ok).toBe(fits)
      if (!result.ok) expect(result).toEqual({ ok: false, reason: 'off_board' })
    }
  })
})

describe('covers', () => {
  test('is true for the cells of the island only', () => {
    const atoll = lay('atoll', { row: 2, column: 3 })
    const covered = everyCoordinate.filter((cell) => covers(atoll, cell))
    expect(covered.map(({ row, column }) => `${row},${column}`)).toEqual([
      '2,3',
      '2,4',
      '3,4',
      '4,3',
      '4,4',
    ])
  })
})

describe('overlaps', () => {
  test('lets a dot lie in the bay of an atoll', () => {
    const atoll = lay('atoll', { row: 2, column: 3 })
    expect(overlaps(atoll, lay('dot', { row: 3, column: 3 }))).toBe(false)
    expect(overlaps(atoll, lay('dot', { row: 3, column: 4 }))).toBe(true)
  })

  test('is true exactly when some cell belongs to both, whichever is named first', () => {
    fc.assert(
      fc.property(types, cells, types, cells, (leftType, leftOrigin, rightType, rightOrigin) => {
        const left = layIsland(leftType, leftOrigin)
        const right = layIsland(rightType, rightOrigin)
        fc.pre(left.ok && right.ok)
        const shared = left.island.cells.some((cell) =>
          right.island.cells.some((other) => sameCell(cell, other)),
        )
        expect(overlaps(left.island, right.island)).toBe(shared)
        expect(overlaps(right.island, left.island)).toBe(shared)
      }),
    )
  })
})

function lay(type: Island['type'], origin: Coordinate): Island {
  const result = layIsland(type, origin)
  if (!result.ok) throw new Error(`A ${type} does not fit at ${origin.row},${origin.column}`)
  return result.island
}
