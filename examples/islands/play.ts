/**
 * Two bots play a game to its end, through calls by name.
 *
 * Invariant: a command that got no answer is sent again with its command id until it is answered,
 * so a game may crash at any moment and every command is applied once. The bots keep nothing
 * between two moves: what they know is what the game shows them.
 */

import { setTimeout } from 'node:timers/promises'
import { Exit, hashKey } from 'flotilla'
import { nextCommand, type Random } from './bot.ts'
import type { Accepted, Command } from './command.ts'
import type { GameId } from './game-id.ts'
import type { Games } from './games.ts'
import { type ByPlayer, type Player, players } from './player.ts'
import type { View } from './view.ts'

/** How two bots play. */
export interface PlayOptions {
  readonly random: Random
  /** Hears of every command with its answer, before the next one. */
  readonly accepted?: (command: Command, outcome: Accepted) => void
  /** Hears of every call that got no answer and is tried again. */
  readonly retried?: (exit: Exit) => void
  /** Waits before a second retry; default is real time. */
  readonly pause?: (delayMs: number) => Promise<unknown>
}

/** Random numbers that are the same for the same seed. */
export function seededRandom(seed: number): Random {
  let drawn = 0
  return () => hashKey([seed, drawn++])
}

/** Plays a game from wherever it stands; gives what both players see at the end. */
export async function playGame(
  games: Games,
  id: GameId,
  options: PlayOptions,
): Promise<ByPlayer<View>> {
  await retry(() => games.start(id), options)
  for (let count = 0; count <= movesMax; count += 1) {
    const moved = await moveOnce(games, id, options)
    if (!moved) return { player1: await see('player1'), player2: await see('player2') }
  }
  throw new Error(`Cannot play game "${id}" to its end: it goes on after ${movesMax} moves`)

  function see(player: Player): Promise<View> {
    return look({ games, id, player, options })
  }
}

/** Joining, five islands, setting them and a hundred guesses, for each player. */
const movesMax = 2 * (1 + 5 + 1 + 100)

/** Lets the first bot that has something to do do it; false when the game is over. */
async function moveOnce(games: Games, id: GameId, options: PlayOptions): Promise<boolean> {
  for (const player of players) {
    const view = await look({ games, id, player, options })
    const command = nextCommand(view, options.random)
    if (command === undefined) continue
    const answer = await retry(() => games.command(id, command), options)
    if (!answer.ok) throw new Error(`Cannot ${command.kind} as ${player}: ${answer.reason}`)
    options.accepted?.(command, answer)
    return true
  }
  return false
}

interface Looking {
  readonly games: Games
  readonly id: GameId
  readonly player: Player
  readonly options: PlayOptions
}

async function look({ games, id, player, options }: Looking): Promise<View> {
  const answer = await retry(() => games.view(id, player), options)
  if (!answer.ok) throw new Error(`Cannot see game "${id}" as ${player}: ${answer.reason}`)
  return answer.view
}

/** A game that cannot be started at all must not be tried for ever. */
const triesMax = 50

/** Tries until there is an answer: at once after the first failure, ever more patiently after. */
async function retry<T>(attempt: () => Promise<T>, options: PlayOptions): Promise<T> {
  const { retried, pause = setTimeout } = options
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt()
    } catch (error) {
      if (!isPassing(error) || tries === triesMax) throw error
      retried?.(error)
      if (tries > 1) await pause(Math.min(2 ** tries, 200))
    }
  }
}

/** Whether the game did not answer this time but may answer the next. */
function isPassing(error: unknown): error is Exit {
  if (!Exit.is(error)) return false
  switch (error.reason.kind) {
    case 'normal': // it stopped because it was idle, just as the call came
    case 'shutdown':
    case 'killed':
    case 'noproc':
    case 'timeout':
    case 'overload':
    case 'crash':
      return true
    default:
      return false
  }
}
