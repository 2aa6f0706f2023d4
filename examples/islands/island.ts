/**
 * The five islands: their shapes, and one of them laid on the board.
 *
 * Invariant: an `Island` lies on the board with every cell of its shape.
 * It does not know the other islands, nor which of its cells are hit.
 */

import { type Coordinate, coordinate, sameCell } from './coordinate.ts'

/** Every kind of island, in the order a board lists them. */
export const islandTypes = ['square', 'atoll', 'dot', 'l_shape', 's_shape'] as const

/** The kind of an island. */
export type IslandType = (typeof islandTypes)[number]

/** An island laid on the board. */
export interface Island {
  readonly type: IslandType
  readonly cells: readonly Coordinate[]
}

/** What becomes of an island that is to be laid on the board. */
export type IslandResult =
  | { readonly ok: true; readonly island: Island }
  | { readonly ok: false; readonly reason: 'off_board' }

/** Lays an island with the upper left corner of its shape on the origin. */
export function layIsland(type: IslandType, origin: Coordinate): IslandResult {
  const cells: Coordinate[] = []
  for (const [row, line] of shapes[type].entries()) {
    for (const [column, mark] of [...line].entries()) {
      if (mark !== '#') continue
      const cell = coordinate(origin.row + row, origin.column + column)
      if (!cell.ok) return { ok: false, reason: 'off_board' }
      cells.push(cell.value)
    }
  }
  return { ok: true, island: { type, cells } }
}

/** Whether an island covers a cell. */
export function covers(island: Island, cell: Coordinate): boolean {
  return island.cells.some((own) => sameCell(own, cell))
}

/** Whether two islands share a cell. */
export function overlaps(left: Island, right: Island): boolean {
  return left.cells.some((cell) => covers(right, cell))
}

/** Each shape as it lies on the board. */
const shapes = {
  square: ['##', '##'],
  atoll: ['##', '.#', '##'],
  dot: ['#'],
  l_shape: ['#.', '#.', '##'],
  s_shape: ['.##', '##.'],
} as const
