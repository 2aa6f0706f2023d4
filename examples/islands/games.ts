/**
 * Every game of a node, and the only way to them.
 *
 * Invariants: games are reached by id, through their `via`, never by pid; the table stands before
 * the games in the tree, so that no game starts without its rows. A game that stopped because it
 * was idle comes back with the next call; an id that nobody started has no game and gets none.
 */

import {
  call,
  type Fleet,
  fleet,
  type ProtocolOf,
  type Store,
  type SupervisorHandle,
  supervisor,
  type Table,
  table,
} from 'flotilla'
import type { Game } from './game.ts'
import type { GameId } from './game-id.ts'
import { type CommandAnswer, type GameStart, gameServer, type ViewAnswer } from './game-server.ts'
import type { Player } from './player.ts'
import type { Reveal } from './view.ts'

/** What a game understands. */
export type GameProtocol = ProtocolOf<ReturnType<typeof gameServer>>

/** All the games of one node. */
export interface Games {
  /** To be put into the tree of a node. */
  readonly tree: SupervisorHandle
  /** The running games. */
  readonly games: Fleet<GameId, GameStart, GameProtocol>
  /** Every game there is, running or not. */
  readonly store: Table<GameId, Game>
  /** Makes a game, or takes up the one that there is. @throws Exit if it cannot be started */
  start(id: GameId): Promise<void>
  /** Takes the next free seat. @throws Exit if the game gave no answer: try the same id again */
  join(id: GameId, name: string, commandId: string): Promise<CommandAnswer>
  /** Sends a command. @throws Exit if the game gave no answer: try the same command again */
  command(id: GameId, command: unknown): Promise<CommandAnswer>
  /** What a player may see. @throws Exit if the game gave no answer */
  view(id: GameId, player: Player): Promise<ViewAnswer>
  /** The islands of both players after the end. @throws Exit if the game gave no answer */
  reveal(id: GameId): Promise<Reveal>
}

/** The choices of `makeGames`. */
export interface GamesOptions {
  /** Names the tree, and in front of a dot its table; default `islands`. */
  readonly name?: string
  /** How long a game may hear nothing before it stops; default 10 minutes. */
  readonly idleTimeoutMs?: number
  /** How often one game may crash in five seconds before it is parked; default 3. */
  readonly maxRestarts?: number
  /** Puts something between the games and their table, such as faults for a test. */
  readonly through?: (rows: Store<GameId, Game>) => Store<GameId, Game>
}

/** Makes the games of one node: handles belong to the node that starts them. */
export function makeGames(options: GamesOptions = {}): Games {
  const { name = 'islands', idleTimeoutMs = 600_000, maxRestarts = 3 } = options
  const { through = (rows) => rows } = options
  const store = table<GameId, Game>({ name: `${name}.table` })
  const games = fleet(gameServer({ store: through(store), idleTimeoutMs }), {
    name: `${name}.games`,
    key: ({ id }: GameStart) => id,
    restart: 'transient',
    maxRestarts,
    onDemand: (id) => ({ id, create: false }),
  })
  const command = (id: GameId, given: unknown): Promise<CommandAnswer> =>
    call(games.via(id), 'command', given)
  return {
    tree: supervisor({ name, strategy: 'rest_for_one' }, [store, games]),
    games,
    store,
    start: async (id) => void (await games.ensure({ id, create: true })),
    join: (id, playerName, commandId) =>
      command(id, { kind: 'add_player', commandId, name: playerName }),
    command,
    view: (id, player) => call(games.via(id), 'view', player),
    reveal: (id) => call(games.via(id), 'reveal'),
  }
}
