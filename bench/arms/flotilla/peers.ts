/**
 * Flotilla at the workloads of its peers.
 *
 * Every worker is named and supervised. Messages go to a pid that was kept, as the peers keep
 * references, or find their worker by its name, built anew for each: more than any peer does.
 */
import {
  type Address,
  call,
  cast,
  child,
  defineServer,
  dynamicSupervisor,
  next,
  type ProtocolOf,
  reply,
  startNode,
  supervisor,
  uniqueRegistry,
} from 'flotilla'
import type { Workloads } from '../arm.ts'
import type { Load, Peer, Started } from '../peers/peer.ts'
import { askAll, crashEach } from '../peers/promised.ts'
import { peerWorkloads } from '../peers/workloads.ts'
import { keyOf } from '../work/keys.ts'

interface State {
  readonly id: number
  tally: number
}

const Worker = defineServer({
  name: 'worker',
  init: (id: number): State => ({ id, tally: 0 }),
  calls: {
    ask(state, x: number) {
      state.tally += 1
      return reply(x + state.id, state)
    },
    tally: (state) => reply(state.tally, state),
    crash(): never {
      throw new Error('told to crash')
    },
  },
  casts: {
    add(state) {
      state.tally += 1
      return next(state)
    },
  },
})

/** Whom a message is for. */
type Target = Address<ProtocolOf<typeof Worker>>

/** How messages find a worker. */
export type By = 'pid' | 'name'

/** A worker that was started. */
interface Kept {
  readonly id: number
  readonly pid: Target
}

/** Below the limit of a mailbox, 131,072 messages. */
const castsPerBarrier = 65_536

/** The rows against the BEAM have these as well, and measure them. */
const measuredElsewhere = ['start', 'memory', 'import-time']

/** What Flotilla and its peers do by one and the same program. */
export function workloadsOfPeers(by: By): Workloads {
  const library = { specifier: 'flotilla', open: () => openFlotilla(by) }
  const all = Object.entries(peerWorkloads(library))
  return Object.fromEntries(all.filter(([id]) => !measuredElsewhere.includes(id)))
}

/** Opens a registry and a dynamic supervisor on a node of their own. */
export async function openFlotilla(by: By): Promise<Peer<Kept>> {
  const users = uniqueRegistry<string, ProtocolOf<typeof Worker>>({ name: 'users' })
  // Nothing here is about giving up, so no budget may end a measurement.
  const workers = dynamicSupervisor({ name: 'workers', maxRestarts: 1_000_000, maxSeconds: 1 })
  const root = supervisor({ name: 'root', strategy: 'rest_for_one' }, [users, workers])
  const node = await startNode(root)
  const byName = ({ id }: Kept): Target => users.via(keyOf(id))
  const to = by === 'pid' ? ({ pid }: Kept): Target => pid : byName
  return {
    async start(first, count): Promise<Started<Kept>> {
      const kept: Kept[] = []
      for (let id = first; id < first + count; id += 1) {
        const name = users.via(keyOf(id))
        const outcome = await workers.startChild(child(Worker, id, { name }))
        if (!outcome.ok) throw new Error(`Cannot start ${keyOf(id)}`, { cause: outcome })
        kept.push({ id, pid: outcome.pid })
      }
      return { first, workers: kept }
    },
    ask: (load) => askAll(load, (kept, x) => call(to(kept), 'ask', x)),
    castAndCount: (kept, count) => castAndCount(() => to(kept), count),
    // A worker that is back has another pid.
    crashAndAsk: (load: Load<Kept>) =>
      crashEach(load, {
        ask: (kept, x) => call(byName(kept), 'ask', x),
        crash: (kept) => call(byName(kept), 'crash'),
      }),
    close: () => node.stop(),
  }
}

async function castAndCount(target: () => Target, count: number): Promise<number> {
  const before = await call(target(), 'tally')
  let after = before
  for (let left = count; left > 0; left -= castsPerBarrier) {
    const batch = Math.min(left, castsPerBarrier)
    for (let sent = 0; sent < batch; sent += 1) cast(target(), 'add')
    after = await call(target(), 'tally')
  }
  return after - before
}
