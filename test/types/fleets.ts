// Fleets and tables keep the types of their keys, arguments and values apart.

import {
  type ChildSpec,
  defineServer,
  type ExitReason,
  type Fleet,
  fleet,
  next,
  type Outcome,
  type Pid,
  type ProtocolOf,
  type RegistryEvent,
  reply,
  type Started,
  type Store,
  type Table,
  table,
  tryCall,
  type Via,
} from 'flotilla'
import { type Driven, drive } from 'flotilla/testing'
import type { Fits, IsAny, Proven, Same } from './proof.ts'

type GameId = readonly [room: string, table: number]
interface Setup {
  readonly id: GameId
  readonly players: number
}

const Game = defineServer({
  name: 'game',
  init: (setup: Setup) => ({ setup, moves: 0 }),
  calls: { move: (game, to: 'left' | 'right') => reply({ to }, { ...game, moves: 1 }) },
  casts: { resign: (game) => next(game) },
})
type P = ProtocolOf<typeof Game>

const games = fleet(Game, {
  name: 'games',
  key: (setup: Setup): GameId => setup.id,
  onDemand: (id) => ({ id, players: 2 }),
})
const more = fleet(Game, {
  name: 'more',
  key: (setup) => setup.id,
  onDemand: (id) => ({ id, players: 2, more: 'than the server takes' }),
})
declare const id: GameId
declare const setup: Setup
const started = games.start(setup)
const ensured = games.ensure(setup)
const moved = games.call(id, 'move', 'left')
const tried = tryCall(games.via(id), 'move', 'left')
const resigned = games.cast(id, 'resign')
const parked = games.parked()

export type Fleets = [
  Proven<Same<typeof games, Fleet<GameId, Setup, P>>>,
  Proven<Same<typeof started, Promise<Started<P>>>>,
  Proven<Same<typeof ensured, Promise<Pid<P>>>>,
  Proven<Same<ReturnType<typeof games.via>, Via<P>>>,
  Proven<Same<ReturnType<typeof games.whereis>, Pid<P> | undefined>>,
  Proven<Same<typeof moved, Promise<{ readonly to: 'left' | 'right' }>>>,
  Proven<Same<typeof tried, Promise<Outcome<{ readonly to: 'left' | 'right' }>>>>,
  Proven<Same<typeof resigned, boolean>>,
  Proven<Same<ReturnType<typeof games.keys>, IterableIterator<GameId, undefined, unknown>>>,
  Proven<Same<(typeof parked)[number]['key'], GameId>>,
  Proven<Same<(typeof parked)[number]['reason'], ExitReason | undefined>>,
  Proven<Same<Parameters<Parameters<typeof games.watch>[0]>[0], RegistryEvent<GameId>>>,
  Proven<Same<IsAny<Parameters<typeof games.start>[0]>, false>>,
  Proven<Fits<typeof games, ChildSpec>>,
  // Only the server says what a start argument is.
  Proven<Same<Parameters<typeof more.start>[0], Setup>>,
  Proven<Same<Parameters<typeof more.via>[0], GameId>>,
]

// @ts-expect-error a fleet is asked by key, not by start argument
games.via(setup)
// @ts-expect-error a worker is started by its argument, not by its key
void games.start(id)
// @ts-expect-error a message of another server
void games.call(id, 'place')
// @ts-expect-error a wrong payload
void games.call(id, 'move', 'up')
// @ts-expect-error a call is not a cast
games.cast(id, 'move', 'left')
// @ts-expect-error onDemand must make a start argument
fleet(Game, { name: 'x', key: (s: Setup) => s.id, onDemand: (gameId) => gameId })
// @ts-expect-error the key of a start argument that the server does not take
fleet(Game, { name: 'x', key: (s: { readonly other: string }) => s.other })
// @ts-expect-error a key that is no key
fleet(Game, { name: 'x', key: (s: Setup) => s })
// @ts-expect-error a key that may be missing
fleet(Game, { name: 'x', key: (s: Partial<Setup>) => s.players })

interface Row {
  readonly score: number
}
const rows = table<GameId, Row>({ name: 'rows' })
export type Tables = [
  Proven<Same<typeof rows, Table<GameId, Row>>>,
  Proven<Same<ReturnType<typeof rows.load>, Row | undefined>>,
  Proven<Same<ReturnType<typeof rows.remove>, boolean>>,
  Proven<Same<ReturnType<typeof rows.save>, void>>,
  Proven<
    Same<
      ReturnType<typeof rows.entries>,
      IterableIterator<readonly [key: GameId, value: Row], undefined, unknown>
    >
  >,
  // A handler that is written against the port takes the table, and a durable store later.
  Proven<Fits<Table<GameId, Row>, Store<GameId, Row>>>,
  Proven<Same<Fits<Table<GameId, Row>, Store<string, Row>>, false>>,
  Proven<Fits<DurableStore, Store<GameId, Row>>>,
]
interface DurableStore {
  load(key: GameId): Promise<Row | undefined>
  save(key: GameId, value: Row): Promise<void>
  remove(key: GameId): Promise<boolean>
}

// @ts-expect-error a row under a key of another type
rows.save('g1', { score: 1 })
// @ts-expect-error a row of another shape
rows.save(id, { points: 1 })
// @ts-expect-error a table has no row that could be missing its value
rows.save(id, undefined)
// @ts-expect-error a row may not be there
rows.load(id).score

const game = drive(Game, setup)
export type Drives = [
  Proven<Same<typeof game, Driven<{ setup: Setup; moves: number }, P>>>,
  Proven<Same<typeof game.state.moves, number>>,
  Proven<Same<typeof game.stopped, ExitReason | undefined>>,
]
const answer: { readonly to: 'left' | 'right' } = game.call('move', 'left')
const nothing: void = game.cast('resign')
void [answer, nothing]

// @ts-expect-error a driven server has the same messages
game.call('place')
// @ts-expect-error and no options
game.call('move', 'left', { timeoutMs: 1 })
// @ts-expect-error its state is for looking at
game.state = { setup, moves: 1 }
