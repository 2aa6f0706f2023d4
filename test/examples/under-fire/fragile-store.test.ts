import { startNode } from 'flotilla'
import { describe, expect, it } from 'vitest'
import type { Game } from '../../../examples/islands/game.ts'
import { type GameId, gameId } from '../../../examples/islands/game-id.ts'
import { makeGames } from '../../../examples/islands/games.ts'
import { Feed } from '../../../examples/under-fire/feed.ts'
import { fragileStore } from '../../../examples/under-fire/fragile-store.ts'
import { NameGaps } from '../../../examples/under-fire/gaps.ts'
import { Violations } from '../../../examples/under-fire/oracle/invariants.ts'
import { NameLedger } from '../../../examples/under-fire/oracle/name-ledger.ts'
import { Perils } from '../../../examples/under-fire/perils.ts'
import { Tally } from '../../../examples/under-fire/tally.ts'

const id = idOf('g')

describe('a save that is made to fail', () => {
  it('leaves the row as it was when it fails before it is stored', async () => {
    await using world = await start()
    world.perils.armSave(id, 'before')
    await expect(world.join()).rejects.toMatchObject({ reason: { kind: 'crash' } })
    expect(world.row()?.names).toEqual({})
    expect(world.tally.kills.throw).toBe(1)
  })

  it('has stored the row when it fails after that, so the retry is applied once', async () => {
    await using world = await start()
    world.perils.armSave(id, 'after')
    await expect(world.join()).rejects.toMatchObject({ reason: { kind: 'crash' } })
    expect(world.row()?.names).toEqual({ player1: 'Ann' })
    expect(await world.join()).toMatchObject({ ok: true, player: 'player1' })
    expect(world.row()?.names).toEqual({ player1: 'Ann' })
  })

  it('fails once', async () => {
    await using world = await start()
    world.perils.armSave(id, 'before')
    await expect(world.join()).rejects.toThrow()
    expect(await world.join()).toMatchObject({ ok: true })
    expect(world.tally.allKills).toBe(1)
  })

  it('does not fail when the fault was taken back', async () => {
    await using world = await start()
    world.perils.armSave(id, 'before')
    world.perils.disarmSave(id)
    expect(await world.join()).toMatchObject({ ok: true })
  })
})

describe('a load that is made to fail', () => {
  it('fails the start as often as it says, and the game comes back with its row', async () => {
    await using world = await start()
    await world.join()
    world.perils.armInit(id, 2)
    world.perils.armSave(id, 'after')
    await expect(world.join('Bob')).rejects.toThrow()
    expect(await world.isBack()).toBe(true)
    const view = await world.games.view(id, 'player1')
    expect(view.ok && view.view.names).toEqual({ player1: 'Ann', player2: 'Bob' })
    expect(world.tally.failedStarts).toBe(2)
  })
})

async function start() {
  const tally = new Tally()
  const ledger = new NameLedger('games', new Violations())
  const perils = new Perils(ledger, tally)
  const holderOf = (game: GameId) => games.games.whereis(game)
  const games = makeGames({
    maxRestarts: 100,
    through: (rows) => fragileStore(rows, { perils, holderOf }),
  })
  const feed = new Feed(new NameGaps())
  feed.follow(games.games, ledger)
  const node = await startNode(games.tree)
  await games.start(id)
  return {
    ...{ games, perils, tally },
    row: (): Game | undefined => games.store.load(id),
    join: (name = 'Ann') => games.join(id, name, `join ${name}`),
    isBack: () => feed.until(() => ledger.isHeld(id) && !perils.isInitArmed(id), 10_000),
    [Symbol.asyncDispose]: () => node.stop(),
  }
}

function idOf(text: string): GameId {
  const made = gameId(text)
  if (!made.ok) throw new Error(made.reason)
  return made.value
}
