/**
 * Flotilla's fleet, made of the counterparts of Registry, DynamicSupervisor and GenServer.
 */
import {
  call,
  cast,
  child,
  defineServer,
  dynamicSupervisor,
  exit,
  next,
  type Pid,
  type ProtocolOf,
  reply,
  startNode,
  supervisor,
  tryCall,
  uniqueRegistry,
} from 'flotilla'
import type { Fleet, FleetShape, Watch } from '../work/fleet.ts'
import { Watcher } from './watcher.ts'

interface Counter {
  readonly id: string
  readonly count: number
}

/** Knows its name, and adds up what it is sent. */
const Worker = defineServer({
  name: 'worker',
  init: (id: string): Counter => ({ id, count: 0 }),
  calls: {
    id: (counter) => reply(counter.id, counter),
    add: ({ id, count }, by: number) => reply(count + by, { id, count: count + by }),
    crash(): never {
      throw new Error('told to crash')
    },
  },
  casts: {
    add: ({ id, count }, by: number) => next({ id, count: count + by }),
  },
})

/** Nothing here is about giving up, so no budget may end a measurement; the BEAM has the same. */
const budget = { maxRestarts: 1_000_000, maxSeconds: 1 } as const

/** How a node of the benchmark differs from a plain one. */
export interface OpenOptions extends FleetShape {
  readonly chargeAsyncErrors?: boolean
}

/** Flotilla's fleet, and what only the claims look at. */
export interface FlotillaFleet extends Fleet<Pid> {
  /** Processes, deadlines, monitors, links, messages and rows of tables; 0 once all is stopped. */
  rowsLeft(): number
}

/** Opens a fleet without workers on a node of its own. */
export async function openFleet(options: OpenOptions = {}): Promise<FlotillaFleet> {
  const { supervisors = 1, ...nodeOptions } = options
  const users = uniqueRegistry<string, ProtocolOf<typeof Worker>>({ name: 'users' })
  const pools = Array.from({ length: supervisors }, (_, index) =>
    dynamicSupervisor({ name: `pool-${index}`, ...budget }),
  )
  const tree = supervisor({ name: 'workers', strategy: 'one_for_one' }, pools)
  const watchers = dynamicSupervisor({ name: 'watchers' })
  const root = supervisor({ name: 'root', strategy: 'rest_for_one' }, [users, tree, watchers])
  const node = await startNode(root, nodeOptions)
  let started = 0
  return {
    async start(key) {
      const pool = pools[started % supervisors]
      started += 1
      const outcome = await pool?.startChild(child(Worker, key, { name: users.via(key) }))
      if (outcome?.ok !== true) throw new Error(`Cannot start ${key}`, { cause: outcome })
    },
    ask: (key) => call(users.via(key), 'id'),
    add: (key) => call(users.via(key), 'add', 1),
    tell: (key) => void cast(users.via(key), 'add', 1),
    async crash(key) {
      await tryCall(users.via(key), 'crash')
    },
    whereis: (key) => users.whereis(key),
    numberOf: (pid) => pid.serial,
    kill: (pid) => exit(pid, 'kill'),
    names: () => users.count(),
    watch: (count) => watch(count),
    async stopWorkers() {
      const stopped = await root.terminateChild('workers')
      if (!stopped.ok) throw new Error('Cannot stop the workers', { cause: stopped })
    },
    close: () => node.stop(),
    rowsLeft() {
      const { processes, deadlines, monitors, links, queued, rows } = node.statistics()
      const inTables = Object.values(rows).reduce((sum, count) => sum + count, 0)
      return processes + deadlines + monitors + links + queued + inTables
    },
  }

  async function watch(count: number): Promise<Watch<Pid>> {
    let whenAll: (killed: number) => void = () => undefined
    const reported = new Promise<number>((resolve) => {
      whenAll = resolve
    })
    const started = await watchers.startChild(child(Watcher, whenAll))
    if (!started.ok) throw new Error('Cannot start the watcher', { cause: started })
    const workers = await call(started.pid, 'start', count, { timeoutMs: 'infinity' })
    return { workers, reported }
  }
}
