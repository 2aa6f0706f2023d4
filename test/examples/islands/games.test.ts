import { call, exit, isAlive, type Store, startNode, supervisor, tryCall } from 'flotilla'
import { virtualHost } from 'flotilla/testing'
import { describe, expect, it } from 'vitest'
import type { Game } from '../../../examples/islands/game.ts'
import { type GameId, gameId } from '../../../examples/islands/game-id.ts'
import { type Games, type GamesOptions, makeGames } from '../../../examples/islands/games.ts'
import { viewFor } from '../../../examples/islands/view.ts'
import { playBots, startedGame } from './play.ts'

describe('the tree', () => {
  it('has the table before the games', async () => {
    const { games, node } = await start()
    await using _node = node
    expect(games.tree.whichChildren().map(({ id }) => id)).toEqual([
      'islands.table',
      'islands.games',
    ])
  })

  it('starts the games again, with their moves, when their table is lost', async () => {
    const { games, node, host } = await start()
    await using _node = node
    await games.start(one)
    await games.join(one, 'Ann', 'a')
    const before = games.games.whereis(one)
    kill(games, 'islands.table')
    await host.advance(10)
    expect(before && isAlive(before)).toBe(false)
    expect(games.games.whereis(one)).toBeDefined()
    expect(await games.join(one, 'Bob', 'b')).toMatchObject({ ok: true, player: 'player2' })
  })

  it('brings every running game back when the fleet is killed', async () => {
    const { games, node, host } = await start()
    await using _node = node
    await Promise.all([one, two].map((id) => games.start(id)))
    await games.join(two, 'Ann', 'a')
    kill(games, 'islands.games')
    await host.advance(10)
    expect([...games.games.keys()].sort()).toEqual([one, two])
    expect(games.store.load(two)?.names).toEqual({ player1: 'Ann' })
  })

  it('can stand beside another one of another name', async () => {
    const left = makeGames({ name: 'left' })
    const right = makeGames({ name: 'right' })
    const root = supervisor({ name: 'root', strategy: 'one_for_one' }, [left.tree, right.tree])
    await using _node = await startNode(root)
    await left.start(one)
    await expect(right.view(one, 'player1')).rejects.toMatchObject(noproc)
    expect(await left.view(one, 'player1')).toMatchObject({ ok: true })
  })
})

describe('start', () => {
  it('makes a game that exists from then on', async () => {
    const { games, node } = await start()
    await using _node = node
    await games.start(one)
    expect(games.games.size).toBe(1)
    expect(games.store.load(one)?.rules).toEqual({ phase: 'initialized', playersPresent: 0 })
  })

  it('of a game that there is changes nothing', async () => {
    const { games, node } = await start()
    await using _node = node
    await games.start(one)
    await games.join(one, 'Ann', 'a')
    const before = games.store.load(one)
    await games.start(one)
    expect(games.store.load(one)).toBe(before)
  })

  it('by many at once makes one game', async () => {
    const { games, node, host } = await start()
    await using _node = node
    const events: string[] = []
    games.games.watch(({ kind }) => events.push(kind))
    await Promise.all(Array.from({ length: 100 }, () => games.start(one)))
    await host.settle()
    expect(events).toEqual(['register'])
  })
})

describe('a call', () => {
  it('reaches its game by id alone, through a whole game', async () => {
    const { games, node } = await start()
    await using _node = node
    await games.start(one)
    const turns = playBots(5)
    for (const { command, outcome } of turns) {
      expect(await games.command(one, command)).toEqual(outcome)
    }
    expect(games.store.load(one)?.rules).toEqual(turns.at(-1)?.game.rules)
    expect(await games.reveal(one)).toMatchObject({ ok: true })
  })

  it('to a game that nobody has started finds no process and makes nothing', async () => {
    const { games, node } = await start()
    await using _node = node
    await expect(games.command(one, {})).rejects.toMatchObject(noproc)
    await expect(games.view(one, 'player1')).rejects.toMatchObject(noproc)
    expect([games.store.size, games.games.counts().desired]).toEqual([0, 0])
  })

  it('is refused as a value when it makes no sense', async () => {
    const { games, node } = await start()
    await using _node = node
    await games.start(one)
    expect(await games.command(one, { kind: 'guess' })).toMatchObject({ ok: false })
    expect(await games.join(one, '', 'a')).toMatchObject({ ok: false, reason: 'invalid_command' })
    expect(await games.reveal(one)).toEqual({ ok: false, reason: 'game_not_over' })
  })

  it('by one game does not disturb another', async () => {
    const { games, node } = await start()
    await using _node = node
    await Promise.all([one, two].map((id) => games.start(id)))
    await games.join(one, 'Ann', 'a')
    const other = await games.view(two, 'player1')
    expect(other).toMatchObject({ ok: true, view: { id: two, names: {} } })
  })
})

describe('an idle game', () => {
  it('stops, and comes back from the table with the next call', async () => {
    const { games, node, host } = await start({ idleTimeoutMs: 1000 })
    await using _node = node
    await games.start(one)
    await games.join(one, 'Ann', 'a')
    await host.advance(1000)
    expect([games.games.size, games.games.counts().desired, games.store.size]).toEqual([0, 0, 1])
    expect(await games.join(one, 'Bob', 'b')).toMatchObject({ ok: true, player: 'player2' })
  })

  it('knows the commands that it has accepted before it stopped', async () => {
    const { games, node, host } = await start({ idleTimeoutMs: 1000 })
    await using _node = node
    await games.start(one)
    const first = await games.join(one, 'Ann', 'a')
    await host.advance(1000)
    expect(await games.join(one, 'Ann', 'a')).toEqual(first)
    expect(games.store.load(one)?.names).toEqual({ player1: 'Ann' })
  })

  it('comes back once for many calls at the same time', async () => {
    const { games, node, host } = await start({ idleTimeoutMs: 1000 })
    await using _node = node
    await games.start(one)
    await host.advance(1000)
    const events: string[] = []
    games.games.watch(({ kind }) => events.push(kind))
    const answers = await Promise.all(Array.from({ length: 50 }, () => games.view(one, 'player1')))
    expect(answers.every(({ ok }) => ok)).toBe(true)
    await host.settle()
    expect(events).toEqual(['register'])
  })
})

describe('a crash', () => {
  it('frees the name of its game at once and brings the game back', async () => {
    const { games, node, host } = await start()
    await using _node = node
    await games.start(one)
    await games.join(one, 'Ann', 'a')
    const pid = games.games.whereis(one)
    if (pid === undefined) throw new Error('The game has not started')
    exit(pid, 'kill')
    expect(games.games.whereis(one)).toBeUndefined()
    await host.settle()
    const seen = await games.view(one, 'player1')
    expect(seen).toMatchObject({ ok: true, view: { names: { player1: 'Ann' } } })
  })

  it('of one game over and over parks that game and no other', async () => {
    const { games, node, host } = await start({ maxRestarts: 2, through: poisoned(two) })
    await using _node = node
    await Promise.all([one, two].map((id) => games.start(id)))
    for (let count = 0; count < 3; count += 1) {
      expect(await tryCall(games.games.via(two), 'command', joining)).toMatchObject({ ok: false })
      await host.settle()
    }
    expect(games.games.parked().map(({ key }) => key)).toEqual([two])
    expect(await games.join(one, 'Ann', 'a')).toMatchObject({ ok: true })
  })
})

describe('a handle', () => {
  it('that is not started says so', () => {
    const { games } = makeGames()
    expect(() => call(games.via(one), 'reveal')).toThrow(/never started/)
  })

  it('takes up a stored game that it did not see starting', async () => {
    const game = { ...startedGame(9), id: one }
    const { games, node } = await start()
    await using _node = node
    games.store.save(one, game)
    const seen = await games.view(one, 'player2')
    expect(seen).toEqual({ ok: true, view: viewFor(game, 'player2') })
  })
})

const one = id('one')
const two = id('two')
const noproc = { code: 'FLOTILLA_EXIT_NOPROC' }
const joining = { kind: 'add_player', commandId: 'a', name: 'Ann' }

/** Games on a node of their own, whose time moves when told. */
async function start(options: GamesOptions = {}) {
  const host = virtualHost()
  const games = makeGames(options)
  const node = await startNode(games.tree, { host })
  return { games, node, host }
}

function id(text: string): GameId {
  const checked = gameId(text)
  if (!checked.ok) throw new Error(`"${text}" is not a game id`)
  return checked.value
}

function kill(games: Games, child: string): void {
  const found = games.tree.whichChildren().find((each) => each.id === child)?.pid
  if (found === undefined || found === 'restarting') throw new Error(`${child} is not running`)
  exit(found, 'kill')
}

/** One game cannot be saved once it has a player. */
function poisoned(victim: GameId): (rows: Store<GameId, Game>) => Store<GameId, Game> {
  return (rows) => ({
    load: (key) => rows.load(key),
    remove: (key) => rows.remove(key),
    save(key, game) {
      if (key === victim && game.names.player1 !== undefined) throw new Error('cannot be saved')
      return rows.save(key, game)
    },
  })
}
