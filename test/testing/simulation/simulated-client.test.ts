import { type Client, simulate } from 'flotilla/testing'
import { expect, test } from 'vitest'
import { counting, type Tally } from './counters.ts'

async function asClients(runs: Record<string, (client: Client<Tally>) => Promise<void>>, seed = 1) {
  const run = await simulate(counting({ faults: 'none', clients: runs }), { seed, minutes: 0.1 })
  expect(run.failure).toBeUndefined()
}

test('sleeps by the time of the world', async () => {
  const times: number[] = []
  await asClients({
    sleeper: async (client) => {
      for (const delayMs of [1, 10, 0.5]) {
        await client.sleepMs(delayMs)
        times.push(client.world.nowMs)
      }
    },
  })
  expect(times).toEqual([1, 11, 11.5])
})

test('does something at intervals until the faults are over', async () => {
  let times = 0
  await asClients({
    worker: (client) =>
      client.every(1000, () => {
        times += 1
      }),
  })
  expect(times).toBe(6)
})

test('draws from a stream of its own, whoever else there is', async () => {
  const drawn: Record<string, number[]> = {}
  const draw = async (client: Client<Tally>) => {
    const list = [client.below(1000), client.pick([1, 2, 3]), client.random()]
    drawn[`${client.name} ${Object.keys(drawn).length}`] = list
  }
  await asClients({ one: draw })
  await asClients({ other: draw, one: draw })
  const ones = Object.entries(drawn).filter(([name]) => name.startsWith('one'))
  expect(ones).toHaveLength(2)
  expect(ones[0]?.[1]).toEqual(ones[1]?.[1])
  expect(Object.entries(drawn).find(([name]) => name.startsWith('other'))?.[1]).not.toEqual(
    ones[0]?.[1],
  )
})

test('takes turns with others as the schedule says', async () => {
  const orders = new Set<string>()
  for (let seed = 1; seed <= 10; seed += 1) {
    const order: string[] = []
    const step = async (client: Client<Tally>) => {
      for (let count = 0; count < 3; count += 1) {
        await client.turn()
        order.push(client.name)
      }
    }
    await asClients({ one: step, other: step }, seed)
    expect(order.toSorted()).toEqual(['one', 'one', 'one', 'other', 'other', 'other'])
    orders.add(order.join())
  }
  expect(orders.size).toBeGreaterThan(2)
})

test('refuses what it cannot do', async () => {
  await asClients({
    tester: async (client) => {
      expect(() => client.below(0)).toThrow(/"limit" is 0/)
      expect(() => client.pick([])).toThrow(/"limit" is 0/)
      expect(() => client.sleepMs(-1)).toThrow(/delayMs/)
    },
  })
})
