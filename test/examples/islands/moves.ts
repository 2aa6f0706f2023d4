/**
 * Commands made by hand for the tests, and the games they lead to.
 */

import type { Command, Outcome } from '../../../examples/islands/command.ts'
import { apply, type Game, newGame } from '../../../examples/islands/game.ts'
import type { Player } from '../../../examples/islands/player.ts'
import { applyAll, someId } from './play.ts'

/** A game both players have joined. */
export function twoPlayers(): Game {
  return applyAll(newGame(someId()), [join('Ann'), join('Bob')])
}

/** A game in which both have laid out the same islands and player1 is to guess. */
export function started(): Game {
  return applyAll(twoPlayers(), [
    ...layoutOf('player1'),
    ...layoutOf('player2'),
    setIslands('player1'),
    setIslands('player2'),
  ])
}

/** Positions the five islands of a player. */
export function layoutOf(player: Player): readonly Command[] {
  return layout.map(([type, row, column]) => position(player, type, row, column))
}

const layout = [
  ['square', 1, 1],
  ['atoll', 1, 4],
  ['dot', 10, 10],
  ['l_shape', 5, 1],
  ['s_shape', 5, 5],
] as const

type Type = (typeof layout)[number][0]

/** Adds a player. */
export function join(name: string): Command {
  return { kind: 'add_player', commandId: `join ${name}`, name }
}

/** Positions an island. */
export function position(player: Player, type: Type, ...[row, column]: [number, number]): Command {
  const commandId = `${type} at ${row},${column}`
  return { kind: 'position_island', commandId, player, type, origin: { row, column } }
}

/** Sets the islands of a player. */
export function setIslands(player: Player): Command {
  return { kind: 'set_islands', commandId: 'set', player }
}

/** Guesses a cell. */
export function guess(player: Player, row: number, column: number): Command {
  return { kind: 'guess', commandId: `guess ${row},${column}`, player, target: { row, column } }
}

/** The answer to a command. */
export function outcomeOf(game: Game, command: Command): Outcome {
  return apply(game, command).outcome
}

/** A refusal. */
export function no(reason: string) {
  return { ok: false, reason }
}
