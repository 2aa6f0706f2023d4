/**
 * The board of one player: the islands laid on it.
 *
 * Invariants: at most one island of each type, no two share a cell, and they are listed in the
 * order of `islandTypes`, so that two boards that look alike are equal values.
 * It does not know whether its islands may still be moved: `rules.ts` does.
 */

import type { Coordinate } from './coordinate.ts'
import { covers, type Island, islandTypes, overlaps } from './island.ts'

/** The islands of one player. */
export interface Board {
  readonly islands: readonly Island[]
}

/** What becomes of an island that is to join the others. */
export type PositionResult =
  | { readonly ok: true; readonly board: Board }
  | { readonly ok: false; readonly reason: 'overlapping_island' }

/** A board without islands. */
export function emptyBoard(): Board {
  return { islands: [] }
}

/** Puts an island on the board; it takes the place of an earlier one of its type. */
export function positionIsland(board: Board, island: Island): PositionResult {
  const others = board.islands.filter((other) => other.type !== island.type)
  if (others.some((other) => overlaps(other, island))) {
    return { ok: false, reason: 'overlapping_island' }
  }
  const islands = islandTypes.flatMap((type) =>
    type === island.type ? [island] : others.filter((other) => other.type === type),
  )
  return { ok: true, board: { islands } }
}

/** Whether every type of island is on the board. */
export function allIslandsPositioned(board: Board): boolean {
  return board.islands.length === islandTypes.length
}

/** The island that covers a cell, if one does. */
export function islandAt(board: Board, cell: Coordinate): Island | undefined {
  return board.islands.find((island) => covers(island, cell))
}
