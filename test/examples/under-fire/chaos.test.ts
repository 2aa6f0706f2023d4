import {
  child,
  defineServer,
  exit,
  type ProtocolOf,
  startNode,
  supervisor,
  uniqueRegistry,
} from 'flotilla'
import { describe, expect, it } from 'vitest'
import { type Blow, Chaos, nextBlow, type Victim } from '../../../examples/under-fire/chaos.ts'
import { Lookups } from '../../../examples/under-fire/lookups.ts'
import { Violations } from '../../../examples/under-fire/oracle/invariants.ts'
import { NameLedger } from '../../../examples/under-fire/oracle/name-ledger.ts'
import { Perils } from '../../../examples/under-fire/perils.ts'
import { randomFrom } from '../../../examples/under-fire/random.ts'
import { killKinds, Tally } from '../../../examples/under-fire/tally.ts'

describe('nextBlow', () => {
  const sizes = { users: 1000, games: 20 }

  it('aims at the same workers in the same order and way for the same seed', () => {
    expect(blows(5, 200)).toEqual(blows(5, 200))
    expect(blows(5, 200)).not.toEqual(blows(6, 200))
  })

  it('stays the same from version to version, since runs are repeated by their seed', () => {
    expect(blows(1, 3)).toMatchInlineSnapshot(`
      [
        {
          "fleet": "users",
          "index": 330,
          "kind": "failingInit",
          "variant": 1,
        },
        {
          "fleet": "games",
          "index": 17,
          "kind": "failingInit",
          "variant": 1,
        },
        {
          "fleet": "users",
          "index": 699,
          "kind": "kill",
          "variant": 1,
        },
      ]
    `)
  })

  it('aims at both fleets, at every place and in every way', () => {
    const drawn = blows(1, 20_000)
    for (const fleet of ['users', 'games'] as const) {
      const own = drawn.filter((blow) => blow.fleet === fleet)
      const places = new Set(own.map(({ index }) => index))
      expect(own.length).toBeGreaterThan(9500)
      expect(places.size).toBe(sizes[fleet])
      expect(Math.max(...places)).toBe(sizes[fleet] - 1)
    }
    const ways = new Set(drawn.map(({ fleet, kind, variant }) => `${fleet} ${kind} ${variant}`))
    expect(ways.size).toBe(2 * (killKinds.length + killKinds.length - 1))
  })

  it('never makes a game stop by itself', () => {
    const stops = blows(1, 20_000).filter(({ kind }) => kind === 'stop')
    expect(new Set(stops.map(({ fleet }) => fleet))).toEqual(new Set(['users']))
  })

  function blows(seed: number, count: number): Blow[] {
    const random = randomFrom(seed)
    return Array.from({ length: count }, () => nextBlow(random, sizes))
  }
})

describe('strike', () => {
  it('ends its victim in the same turn and books it first', async () => {
    await using world = await start()
    world.strike('kill')
    expect(world.whereis()).toBeUndefined()
    expect(world.tally.kills.kill).toBe(1)
    expect(world.ledger.outstanding).toBe(1)
    expect(world.violations.total).toBe(0)
  })

  it('lets the starts after a kill fail as often as it says', async () => {
    await using world = await start()
    world.strike('failingInit', 1)
    expect(world.perils.isInitArmed('ann')).toBe(true)
    expect(world.tally.kills.failingInit).toBe(1)
  })

  it('misses whoever is not there, and takes nobody else', async () => {
    await using world = await start()
    world.strike('kill')
    world.strike('kill')
    world.strike('failingInit')
    expect(world.tally.allKills).toBe(1)
    expect(world.perils.armedInits).toBe(0)
  })

  it('misses whoever was struck already and is about to end', async () => {
    await using world = await start()
    world.ledger.strike('ann', world.serial, 'throw')
    world.strike('kill')
    expect(world.whereis()).toBeDefined()
    expect(world.tally.allKills).toBe(0)
  })

  it('sees a victim that is still found in the turn of its end', async () => {
    await using world = await start({ stubborn: true })
    world.strike('kill')
    expect(world.violations.counts().deadLookups).toBe(1)
  })

  it('sees a victim that is found dead after it ended by itself', async () => {
    await using world = await start({ stubborn: true })
    world.strike('stop')
    await world.chaos.stop()
    expect(world.violations.counts().deadLookups).toBe(1)
  })
})

const idleServer = defineServer({ name: 'idle', init: () => 0 })

/** One temporary process, a victim made of it, and the fire; `stubborn`: it is found for ever. */
async function start({ stubborn = false } = {}) {
  const names = uniqueRegistry<string, ProtocolOf<typeof idleServer>>({ name: 'names' })
  const idle = child(idleServer, undefined, { name: names.via('ann'), restart: 'temporary' })
  const node = await startNode(supervisor({ name: 'fire', strategy: 'one_for_one' }, [names, idle]))
  const pid = names.whereis('ann')
  if (pid === undefined) throw new Error('Nobody was started')
  const tally = new Tally()
  const violations = new Violations()
  const ledger = new NameLedger('users', violations)
  const perils = new Perils(ledger, tally)
  const whereis = () => (stubborn ? pid : names.whereis('ann'))
  const victim: Victim = {
    name: 'ann',
    perils,
    whereis,
    signal: () => exit(pid, 'shutdown'),
    throws: async () => undefined,
    stops: async () => exit(pid, 'kill'),
  }
  const chaos = new Chaos({
    victimOf: () => victim,
    sizes: { users: 1, games: 1 },
    killsPerSecond: 0,
    random: randomFrom(1),
    lookups: new Lookups(tally, violations),
  })
  return {
    ...{ tally, violations, ledger, perils, chaos, whereis, serial: pid.serial },
    strike: (kind: Blow['kind'], variant = 0) =>
      chaos.strike({ fleet: 'users', index: 0, kind, variant }),
    [Symbol.asyncDispose]: () => node.stop(),
  }
}
