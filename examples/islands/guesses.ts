/**
 * What one player has guessed on the board of the other.
 *
 * Invariant: a cell is guessed at most once; hits are cells of islands, misses are not.
 * Which islands are forested is derived, never stored, so it cannot disagree with the hits.
 */

import { allIslandsPositioned, type Board, islandAt } from './board.ts'
import { type Coordinate, sameCell } from './coordinate.ts'
import type { Island, IslandType } from './island.ts'

/** The cells guessed so far, in the order they were guessed. */
export interface Guesses {
  readonly hits: readonly Coordinate[]
  readonly misses: readonly Coordinate[]
}

/** What a guess has found: `forested` names the island whose last cell it hit. */
export interface Finding {
  readonly result: 'hit' | 'miss'
  readonly forested: IslandType | 'none'
  readonly won: boolean
}

/** What becomes of a guess. */
export type GuessResult =
  | { readonly ok: true; readonly guesses: Guesses; readonly finding: Finding }
  | { readonly ok: false; readonly reason: 'already_guessed' }

/** Guesses nobody has made yet. */
export function noGuesses(): Guesses {
  return { hits: [], misses: [] }
}

/** Marks a cell as guessed and says what is there. */
export function guessCell(guesses: Guesses, board: Board, target: Coordinate): GuessResult {
  if (hasGuessed(guesses, target)) return { ok: false, reason: 'already_guessed' }
  const struck = islandAt(board, target)
  if (struck === undefined) {
    const finding: Finding = { result: 'miss', forested: 'none', won: false }
    return { ok: true, guesses: { ...guesses, misses: [...guesses.misses, target] }, finding }
  }
  const after: Guesses = { ...guesses, hits: [...guesses.hits, target] }
  const forested = isForested(struck, after) ? struck.type : 'none'
  const won = allForested(board, after)
  return { ok: true, guesses: after, finding: { result: 'hit', forested, won } }
}

/** Whether a cell has been guessed. */
export function hasGuessed(guesses: Guesses, cell: Coordinate): boolean {
  return includesCell(guesses.hits, cell) || includesCell(guesses.misses, cell)
}

/** How many guesses were made; it adds two lengths. */
export function guessCount(guesses: Guesses): number {
  return guesses.hits.length + guesses.misses.length
}

/** The types of the islands whose every cell is hit, in the order of the board. */
export function forestedIslands(board: Board, guesses: Guesses): readonly IslandType[] {
  return board.islands.filter((island) => isForested(island, guesses)).map(({ type }) => type)
}

/** A board on which islands are missing is never all forested, not even an empty one. */
function allForested(board: Board, guesses: Guesses): boolean {
  return allIslandsPositioned(board) && board.islands.every((each) => isForested(each, guesses))
}

function isForested(island: Island, guesses: Guesses): boolean {
  return island.cells.every((cell) => includesCell(guesses.hits, cell))
}

function includesCell(cells: readonly Coordinate[], cell: Coordinate): boolean {
  return cells.some((other) => sameCell(other, cell))
}
