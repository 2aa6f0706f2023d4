// Every snippet of the seed document, and the misuse that must not compile.

import {
  call,
  cast,
  child,
  defineServer,
  dynamicSupervisor,
  exit,
  fleet,
  later,
  next,
  type Pid,
  type ProtocolOf,
  pickShard,
  reply,
  startNode,
  stop,
  supervisor,
  tryCall,
  uniqueRegistry,
} from 'flotilla'
import { drive } from 'flotilla/testing'

// drill 1: users
export type UserId = string & { readonly brand: 'UserId' }
export const UserWorker = defineServer({
  name: 'user',
  init: (id: UserId) => ({ id, pings: 0 }),
  calls: { ping: (user) => reply('pong', { ...user, pings: user.pings + 1 }) },
})
export const users = uniqueRegistry<UserId, ProtocolOf<typeof UserWorker>>({ name: 'my.registry' })
export const dynamic = dynamicSupervisor({ name: 'my.dynamic' })
export const tree = supervisor({ name: 'my.supervisor', strategy: 'rest_for_one' }, [
  users,
  dynamic,
])

export const via = (id: UserId) => users.via(id)
export const startUsers = (ids: readonly UserId[]) =>
  Promise.all(ids.map((id) => dynamic.startChild(child(UserWorker, id, { name: via(id) }))))

// drill 2: the public API resolves by via, no pid in sight
export const ping = (id: UserId) => call(via(id), 'ping')
const pong: Promise<'pong'> = ping('u1' as UserId)

// drill 3: a crash frees the name
export async function crash(id: UserId) {
  const pid = users.whereis(id)
  if (pid) exit(pid, 'kill')
}

// drill 4: shards
type ShardKey = `shard:${number}`
export const Shard = defineServer({
  name: 'shard',
  init: (_: number) => new Map<string, number>(),
  calls: { bump: (counts, user: UserId) => reply((counts.get(user) ?? 0) + 1, counts) },
})
const shards = uniqueRegistry<ShardKey, ProtocolOf<typeof Shard>>({ name: 'shards' })
const shardIds = [0, 1, 2, 3] as const
export const route = (id: UserId) => shards.via(`shard:${pickShard(id, shardIds)}`)
const bumped: Promise<number> = call(route('u1' as UserId), 'bump', 'u1' as UserId)

// islands
type GameId = string & { readonly brand: 'GameId' }
type Player = 'player1' | 'player2'
interface Move {
  readonly player: Player
  readonly type: 'atoll' | 'dot'
  readonly origin: { readonly row: number; readonly column: number }
}
interface Game {
  readonly id: GameId
  readonly turn: Player
}
type Placed =
  | { readonly ok: true; readonly game: Game }
  | { readonly ok: false; readonly reason: 'overlapping' | 'off_board' }
declare function newGame(id: GameId): Game
declare function placeIsland(game: Game, move: Move): Placed

export const GameServer = defineServer({
  name: 'islands.game',
  init: (id: GameId) => newGame(id),
  calls: {
    place(game, move: Move) {
      const placed = placeIsland(game, move)
      return placed.ok ? reply({ ok: true }, placed.game) : reply(placed, game)
    },
  },
  casts: { resign: (game, player: Player) => next({ ...game, turn: player }) },
  down: (game) => next(game),
})
export const games = fleet(GameServer, {
  name: 'games',
  key: (id: GameId) => id,
  restart: 'transient',
})
export const place = (id: GameId, move: Move) => call(games.via(id), 'place', move)
export const startGame = (id: GameId) => games.start(id)

const id = 'g1' as GameId
const move: Move = { player: 'player1', type: 'dot', origin: { row: 1, column: 1 } }
const placed = await place(id, move)
if (!placed.ok) {
  const why: 'overlapping' | 'off_board' = placed.reason
  void why
}
cast(games.via(id), 'resign', 'player2')
const outcome = await tryCall(games.via(id), 'place', move, { timeoutMs: 50 })
if (!outcome.ok && outcome.exit.reason.kind === 'timeout') {
  const ms: number = outcome.exit.reason.afterMs
  void ms
}
const started = await startGame(id)
if (!started.ok && started.reason.kind === 'already_started') {
  const pid: Pid<ProtocolOf<typeof GameServer>> = started.reason.pid
  await call(pid, 'place', move)
}

// a test without a process, a timer or a promise
const game = drive(GameServer, id)
const first = game.call('place', move)
const turn: Player = game.state.turn
void [pong, bumped, first, turn]

await using node = await startNode(
  supervisor({ name: 'root', strategy: 'one_for_one' }, [tree, games]),
)
void node

// rejected by the compiler
// @ts-expect-error unknown message
call(via('u1' as UserId), 'pang')
// @ts-expect-error a bare string is not a UserId
via('u1')
// @ts-expect-error payload missing
call(games.via(id), 'place')
// @ts-expect-error wrong payload
call(games.via(id), 'place', { player: 'player3' })
// @ts-expect-error a call cannot be cast
cast(games.via(id), 'place', move)
// @ts-expect-error a user worker cannot take a game's name
child(UserWorker, 'u1' as UserId, { name: games.via(id) })
// @ts-expect-error a user cannot be given to a registry of games
const wrong: Pid<ProtocolOf<typeof GameServer>> | undefined = users.whereis('u1' as UserId)
// @ts-expect-error wrong start argument
child(GameServer, 42)
// @ts-expect-error the handler forgets to reply
defineServer({ name: 'x', init: () => 0, calls: { get: (n) => next(n) } })
// @ts-expect-error the handler returns a state of another type
defineServer({ name: 'x', init: () => 0, calls: { get: (n) => reply(n, 'oops') } })
void wrong

// deferred replies and self messages keep their types
const Queue = defineServer({
  name: 'queue',
  init: (_: void) => ({ waiting: 0 }),
  calls: {
    async slow(queue, ms: number, context) {
      const port = context.replyPort<number>()
      context.after(ms, 'tick')
      port.send(ms)
      return later(port, queue)
    },
  },
  casts: { tick: (queue) => next({ waiting: queue.waiting + 1 }) },
})
declare const queue: Pid<ProtocolOf<typeof Queue>>
const deferred: Promise<number> = call(queue, 'slow', 5)
void deferred

// fleet calls route by key; trapping, continuing and idling keep their types
const moved: Promise<
  { readonly ok: true } | { readonly ok: false; readonly reason: 'overlapping' | 'off_board' }
> = games.call(id, 'place', move)
games.cast(id, 'resign', 'player1')
// @ts-expect-error a fleet call to a message that is not in the protocol
games.call(id, 'resign', 'player1')
void moved
type Idle = { readonly kind: 'idle' } | { readonly kind: 'busy'; readonly since: number }
export const Worker = defineServer({
  name: 'worker',
  init: (_: void): Idle => ({ kind: 'idle' }),
  calls: { kind: (state) => reply(state.kind, state, { idleTimeoutMs: 1000 }) },
  casts: {
    work: (state, since: number) =>
      state.kind === 'idle'
        ? next<Idle>({ kind: 'busy', since }, { continueWith: ['done'] })
        : next<Idle>(state),
    done: () => next<Idle>({ kind: 'idle' }),
  },
  timeout: (state) => next(state),
  exit: (state, signal) =>
    signal.reason.kind === 'crash' ? next<Idle>({ kind: 'idle' }) : next(state),
  format: (state) => state.kind,
})

// stopping: with a reply the caller gets it, without one it exits; the reply type stays exact
export const Till = defineServer({
  name: 'till',
  init: (_: void) => 0,
  calls: {
    close: (total) => stop({ kind: 'normal' }, total, total),
    abort: (total) => (total > 0 ? reply('kept', total) : stop({ kind: 'shutdown' }, total)),
  },
  casts: { drop: (total) => stop({ kind: 'shutdown' }, total) },
})
declare const till: Pid<ProtocolOf<typeof Till>>
const closed: Promise<number> = call(till, 'close')
const kept: Promise<'kept'> = call(till, 'abort')
void [closed, kept]
