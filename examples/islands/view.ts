/**
 * What may be seen of a game, by a player while it lasts and by all when it is over.
 *
 * Invariant: of the opponent's board a view holds what the player's own guesses found, and
 * nothing that depends on a cell not hit.
 */

import type { Game, Names } from './game.ts'
import type { GameId } from './game-id.ts'
import { forestedIslands, type Guesses } from './guesses.ts'
import type { Island, IslandType } from './island.ts'
import { type ByPlayer, opponentOf, type Player } from './player.ts'
import type { Rules } from './rules.ts'

/** A game as one of its players sees it. */
export interface View {
  readonly id: GameId
  readonly player: Player
  readonly names: Names
  readonly rules: Rules
  /** The player's own islands. */
  readonly islands: readonly Island[]
  /** What the opponent has guessed on the player's own board. */
  readonly received: Guesses
  /** What the player has guessed on the opponent's board. */
  readonly guesses: Guesses
  /** The opponent's islands of which every cell is hit. */
  readonly forested: readonly IslandType[]
}

/** The islands of both players, or that it is too early to show them. */
export type Reveal =
  | { readonly ok: true; readonly islands: ByPlayer<readonly Island[]> }
  | { readonly ok: false; readonly reason: 'game_not_over' }

/** Shows a game to one of its players. */
export function viewFor(game: Game, player: Player): View {
  const opponent = opponentOf(player)
  return {
    id: game.id,
    player,
    names: game.names,
    rules: game.rules,
    islands: game.boards[player].islands,
    received: game.guesses[opponent],
    guesses: game.guesses[player],
    forested: forestedIslands(game.boards[opponent], game.guesses[player]),
  }
}

/** Shows the islands of both players once the game is over. */
export function reveal(game: Game): Reveal {
  if (game.rules.phase !== 'game_over') return { ok: false, reason: 'game_not_over' }
  const { player1, player2 } = game.boards
  return { ok: true, islands: { player1: player1.islands, player2: player2.islands } }
}
