/**
 * Games for the tests: made by two bots, from one seed, and so the same in every run.
 */

import fc from 'fast-check'
import { nextCommand, type Random } from '../../../examples/islands/bot.ts'
import type { Command, Outcome } from '../../../examples/islands/command.ts'
import { apply, type Game, newGame } from '../../../examples/islands/game.ts'
import { type GameId, gameId } from '../../../examples/islands/game-id.ts'
import { islandTypes } from '../../../examples/islands/island.ts'
import { players } from '../../../examples/islands/player.ts'
import { viewFor } from '../../../examples/islands/view.ts'

/** One accepted command of a bot, its answer, and the game after it. */
export interface Turn {
  readonly command: Command
  readonly outcome: Outcome
  readonly game: Game
}

/** Every turn of a game between two bots, from joining to the end. */
export function playBots(seed: number): readonly Turn[] {
  return [...turnsOfBots(seed)]
}

/** A game between two bots in which both have set their islands and nobody has guessed. */
export function startedGame(seed: number): Game {
  for (const { game } of turnsOfBots(seed)) {
    if (game.rules.phase === 'player1_turn') return game
  }
  throw new Error(`The bots of seed ${seed} did not start a game`)
}

function* turnsOfBots(seed: number): Generator<Turn> {
  const random = randomFrom(seed)
  let game = newGame(someId())
  // 2 joins, 10 islands, 2 sets and 200 guesses: a bot that never ends must not hang a test.
  for (let count = 0; count <= 214; count += 1) {
    const command = nextBotCommand(game, random)
    if (command === undefined) return
    const applied = apply(game, command)
    game = applied.game
    yield { command, ...applied }
  }
}

/** The command of the first bot that has one. */
export function nextBotCommand(game: Game, random: Random): Command | undefined {
  for (const player of players) {
    const command = nextCommand(viewFor(game, player), random)
    if (command !== undefined) return command
  }
  return undefined
}

/** Applies commands one after the other. */
export function applyAll(game: Game, commands: readonly Command[]): Game {
  return commands.reduce((before, command) => apply(before, command).game, game)
}

/** A valid game id. */
export function someId(): GameId {
  const id = gameId('a game')
  if (!id.ok) throw new Error('The game id of the tests is not valid')
  return id.value
}

/** Numbers that depend on the seed only (a 32-bit counter, well stirred). */
export function randomFrom(seed: number): Random {
  let counter = seed >>> 0
  return () => {
    counter = (counter + 0x9e3779b9) >>> 0
    const stirred = Math.imul(counter ^ (counter >>> 16), 0x21f0aaad)
    const again = Math.imul(stirred ^ (stirred >>> 15), 0x735a2d97)
    return (again ^ (again >>> 15)) >>> 0
  }
}

/** Any seed. */
export const seeds = fc.integer({ min: 0, max: 2 ** 32 - 1 })

/** Any row or column, now and then one that is not on the board. */
const lines = fc.oneof(
  { weight: 20, arbitrary: fc.integer({ min: 1, max: 10 }) },
  { weight: 1, arbitrary: fc.constantFrom(0, 11, -1, 1.5, Number.NaN, 2 ** 53) },
)

/** Any command, from few ids so that some are used twice. */
export const commands: fc.Arbitrary<Command> = fc.oneof(
  fc.record({
    kind: fc.constant('add_player' as const),
    commandId: fc.constantFrom('a', 'b', 'c'),
    name: fc.constantFrom('Ann', 'Bob', 'bot player1'),
  }),
  fc.record({
    kind: fc.constant('position_island' as const),
    commandId: ids(),
    player: fc.constantFrom(...players),
    type: fc.constantFrom(...islandTypes),
    origin: fc.record({ row: lines, column: lines }),
  }),
  fc.record({
    kind: fc.constant('set_islands' as const),
    commandId: ids(),
    player: fc.constantFrom(...players),
  }),
  fc.record({
    kind: fc.constant('guess' as const),
    commandId: ids(),
    player: fc.constantFrom(...players),
    target: fc.record({ row: lines, column: lines }),
  }),
)

function ids(): fc.Arbitrary<string> {
  return fc.integer({ min: 0, max: 300 }).map((number) => `command-${number}`)
}
