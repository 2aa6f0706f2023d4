import { startNode } from 'flotilla'
import { describe, expect, it } from 'vitest'
import { inspect } from '../../../examples/under-fire/inspection.ts'
import { makeWorld } from '../../../examples/under-fire/world.ts'

describe('a table', () => {
  it('has a game even if time is up while the finished one is cleared away', async () => {
    const options = { users: 1, games: 1, seconds: 1, killsPerSecond: 0, seed: undefined }
    const world = makeWorld({ ...options, json: false }, 1)
    await using _node = await startNode(world.tree)
    await Promise.all([
      ...world.ids.map((id) => world.users.start({ id })),
      ...world.seats.map((seat) => seat.open()),
    ])
    world.games.games.watch(({ kind }) => {
      if (kind === 'unregister') world.naps.end()
    })
    const [seat] = world.seats
    await seat?.play()
    expect(seat?.id).toBe('game-0-1')
    await inspect(world)
    expect(world.violations.inWords()).toEqual([])
    world.feed.stop()
  })
})
