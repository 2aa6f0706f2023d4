/**
 * The systems that the tests of the simulator simulate.
 */
import {
  type Address,
  call,
  child,
  defineServer,
  next,
  type ProtocolOf,
  reply,
  supervisor,
  tryCall,
  uniqueRegistry,
} from 'flotilla'
import {
  type Simulation,
  type SimulationDefinition,
  simulation,
  type World,
} from 'flotilla/testing'

/** A number that others read and write. */
const Counter = defineServer({
  name: 'counter',
  init: (start: number) => start,
  calls: {
    read: (count) => reply(count, count),
    add: (count, by: number) => reply(count + by, count + by),
    write: (_count, value: number) => reply(undefined, value),
    linger: async (count, durationMs: number, context) => {
      await context.sleep(durationMs)
      return reply(count, count)
    },
  },
  casts: { bump: (count) => next(count + 1) },
})

type CounterProtocol = ProtocolOf<typeof Counter>

/** What the clients of {@link counting} share. */
export interface Tally {
  /** Where the counter of each node is. */
  readonly counters: Map<string, Address<CounterProtocol>>
  added: number
}

/** A counter on each node, which is restarted when it ends. */
export function counting(given: Partial<SimulationDefinition<Tally>> = {}): Simulation<Tally> {
  return simulation<Tally>({
    name: 'counting',
    memory: () => ({ counters: new Map(), added: 0 }),
    start: startCounter,
    clients: {
      visitor: {
        count: 3,
        run: (client) =>
          client.every(100, async () => {
            const counter = client.world.memory.counters.get('a')
            if (counter === undefined) return
            const added = await tryCall(counter, 'add', 1, { timeoutMs: 1000 })
            if (added.ok) client.world.memory.added += 1
          }),
      },
    },
    ...given,
  })
}

/** Starts a counter under a name. */
export async function startCounter(
  world: World<Tally>,
  node: Parameters<World['startNode']>[1],
): ReturnType<World['startNode']> {
  const names = uniqueRegistry<string, CounterProtocol>({ name: 'names' })
  const via = names.via('visits')
  const counter = child(Counter, 0, { name: via })
  const options = { name: 'top', strategy: 'one_for_one', maxRestarts: 1000 } as const
  const tree = supervisor(options, [names, counter])
  world.memory.counters.set(node.name, via)
  return await world.startNode(tree, node)
}

/** Two visitors who read first and write later: one of their visits may be lost. */
export function losing(given: Partial<SimulationDefinition<Tally>> = {}): Simulation<Tally> {
  return counting({
    name: 'losing',
    faults: 'none',
    clients: {
      visitor: {
        count: 4,
        run: async (client) => {
          const counter = client.world.memory.counters.get('a')
          if (counter === undefined) return
          await client.sleepMs(client.below(200))
          const count = await call(counter, 'read')
          await client.sleepMs(client.below(10))
          await call(counter, 'write', count + 1)
          client.world.memory.added += 1
        },
      },
    },
    async finally({ memory }) {
      const counter = memory.counters.get('a')
      if (counter === undefined) return
      const count = await call(counter, 'read')
      if (count !== memory.added) throw new Error(`of ${memory.added} visits ${count} counted`)
    },
    ...given,
  })
}
