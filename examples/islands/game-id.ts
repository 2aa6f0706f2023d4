/**
 * The identity of a game, made from text at the edge.
 *
 * Invariant: a `GameId` is printable text of at most `gameIdLengthMax` characters.
 */

import { isPrintableText } from './printable-text.ts'

/** The longest game id. */
export const gameIdLengthMax = 64

/** The identity of a game. */
export type GameId = string & { readonly brand: 'GameId' }

/** What becomes of a value that is to name a game. */
export type GameIdResult =
  | { readonly ok: true; readonly value: GameId }
  | { readonly ok: false; readonly reason: 'invalid_game_id' }

/** Checks that a value can name a game. */
export function gameId(value: unknown): GameIdResult {
  return isGameId(value) ? { ok: true, value } : { ok: false, reason: 'invalid_game_id' }
}

function isGameId(value: unknown): value is GameId {
  return isPrintableText(value, gameIdLengthMax)
}
