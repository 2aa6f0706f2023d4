import fc from 'fast-check'
import {
  call,
  child,
  ended,
  exit,
  isAlive,
  type ProtocolOf,
  type Store,
  startNode,
  supervisor,
  tryCall,
  uniqueRegistry,
} from 'flotilla'
import { virtualHost } from 'flotilla/testing'
import { describe, expect, it } from 'vitest'
import type { Command } from '../../../examples/islands/command.ts'
import type { Coordinate } from '../../../examples/islands/coordinate.ts'
import { apply, type Game, newGame } from '../../../examples/islands/game.ts'
import type { GameId } from '../../../examples/islands/game-id.ts'
import { formatGame, gameServer } from '../../../examples/islands/game-server.ts'
import { type Player, players } from '../../../examples/islands/player.ts'
import { viewFor } from '../../../examples/islands/view.ts'
import { playBots, seeds, someId, startedGame } from './play.ts'

describe('a command', () => {
  it('is answered with the outcome of the pure core', async () => {
    const world = await startWorld()
    await using _node = world.node
    expect(await world.send(joining('a', 'Ann'))).toEqual(
      apply(newGame(id), joining('a', 'Ann')).outcome,
    )
    expect(await world.send(joining('b', 'Ann'))).toEqual({ ok: false, reason: 'name_taken' })
  })

  it('is answered only after its new state is saved', async () => {
    const world = await startWorld()
    await using _node = world.node
    const gate = world.rows.holdNextSave()
    let answered = false
    const answer = world.send(joining('a', 'Ann')).then(() => {
      answered = true
    })
    await gate.reached
    await world.host.settle()
    expect(answered).toBe(false)
    gate.open()
    await answer
    expect(world.rows.load(id)?.names).toEqual({ player1: 'Ann' })
  })

  it('that is refused saves nothing', async () => {
    const world = await startWorld()
    await using _node = world.node
    const before = world.rows.saves
    await world.send(setting('player1'))
    expect(world.rows.saves).toBe(before)
  })

  it('that is sent twice is applied and saved once, and answered alike', async () => {
    const world = await startWorld()
    await using _node = world.node
    const first = await world.send(joining('a', 'Ann'))
    const saves = world.rows.saves
    expect(await world.send(joining('a', 'Ann'))).toEqual(first)
    expect(world.rows.saves).toBe(saves)
    expect(world.rows.load(id)?.names).toEqual({ player1: 'Ann' })
  })

  it('that cannot be read is refused with a sentence, and the game goes on', async () => {
    const world = await startWorld()
    await using _node = world.node
    const pid = world.registry.whereis(id)
    await fc.assert(
      fc.asyncProperty(fc.anything({ withNullPrototype: true }), async (value) => {
        const answer = await world.send(value)
        expect(answer).toMatchObject({ ok: false, reason: 'invalid_command' })
      }),
    )
    expect(world.registry.whereis(id)).toBe(pid)
  })
})

describe('a crash', () => {
  it('between saving and answering costs nothing: the retry gets the answer', async () => {
    const world = await startWorld()
    await using _node = world.node
    world.rows.failNextSave('after')
    await expect(world.send(joining('a', 'Ann'))).rejects.toMatchObject({
      code: 'FLOTILLA_EXIT_CRASH',
    })
    await world.back()
    expect(await world.send(joining('a', 'Ann'))).toMatchObject({ ok: true, player: 'player1' })
    expect(world.rows.load(id)?.names).toEqual({ player1: 'Ann' })
  })

  it('before saving has accepted nothing: the retry is applied', async () => {
    const world = await startWorld()
    await using _node = world.node
    world.rows.failNextSave('before')
    await expect(world.send(joining('a', 'Ann'))).rejects.toMatchObject({
      code: 'FLOTILLA_EXIT_CRASH',
    })
    await world.back()
    expect(world.rows.load(id)?.names).toEqual({})
    expect(await world.send(joining('a', 'Ann'))).toMatchObject({ ok: true, player: 'player1' })
  })

  it('loses no accepted command of a whole game, wherever it comes', async () => {
    const world = await startWorld()
    await using _node = world.node
    for (const { command, outcome, game } of playBots(7)) {
      expect(await world.send(command)).toEqual(outcome)
      const pid = world.registry.whereis(id)
      if (pid === undefined) throw new Error('The game is not running')
      exit(pid, 'kill')
      await world.back()
      const seen = await call(world.registry.via(id), 'view', 'player1')
      expect(seen).toEqual({ ok: true, view: viewFor(game, 'player1') })
    }
    expect(await call(world.registry.via(id), 'reveal')).toMatchObject({ ok: true })
  })
})

describe('a start', () => {
  it('of a game that does not exist is refused unless it is to be made', async () => {
    const world = await startWorld({ create: false })
    await using _node = world.node
    expect(world.registry.whereis(id)).toBeUndefined()
    expect(world.rows.saves).toBe(0)
  })

  it('takes up the game that is stored', async () => {
    const game = startedGame(3)
    const world = await startWorld({ stored: game, create: false })
    await using _node = world.node
    const seen = await call(world.registry.via(id), 'view', 'player2')
    expect(seen).toEqual({ ok: true, view: viewFor(game, 'player2') })
  })

  it('stores a new game, so that it exists before its first command', async () => {
    const world = await startWorld()
    await using _node = world.node
    expect(world.rows.load(id)).toEqual(newGame(id))
  })
})

describe('a view', () => {
  it('for somebody who is no player is refused as a value', async () => {
    const world = await startWorld()
    await using _node = world.node
    // @ts-expect-error a client may send anything
    const answer = await call(world.registry.via(id), 'view', '__proto__')
    expect(answer).toEqual({ ok: false, reason: 'invalid_player' })
  })

  it('of both islands is refused while the game lasts', async () => {
    const world = await startWorld({ stored: startedGame(3) })
    await using _node = world.node
    const answer = await call(world.registry.via(id), 'reveal')
    expect(answer).toEqual({ ok: false, reason: 'game_not_over' })
  })
})

describe('an idle game', () => {
  it('stops by itself, normally', async () => {
    const world = await startWorld()
    await using _node = world.node
    const over = ended(world.registry.via(id))
    await world.host.advance(idleTimeoutMs)
    expect(await over).toEqual({ kind: 'normal' })
    expect(world.registry.whereis(id)).toBeUndefined()
  })

  it.each<[string, (world: World) => Promise<unknown>]>([
    ['a command that is accepted', (world) => world.send(joining('a', 'Ann'))],
    ['a command that is refused', (world) => world.send(setting('player1'))],
    ['a command that cannot be read', (world) => world.send('nonsense')],
    ['a view', (world) => call(world.registry.via(id), 'view', 'player1')],
    ['a reveal', (world) => call(world.registry.via(id), 'reveal')],
  ])('waits anew after %s', async (_what, message) => {
    const world = await startWorld()
    await using _node = world.node
    const pid = world.registry.whereis(id)
    if (pid === undefined) throw new Error('The game is not running')
    await world.host.advance(idleTimeoutMs - 1)
    await message(world)
    await world.host.advance(idleTimeoutMs - 1)
    expect(isAlive(pid)).toBe(true)
    await world.host.advance(1)
    expect(isAlive(pid)).toBe(false)
  })

  it('is stopped also when it was taken up from the store', async () => {
    const world = await startWorld({ stored: startedGame(3) })
    await using _node = world.node
    await world.host.advance(idleTimeoutMs)
    const outcome = await tryCall(world.registry.via(id), 'reveal')
    expect(outcome).toMatchObject({ ok: false, exit: { code: 'FLOTILLA_EXIT_NOPROC' } })
  })
})

describe('format', () => {
  it('is the same whatever islands are laid, as long as none is guessed', () => {
    fc.assert(
      fc.property(seeds, seeds, (one, other) => {
        expect(formatGame(startedGame(one))).toEqual(formatGame(startedGame(other)))
      }),
      { numRuns: 20 },
    )
  })

  it('shows no cell that was not guessed, at any moment of a game', () => {
    for (const { game } of playBots(11)) {
      const { hits, misses } = { hits: guessed(game, 'hits'), misses: guessed(game, 'misses') }
      expect(cellsIn(formatGame(game))).toEqual([...hits, ...misses].sort())
    }
  })
})

const id = someId()
const idleTimeoutMs = 60_000

/** Rows that can fail, and that can hold a save until they are told to go on. */
class FaultyRows implements Store<GameId, Game> {
  saves = 0
  readonly #rows = new Map<GameId, Game>()
  #failure: 'before' | 'after' | undefined = undefined
  #gate: { readonly arrive: () => void; readonly opened: Promise<void> } | undefined = undefined

  load(key: GameId): Game | undefined {
    return this.#rows.get(key)
  }

  async save(key: GameId, value: Game): Promise<void> {
    const failure = this.#failure
    this.#failure = undefined
    if (failure === 'before') throw new Error('not stored')
    this.#gate?.arrive()
    await this.#gate?.opened
    this.saves += 1
    this.#rows.set(key, value)
    if (failure === 'after') throw new Error('stored, but nobody hears of it')
  }

  remove(key: GameId): boolean {
    return this.#rows.delete(key)
  }

  failNextSave(when: 'before' | 'after'): void {
    this.#failure = when
  }

  holdNextSave(): { readonly reached: Promise<void>; open(): void } {
    const arrival = new Signal()
    const opening = new Signal()
    this.#gate = { arrive: arrival.give, opened: opening.given }
    return {
      reached: arrival.given,
      open: () => {
        this.#gate = undefined
        opening.give()
      },
    }
  }
}

/** Something to wait for that happens once. */
class Signal {
  give: () => void = () => undefined
  readonly given = new Promise<void>((resolve) => {
    this.give = resolve
  })
}

interface WorldOptions {
  readonly create?: boolean
  readonly stored?: Game
}

type World = Awaited<ReturnType<typeof startWorld>>

/** One game under a supervisor, on a host whose time moves when told. */
async function startWorld({ create = true, stored }: WorldOptions = {}) {
  const rows = new FaultyRows()
  if (stored !== undefined) await rows.save(id, stored)
  const server = gameServer({ store: rows, idleTimeoutMs })
  const registry = uniqueRegistry<GameId, ProtocolOf<typeof server>>({ name: 'games' })
  const options = { name: registry.via(id), restart: 'transient' } as const
  const root = supervisor({ name: 'root', strategy: 'one_for_one', maxRestarts: 1000 }, [
    registry,
    child(server, { id, create }, options),
  ])
  const host = virtualHost()
  let registered = new Signal()
  registry.watch(({ kind }) => {
    if (kind !== 'register') return
    registered.give()
    registered = new Signal()
  })
  const node = await startNode(root, { host })
  return {
    node,
    host,
    rows,
    registry,
    send: (command: unknown) => call(registry.via(id), 'command', command),
    /** Resolves when the game has a process again. */
    async back() {
      while (registry.whereis(id) === undefined) await registered.given
    },
  }
}

function joining(commandId: string, name: string): Command {
  return { kind: 'add_player', commandId, name }
}

function setting(player: Player): Command {
  return { kind: 'set_islands', commandId: 'set', player }
}

function guessed(game: Game, found: 'hits' | 'misses'): string[] {
  return players.flatMap((player) => game.guesses[player][found].map(cellText))
}

/** Every cell anywhere in a value. */
function cellsIn(value: unknown): string[] {
  const cells: string[] = []
  JSON.stringify(value, (_key, inner) => {
    if (inner !== null && typeof inner === 'object' && 'row' in inner) cells.push(cellText(inner))
    return inner
  })
  return cells.sort()
}

function cellText({ row, column }: Coordinate): string {
  return `${row}/${column}`
}
