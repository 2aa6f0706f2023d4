/**
 * The process around one game: it reads commands, asks the pure core, stores, answers.
 *
 * Invariants: what was answered is stored, because a new state is saved before the reply leaves; so
 * a game that crashed comes back with every accepted command, and a retry that carries the command
 * id of the first try finds it applied. Only a game that exists is taken up again.
 * It holds no rule of the game: those are in `game.ts` and below.
 */

import {
  defineServer,
  type Ignore,
  ignore,
  type Next,
  next,
  reply,
  type Store,
  stop,
} from 'flotilla'
import type { Outcome } from './command.ts'
import { apply, type Game, newGame } from './game.ts'
import type { GameId } from './game-id.ts'
import { forestedIslands } from './guesses.ts'
import { type ParsedCommand, parseCommand } from './parse-command.ts'
import { type Player, players } from './player.ts'
import { reveal, type View, viewFor } from './view.ts'

/** Which game to run, and whether to make it if there is none. */
export interface GameStart {
  readonly id: GameId
  readonly create: boolean
}

/** The answer to a value that claims to be a command. */
export type CommandAnswer = Outcome | Extract<ParsedCommand, { readonly ok: false }>

/** A game as one player sees it, or that there is no such player. */
export type ViewAnswer =
  | { readonly ok: true; readonly view: View }
  | { readonly ok: false; readonly reason: 'invalid_player' }

/** What a game server needs beside its game. */
export interface GameServerOptions {
  readonly store: Store<GameId, Game>
  /** A game that hears nothing for this long stops; the next message takes it up again. */
  readonly idleTimeoutMs: number
}

/** Defines the server of games that live in a store. */
export function gameServer({ store, idleTimeoutMs }: GameServerOptions) {
  const waiting = { idleTimeoutMs }
  return defineServer({
    name: 'islands.game',
    init: async ({ id, create }: GameStart): Promise<Next<Game> | Ignore> => {
      const stored = await store.load(id)
      if (stored !== undefined) return next(stored, waiting)
      if (!create) return ignore()
      const game = newGame(id)
      await store.save(id, game)
      return next(game, waiting)
    },
    calls: {
      async command(game, value: unknown) {
        const parsed = parseCommand(value)
        if (!parsed.ok) return reply<CommandAnswer, Game>(parsed, game, waiting)
        const applied = apply(game, parsed.command)
        if (applied.game !== game) await store.save(game.id, applied.game)
        return reply<CommandAnswer, Game>(applied.outcome, applied.game, waiting)
      },
      view: (game, player: Player) => reply(viewOf(game, player), game, waiting),
      reveal: (game) => reply(reveal(game), game, waiting),
    },
    timeout: (game) => stop({ kind: 'normal' }, game),
    format: formatGame,
  })
}

/** What operators may see of a game: as much as a spectator, who knows no island not hit. */
export function formatGame({ id, rules, names, boards, guesses }: Game) {
  return {
    id,
    rules,
    names,
    guesses,
    forested: {
      player1: forestedIslands(boards.player2, guesses.player1),
      player2: forestedIslands(boards.player1, guesses.player2),
    },
  }
}

/** The player comes from a client, who may send anything. */
function viewOf(game: Game, player: Player): ViewAnswer {
  if (!players.includes(player)) return { ok: false, reason: 'invalid_player' }
  return { ok: true, view: viewFor(game, player) }
}
