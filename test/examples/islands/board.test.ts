import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  allIslandsPositioned,
  type Board,
  emptyBoard,
  islandAt,
  positionIsland,
} from '../../../examples/islands/board.ts'
import { type Coordinate, everyCoordinate } from '../../../examples/islands/coordinate.ts'
import { type IslandType, islandTypes, layIsland } from '../../../examples/islands/island.ts'

const overlapping = { ok: false, reason: 'overlapping_island' }

describe('positionIsland', () => {
  test('replaces an earlier island of the same type, even one in its own way', () => {
    const before = boardOf(['atoll', 1, 1], ['dot', 2, 1])
    const after = boardOf(['atoll', 1, 1], ['dot', 2, 1], ['atoll', 4, 4], ['atoll', 5, 4])
    expect(islandAt(before, { row: 1, column: 1 })?.type).toBe('atoll')
    expect(islandAt(after, { row: 1, column: 1 })).toBeUndefined()
    expect(islandAt(after, { row: 5, column: 4 })?.type).toBe('atoll')
    expect(after.islands).toHaveLength(2)
  })

  test('refuses an island on another, and leaves the one it was to replace where it is', () => {
    const board = boardOf(['dot', 1, 1], ['square', 5, 5])
    expect(put(board, ['dot', 6, 6])).toEqual(overlapping)
    expect(islandAt(board, { row: 1, column: 1 })?.type).toBe('dot')
  })

  test('makes equal boards of equal islands, in whatever order they come', () => {
    const steps: readonly Step[] = [
      ['square', 1, 1],
      ['atoll', 1, 4],
      ['dot', 9, 9],
      ['l_shape', 5, 1],
      ['s_shape', 5, 5],
    ]
    const inOrder = boardOf(...steps)
    const shuffled = fc.shuffledSubarray([...steps], { minLength: 5 })
    fc.assert(
      fc.property(shuffled, (some) => {
        expect(boardOf(...some)).toEqual(inOrder)
      }),
    )
    expect(inOrder.islands.map(({ type }) => type)).toEqual(islandTypes)
  })

  test('does what painting letters on a grid of a hundred cells does', () => {
    const step = fc.tuple(fc.constantFrom(...islandTypes), line(), line())
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        let board = emptyBoard()
        let grid: Grid = everyCoordinate.map(() => '.')
        for (const each of steps) {
          const painted = paint(grid, each)
          const result = put(board, each)
          expect(result.ok).toBe(painted !== 'taken')
          if (painted === 'taken') expect(result).toEqual(overlapping)
          if (result.ok) board = result.board
          if (painted !== 'taken') grid = painted
          expect(draw(board)).toEqual(grid)
          const letters = new Set(grid.filter((mark) => mark !== '.'))
          expect(allIslandsPositioned(board)).toBe(letters.size === 5)
        }
      }),
    )
  })
})

describe('allIslandsPositioned', () => {
  test('is false for an empty board and while one island is missing', () => {
    expect(allIslandsPositioned(emptyBoard())).toBe(false)
    const four = boardOf(['square', 1, 1], ['atoll', 1, 4], ['dot', 9, 9], ['l_shape', 5, 1])
    expect(allIslandsPositioned(four)).toBe(false)
    const five = put(four, ['s_shape', 5, 5])
    expect(five.ok && allIslandsPositioned(five.board)).toBe(true)
  })
})

type Step = readonly [type: IslandType, row: Coordinate['row'], column: Coordinate['column']]

type Grid = readonly string[]

/** The model: the shapes as they look, painted letter by letter on lines of ten. */
const pictures = {
  square: ['ss', 'ss'],
  atoll: ['aa', ' a', 'aa'],
  dot: ['d'],
  l_shape: ['l', 'l', 'll'],
  s_shape: [' zz', 'zz'],
} as const

function paint(grid: Grid, [type, row, column]: Step): Grid | 'taken' {
  const letter = pictures[type].join('').trim().charAt(0)
  const cleared = grid.map((mark) => (mark === letter ? '.' : mark))
  let taken = false
  for (const [down, line] of pictures[type].entries()) {
    if (row + down > 10 || column + line.length - 1 > 10) return grid
    for (const [right, mark] of [...line].entries()) {
      const index = (row + down - 1) * 10 + (column + right - 1)
      if (mark === ' ') continue
      taken ||= cleared[index] !== '.'
      cleared[index] = mark
    }
  }
  return taken ? 'taken' : cleared
}

function draw(board: Board): Grid {
  return everyCoordinate.map((cell) => {
    const island = islandAt(board, cell)
    return island ? pictures[island.type].join('').trim().charAt(0) : '.'
  })
}

/** An island that does not fit leaves the board as it is. */
function put(board: Board, [type, row, column]: Step): ReturnType<typeof positionIsland> {
  const laid = layIsland(type, { row, column })
  return laid.ok ? positionIsland(board, laid.island) : { ok: true, board }
}

function boardOf(...steps: readonly Step[]): Board {
  return steps.reduce((board, each) => {
    const result = put(board, each)
    if (!result.ok) throw new Error(`The ${each[0]} of a test overlaps another island`)
    return result.board
  }, emptyBoard())
}

function line(): fc.Arbitrary<Coordinate['row']> {
  return fc.constantFrom(...everyCoordinate.map(({ row }) => row))
}
