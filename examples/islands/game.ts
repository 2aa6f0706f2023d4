/**
 * A whole game as one value, and the one function that changes it.
 *
 * Invariants: a game is plain data that survives JSON and `structuredClone` unchanged; `apply`
 * never throws and returns the very same game when nothing changed.
 * It does not know processes, time or chance, and trusts its commands to be parsed.
 */

import { allIslandsPositioned, type Board, emptyBoard, positionIsland } from './board.ts'
import type { Accepted, Command, CommandOf, Outcome, Refusal, Refused } from './command.ts'
import { coordinate } from './coordinate.ts'
import type { GameId } from './game-id.ts'
import { type Guesses, guessCell, noGuesses } from './guesses.ts'
import { layIsland } from './island.ts'
import { emptyMemory, type Memory, recall, remember } from './memory.ts'
import { type ByPlayer, opponentOf, type Player } from './player.ts'
import { initialRules, type Rules, step } from './rules.ts'

/** The names of the players that are there. */
export type Names = Partial<ByPlayer<string>>

/** Everything there is to know about a game; `guesses` are by the player who made them. */
export interface Game {
  readonly id: GameId
  readonly rules: Rules
  readonly names: Names
  readonly boards: ByPlayer<Board>
  readonly guesses: ByPlayer<Guesses>
  readonly memory: Memory
}

/** The game after a command, and the answer to it. */
export interface Applied {
  readonly game: Game
  readonly outcome: Outcome
}

/** A game without players. */
export function newGame(id: GameId): Game {
  return {
    id,
    rules: initialRules(),
    names: {},
    boards: { player1: emptyBoard(), player2: emptyBoard() },
    guesses: { player1: noGuesses(), player2: noGuesses() },
    memory: emptyMemory(),
  }
}

/** Applies a command once: a retry gets the first answer again and changes nothing. */
export function apply(game: Game, command: Command): Applied {
  const recalled = recall(game.memory, command)
  if (recalled.kind === 'retry') return { game, outcome: recalled.outcome }
  if (recalled.kind === 'reused') return { game, outcome: refuse('command_id_reused') }
  const decision = decide(game, command)
  if (!decision.ok) return { game, outcome: decision }
  const { outcome } = decision
  const memory = remember(game.memory, command, outcome)
  return { game: { ...decision.game, memory }, outcome }
}

type Decision = Refused | { readonly ok: true; readonly game: Game; readonly outcome: Accepted }

function decide(game: Game, command: Command): Decision {
  switch (command.kind) {
    case 'add_player':
      return addPlayer(game, command.name)
    case 'position_island':
      return position(game, command)
    case 'set_islands':
      return setIslands(game, command.player)
    case 'guess':
      return guess(game, command)
  }
}

function addPlayer(game: Game, name: string): Decision {
  const stepped = step(game.rules, { kind: 'add_player' })
  if (!stepped.ok) return stepped
  if (game.names.player1 === name) return refuse('name_taken')
  const player: Player = game.names.player1 === undefined ? 'player1' : 'player2'
  return accept(
    { ...game, rules: stepped.rules, names: { ...game.names, [player]: name } },
    { ok: true, kind: 'add_player', player },
  )
}

function position(game: Game, command: CommandOf<'position_island'>): Decision {
  const { player, type } = command
  const stepped = step(game.rules, { kind: 'position_island', player })
  if (!stepped.ok) return stepped
  const origin = coordinate(command.origin.row, command.origin.column)
  if (!origin.ok) return origin
  const laid = layIsland(type, origin.value)
  if (!laid.ok) return laid
  const positioned = positionIsland(game.boards[player], laid.island)
  if (!positioned.ok) return positioned
  const boards = { ...game.boards, [player]: positioned.board }
  const outcome: Accepted = { ok: true, kind: 'position_island', player, type }
  return accept({ ...game, rules: stepped.rules, boards }, outcome)
}

function setIslands(game: Game, player: Player): Decision {
  const stepped = step(game.rules, { kind: 'set_islands', player })
  if (!stepped.ok) return stepped
  if (!allIslandsPositioned(game.boards[player])) return refuse('not_all_islands_positioned')
  return accept({ ...game, rules: stepped.rules }, { ok: true, kind: 'set_islands', player })
}

function guess(game: Game, command: CommandOf<'guess'>): Decision {
  const { player } = command
  const found = find(game, command)
  const wins = found.ok && found.finding.won
  // The rules speak first: who guesses out of turn learns that, and nothing about the cell.
  const stepped = step(game.rules, { kind: 'guess', player, wins })
  if (!stepped.ok) return stepped
  if (!found.ok) return found
  const guesses = { ...game.guesses, [player]: found.guesses }
  const outcome: Accepted = { ok: true, kind: 'guess', player, ...found.finding }
  return accept({ ...game, rules: stepped.rules, guesses }, outcome)
}

function find(game: Game, command: CommandOf<'guess'>): ReturnType<typeof guessCell> | Refused {
  const target = coordinate(command.target.row, command.target.column)
  if (!target.ok) return target
  const board = game.boards[opponentOf(command.player)]
  return guessCell(game.guesses[command.player], board, target.value)
}

function accept(game: Game, outcome: Accepted): Decision {
  return { ok: true, game, outcome }
}

function refuse(reason: Refusal): Refused {
  return { ok: false, reason }
}
