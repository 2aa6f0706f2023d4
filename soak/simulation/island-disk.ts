/**
 * The disk that games are stored on: slow, and it outlives crashes.
 *
 * Invariant: a game is written only as the successor of the one that is there, by one command; what
 * a process that has ended still writes cannot undo what its successor has written.
 */
import { setTimeout } from 'node:timers/promises'
import type { Store } from 'flotilla'
import type { Game } from '../../examples/islands/game.ts'
import type { GameId } from '../../examples/islands/game-id.ts'
import { players } from '../../examples/islands/player.ts'
import { Overtaken } from './disk.ts'

/** Reading and writing take up to so long. */
const latencyMs = 20

/** A store over rows that outlive the node. */
export function islandDisk(rows: Map<GameId, Game>): Store<GameId, Game> {
  return {
    async load(id) {
      await setTimeout(Math.random() * latencyMs)
      return rows.get(id)
    },
    async save(id, game) {
      await setTimeout(Math.random() * latencyMs)
      const stored = rows.get(id)
      const expected = stored === undefined ? 0 : commandsOf(stored) + 1
      if (commandsOf(game) !== expected) throw new Overtaken(id)
      rows.set(id, game)
      // Whoever crashes here has stored a move that nobody was told of.
      await setTimeout(Math.random() * latencyMs)
    },
    remove: (id) => rows.delete(id),
  }
}

/** A game remembers all of its commands, for no player has more of them than it can. */
function commandsOf({ memory }: Game): number {
  return players.reduce((sum, player) => sum + memory[player].length, 0)
}
