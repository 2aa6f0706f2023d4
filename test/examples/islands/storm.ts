/**
 * A storm of commands for one game: sensible ones of two bots, random ones, and repeated ones.
 */

import fc from 'fast-check'
import type { Command, Outcome } from '../../../examples/islands/command.ts'
import { apply, type Game, newGame } from '../../../examples/islands/game.ts'
import { commands, nextBotCommand, randomFrom, seeds, someId } from './play.ts'

type Move =
  | { readonly kind: 'bot' }
  | { readonly kind: 'random'; readonly command: Command }
  | { readonly kind: 'repeat'; readonly which: number }

const moves: fc.Arbitrary<Move> = fc.oneof(
  { weight: 6, arbitrary: fc.constant({ kind: 'bot' } as const) },
  { weight: 3, arbitrary: commands.map((command) => ({ kind: 'random', command }) as const) },
  { weight: 1, arbitrary: fc.nat().map((which) => ({ kind: 'repeat', which }) as const) },
)

/** What a storm is made from. */
export interface Storm {
  readonly seed: number
  readonly moves: readonly Move[]
}

/** Any storm, long enough to end a game now and then. */
export const storms: fc.Arbitrary<Storm> = fc.record({
  seed: seeds,
  // A storm that fails is made smaller by leaving out moves, not by changing them.
  moves: fc.array(fc.noShrink(moves), { size: 'max', maxLength: 300 }),
})

/** Checks a property of any storm; a failing one is made smaller for some seconds only. */
export function forAnyStorm(check: (storm: Storm) => void, { numRuns = 100 } = {}): void {
  fc.assert(fc.property(storms, check), { numRuns, interruptAfterTimeLimit: 5_000 })
}

/** One command of a storm, its answer, and the game before and after it. */
export interface Ran {
  readonly before: Game
  readonly command: Command
  readonly outcome: Outcome
  readonly after: Game
}

/** Sends a storm to a new game; `each` sees every game before the next command does. */
export function run(storm: Storm, each: (game: Game) => Game = same): readonly Ran[] {
  const random = randomFrom(storm.seed)
  const ran: Ran[] = []
  let game = each(newGame(someId()))
  for (const move of storm.moves) {
    const command = commandOf(move, ran, () => nextBotCommand(game, random))
    if (command === undefined) continue
    const applied = apply(game, command)
    const after = each(applied.game)
    ran.push({ before: game, command, outcome: applied.outcome, after })
    game = after
  }
  return ran
}

function commandOf(move: Move, ran: readonly Ran[], bot: () => Command | undefined) {
  if (move.kind === 'bot') return bot()
  if (move.kind === 'random') return move.command
  return ran[move.which % ran.length]?.command
}

function same(game: Game): Game {
  return game
}
