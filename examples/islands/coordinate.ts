/**
 * One cell of the 10 × 10 board.
 *
 * Invariant: a `Coordinate` is on the board; its type has no room for row 0 or row 11.
 * It does not know what lies on the cell.
 */

const lines = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] as const

/** The number of a row or of a column. */
export type Line = (typeof lines)[number]

/** A cell that is on the board. */
export interface Coordinate {
  readonly row: Line
  readonly column: Line
}

/** Two numbers that claim to be a cell, as a client sends them. */
export interface UncheckedCoordinate {
  readonly row: number
  readonly column: number
}

/** What becomes of two numbers that claim to be a cell. */
export type CoordinateResult =
  | { readonly ok: true; readonly value: Coordinate }
  | { readonly ok: false; readonly reason: 'invalid_coordinate' }

/** Checks that a row and a column are on the board. */
export function coordinate(row: number, column: number): CoordinateResult {
  const checkedRow = lines.find((line) => line === row)
  const checkedColumn = lines.find((line) => line === column)
  if (checkedRow === undefined || checkedColumn === undefined) {
    return { ok: false, reason: 'invalid_coordinate' }
  }
  return { ok: true, value: { row: checkedRow, column: checkedColumn } }
}

/** Every cell of the board, row by row: the cell with index `i` is the `i`-th. */
export const everyCoordinate: readonly Coordinate[] = lines.flatMap((row) =>
  lines.map((column) => ({ row, column })),
)

/** The place of a cell in `everyCoordinate`, from 0 to 99. */
export function cellIndex(cell: Coordinate): number {
  return (cell.row - 1) * lines.length + cell.column - 1
}

/** Whether two coordinates are the same cell. */
export function sameCell(left: Coordinate, right: Coordinate): boolean {
  return left.row === right.row && left.column === right.column
}
