/**
 * What must hold for every game after every command that changed it.
 */

import type { Outcome } from '../../../examples/islands/command.ts'
import { cellIndex } from '../../../examples/islands/coordinate.ts'
import type { Game } from '../../../examples/islands/game.ts'
import { type Guesses, guessCount } from '../../../examples/islands/guesses.ts'
import { rememberedMax } from '../../../examples/islands/memory.ts'
import { opponentOf, type Player, players } from '../../../examples/islands/player.ts'
import { turnOf } from '../../../examples/islands/rules.ts'
import { viewFor } from '../../../examples/islands/view.ts'

/** The invariants that do not hold after a command that changed a game. */
export function brokenInvariants(before: Game, outcome: Outcome, after: Game): readonly string[] {
  return [
    ...brokenIslands(after),
    ...brokenGuesses(after),
    ...brokenMemory(after),
    ...brokenSetting(before, after),
    ...brokenTurn(before, outcome, after),
    ...brokenEnd(before, after),
  ]
}

/** The sentences of those that do not hold. */
function broken(invariants: Readonly<Record<string, boolean>>): readonly string[] {
  return Object.keys(invariants).filter((sentence) => !invariants[sentence])
}

function brokenIslands({ boards }: Game): readonly string[] {
  return players.flatMap((player) => {
    const { islands } = boards[player]
    const cells = islands.flatMap((island) => island.cells)
    const lines = cells.flatMap(({ row, column }) => [row, column])
    return broken({
      'no two islands share a cell': new Set(cells.map(cellIndex)).size === cells.length,
      'every cell is on the board': lines.every((line) => everyLine.includes(line)),
      'a type is there once': new Set(islands.map(({ type }) => type)).size === islands.length,
    })
  })
}

const everyLine = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]

function brokenGuesses(game: Game): readonly string[] {
  return players.flatMap((player) => {
    const { islands } = game.boards[opponentOf(player)]
    const ground = new Set(islands.flatMap((island) => island.cells).map(cellIndex))
    const { hits, misses } = indexesOf(game.guesses[player])
    const forested = islands
      .filter(({ cells }) => cells.every((cell) => hits.includes(cellIndex(cell))))
      .map(({ type }) => type)
    const seen = viewFor(game, player).forested
    return broken({
      'no cell is guessed twice': new Set([...hits, ...misses]).size === count(game, player),
      'hits are on islands': hits.every((index) => ground.has(index)),
      'misses are not': !misses.some((index) => ground.has(index)),
      'forested are those with all cells hit': seen.join() === forested.join(),
    })
  })
}

function brokenMemory(game: Game): readonly string[] {
  return players.flatMap((player) => {
    const remembered = game.memory[player]
    const guessed = remembered.filter(({ outcome }) => outcome.kind === 'guess').length
    const ids = new Set(remembered.map(({ commandId }) => commandId))
    return broken({
      'every guess is remembered': guessed === count(game, player),
      'the rest is bounded': remembered.length - guessed <= rememberedMax,
      'an id is remembered once': ids.size === remembered.length,
    })
  })
}

/** Islands move only before their own player has set them, and all five are there by then. */
function brokenSetting(before: Game, after: Game): readonly string[] {
  return players.flatMap((player) =>
    broken({
      'set islands do not move':
        !hasSet(before, player) || after.boards[player] === before.boards[player],
      'set islands are all there':
        !hasSet(after, player) || after.boards[player].islands.length === 5,
    }),
  )
}

function hasSet({ rules }: Game, player: Player): boolean {
  if (rules.phase === 'players_set') return rules.islandsSet.includes(player)
  return rules.phase !== 'initialized'
}

/** The turn passes exactly after an accepted guess that does not win. */
function brokenTurn(before: Game, outcome: Outcome, after: Game): readonly string[] {
  const turn = turnOf(before.rules)
  const guessed = outcome.ok && outcome.kind === 'guess'
  const lead = count(after, 'player1') - count(after, 'player2')
  const { rules } = after
  const firstWon = rules.phase === 'game_over' && rules.winner === 'player1'
  const next = guessed && turn && !outcome.won ? opponentOf(turn) : undefined
  return broken({
    'only a guess changes a game that runs': turn === undefined || guessed,
    'only the player whose turn it is guesses': !guessed || outcome.player === turn,
    'the turn passes': !guessed || turnOf(rules) === next,
    'player1 leads by one guess or none':
      lead === (firstWon || rules.phase === 'player2_turn' ? 1 : 0),
  })
}

/** There is a winner exactly when one player has hit every cell. */
function brokenEnd(before: Game, after: Game): readonly string[] {
  const done = players.filter((player) => hasHitAll(after, player))
  const { rules } = after
  const winners = rules.phase === 'game_over' ? [rules.winner] : []
  return broken({
    'the winner is the one who hit all': done.join() === winners.join(),
    'nothing changes after the end': before.rules.phase !== 'game_over',
  })
}

function count(game: Game, player: Player): number {
  return guessCount(game.guesses[player])
}

/** Whether a player has hit every cell of the opponent's five islands. */
export function hasHitAll({ boards, guesses }: Game, player: Player): boolean {
  const { islands } = boards[opponentOf(player)]
  const cells = islands.flatMap((island) => island.cells)
  const { hits } = indexesOf(guesses[player])
  return islands.length === 5 && cells.every((cell) => hits.includes(cellIndex(cell)))
}

function indexesOf({ hits, misses }: Guesses) {
  return { hits: hits.map(cellIndex), misses: misses.map(cellIndex) }
}
