import { startNode } from 'flotilla'
import { describe, expect, it } from 'vitest'
import { newGame } from '../../../examples/islands/game.ts'
import { inspect } from '../../../examples/under-fire/inspection.ts'
import { makeWorld } from '../../../examples/under-fire/world.ts'

describe('the last look', () => {
  it('has nothing to say when everybody is there and answers', async () => {
    await using world = await start()
    await inspect(world)
    expect(world.violations.inWords()).toEqual([])
  })

  it('names every user that is missing', async () => {
    await using world = await start()
    for (const id of world.ids.slice(1, 3)) await world.users.stop(id)
    await inspect(world)
    expect(world.violations.counts().missingWorkers).toBe(2)
    expect(world.violations.inWords()[0]).toContain('user "user-1"')
    expect(world.violations.inWords()[1]).toContain('user "user-2"')
  })

  it('names a game that is missing', async () => {
    await using world = await start()
    const [seat] = world.seats
    if (seat !== undefined) await world.games.games.stop(seat.id)
    await inspect(world)
    expect(world.violations.inWords()).toEqual([
      'missingWorkers: game "game-0-0": nobody has its name',
    ])
  })

  it('names a game that shows moves that nobody made', async () => {
    await using world = await start()
    const [seat] = world.seats
    if (seat === undefined) throw new Error('There is no game')
    const { id } = seat
    await world.games.games.stop(id)
    world.games.store.save(id, { ...newGame(id), names: { player1: 'Eve' } })
    await world.games.start(id)
    await inspect(world)
    expect(world.violations.inWords()).toEqual([
      expect.stringMatching(/^lostMoves: "game-0-0": never accepted.*: the name of player1: Eve$/),
    ])
  })
})

async function start() {
  const options = { users: 5, games: 2, seconds: 1, killsPerSecond: 0, seed: undefined }
  const world = makeWorld({ ...options, json: false }, 1)
  const node = await startNode(world.tree)
  await Promise.all([
    ...world.ids.map((id) => world.users.start({ id })),
    ...world.seats.map((seat) => seat.open()),
  ])
  // What the tests do to workers is not for the ledger.
  world.feed.stop()
  return { ...world, [Symbol.asyncDispose]: () => node.stop() }
}
