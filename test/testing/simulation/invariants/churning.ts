/**
 * A small system in which everything happens that an invariant is about: workers under names that
 * come and go, calls, monitors, links, restarts, and supervisors of several kinds.
 */
import {
  type Address,
  ArgumentError,
  argumentCodes,
  cast,
  child,
  type DynamicSupervisor,
  defineServer,
  dynamicSupervisor,
  Exit,
  type Fleet,
  fleet,
  next,
  type Pid,
  type ProtocolOf,
  reply,
  stop,
  supervisor,
  tryCall,
  type UniqueRegistry,
  uniqueRegistry,
} from 'flotilla'
import {
  type Client,
  restartIntensity,
  type Simulation,
  type SimulationDefinition,
  simulation,
} from 'flotilla/testing'

/** A number under a name. */
const Counter = defineServer({
  name: 'counter',
  maxMailboxSize: 6,
  init: (key: number, context) => {
    if (key === 3) context.trapExits(true)
    return { count: 0 }
  },
  calls: {
    add: ({ count }) => reply(count + 1, { count: count + 1 }),
    linger: async (state, durationMs: number, context) => {
      await context.sleep(durationMs)
      return reply(durationMs, state)
    },
    leave: (state) => stop({ kind: 'normal' }, state, 'left'),
  },
  casts: { bump: ({ count }) => next({ count: count + 1 }) },
})

type CounterProtocol = ProtocolOf<typeof Counter>

/** Watches counters, and ties itself to them. */
const Watcher = defineServer({
  name: 'watcher',
  init: () => 0,
  casts: {
    watch: (downs, target: Address, context) => {
      const monitor = context.monitor(target)
      if (downs % 3 === 0) context.demonitor(monitor, { flush: downs % 2 === 0 })
      return next(downs)
    },
    join: (downs, target: Pid, context) => {
      context.link(target)
      if (downs % 4 === 0) context.unlink(target)
      return next(downs)
    },
  },
  down: (downs) => next(downs + 1),
})

type WatcherProtocol = ProtocolOf<typeof Watcher>

interface Running {
  readonly games: Fleet<number, number, CounterProtocol>
  readonly names: UniqueRegistry<number, CounterProtocol>
  readonly watchers: UniqueRegistry<string, WatcherProtocol>
  readonly crowd: DynamicSupervisor
}

const limits = { maxRestarts: 2, maxSeconds: 4 }

/** Two nodes with a registry, a fleet, a dynamic supervisor and servers, and those who use them. */
export function churning(
  given: Partial<SimulationDefinition<Map<string, Running>>> = {},
): Simulation<Map<string, Running>> {
  return simulation<Map<string, Running>>({
    name: 'churning',
    nodes: 2,
    memory: () => new Map(),
    async start(world, node) {
      const names = uniqueRegistry<number, CounterProtocol>({ name: 'names' })
      const watchers = uniqueRegistry<string, WatcherProtocol>({ name: 'watchers' })
      const games = fleet(Counter, { name: 'games', key: (key: number) => key, onDemand: (k) => k })
      const crowd = dynamicSupervisor({ name: 'crowd', ...limits })
      const watcher = child(Watcher, undefined, { name: watchers.via('only') })
      const fixed = child(Counter, 1, { name: names.via(101) })
      const pair = supervisor({ name: 'pair', strategy: 'rest_for_one', ...limits }, [
        watcher,
        fixed,
      ])
      const options = { name: 'top', strategy: 'one_for_one', maxRestarts: 1000 } as const
      const started = await world.startNode(
        supervisor(options, [names, watchers, games, crowd, pair]),
        node,
      )
      world.memory.set(node.name, { names, watchers, games, crowd })
      return started
    },
    clients: { visitor: { count: 4, run: (client) => client.every(150, () => visit(client)) } },
    invariants: [restartIntensity({ crowd: limits, pair: limits, top: { maxRestarts: 1000 } })],
    ...given,
  })
}

async function visit(client: Client<Map<string, Running>>): Promise<void> {
  const { world } = client
  const { name } = client.pick(world.nodes)
  const running = world.memory.get(name)
  if (running === undefined) return
  const { names, watchers, games, crowd } = running
  const key = client.below(6)
  const spec = child(Counter, key, { name: names.via(key), restart: 'transient' })
  const watcher = watchers.via('only')
  try {
    switch (client.below(7)) {
      case 0:
        await crowd.startChild(spec)
        return
      case 1:
        await tryCall(games.via(key), 'add', undefined, { timeoutMs: 300 })
        return
      case 2:
        await tryCall(names.via(key), 'linger', client.below(400), { timeoutMs: 200 })
        return
      case 3:
        await tryCall(names.via(key), 'leave')
        return
      case 4:
        for (let count = 0; count < 9; count += 1) cast(games.via(key), 'bump')
        return
      default: {
        cast(watcher, 'watch', client.below(2) === 0 ? names.via(key) : games.via(key))
        const friend = names.whereis(key)
        if (friend !== undefined) cast(watcher, 'join', friend)
      }
    }
  } catch (error) {
    // A node that has crashed is gone for whoever still has its handles.
    const isDown = ArgumentError.is(error) && error.code === argumentCodes.not_started
    if (!isDown && !Exit.is(error)) throw error
  }
}
