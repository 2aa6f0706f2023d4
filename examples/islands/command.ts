/**
 * What a player can ask of a game, and what the game can answer.
 *
 * Invariant: every answer is one of a closed union and is plain data, like the question.
 * Values from outside become commands in `parse-command.ts` only.
 */

import type { PositionResult } from './board.ts'
import type { CoordinateResult, UncheckedCoordinate } from './coordinate.ts'
import type { Finding, GuessResult } from './guesses.ts'
import type { IslandResult, IslandType } from './island.ts'
import type { Player } from './player.ts'
import type { RulesRefusal } from './rules.ts'

/** What a player asks; a retry carries the command id of the first try. */
export type Command = { readonly commandId: string } & (
  | { readonly kind: 'add_player'; readonly name: string }
  | {
      readonly kind: 'position_island'
      readonly player: Player
      readonly type: IslandType
      readonly origin: UncheckedCoordinate
    }
  | { readonly kind: 'set_islands'; readonly player: Player }
  | { readonly kind: 'guess'; readonly player: Player; readonly target: UncheckedCoordinate }
)

/** The kinds of commands. */
export const commandKinds = ['add_player', 'position_island', 'set_islands', 'guess'] as const

/** The command of one kind. */
export type CommandOf<K extends Command['kind']> = Extract<Command, { readonly kind: K }>

/** The answer to a command that changed the game. */
export type Accepted = { readonly ok: true; readonly player: Player } & (
  | { readonly kind: 'add_player' }
  | { readonly kind: 'position_island'; readonly type: IslandType }
  | { readonly kind: 'set_islands' }
  | ({ readonly kind: 'guess' } & Finding)
)

/** Why a command changed nothing. */
export type Refusal =
  | RulesRefusal
  | ReasonOf<CoordinateResult>
  | ReasonOf<IslandResult>
  | ReasonOf<PositionResult>
  | ReasonOf<GuessResult>
  | 'name_taken' // the other player has this name
  | 'not_all_islands_positioned' // islands are set only when all five are on the board
  | 'command_id_reused' // this id already belongs to a command with other content

/** The answer to a command that changed nothing. */
export interface Refused {
  readonly ok: false
  readonly reason: Refusal
}

/** The answer to a command. */
export type Outcome = Accepted | Refused

/** Everything in a command but its id, as text: equal for a retry and for nothing else. */
export function contentOf(command: Command): string {
  switch (command.kind) {
    case 'add_player':
      return JSON.stringify([command.kind, command.name])
    case 'position_island': {
      const { kind, player, type, origin } = command
      return JSON.stringify([kind, player, type, origin.row, origin.column])
    }
    case 'set_islands':
      return JSON.stringify([command.kind, command.player])
    case 'guess': {
      const { kind, player, target } = command
      return JSON.stringify([kind, player, target.row, target.column])
    }
  }
}

type ReasonOf<R> = Extract<R, { readonly ok: false; readonly reason: unknown }>['reason']
