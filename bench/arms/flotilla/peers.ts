/**
 * Flotilla at the workloads of its peers.
 *
 * Every worker is named and supervised, and every message finds it by its name, built anew: more
 * than the peers do, which keep references.
 */
import {
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
  type Via,
} from 'flotilla'
import type { Workloads } from '../arm.ts'
import type { Load, Peer, Started } from '../peers/peer.ts'
import { askAll, crashEach } from '../peers/promised.ts'
import { peerWorkloads } from '../peers/workloads.ts'
import { keyOf } from '../work/keys.ts'

interface State {
  readonly id: number
  readonly tally: number
}

const Worker = defineServer({
  name: 'worker',
  init: (id: number): State => ({ id, tally: 0 }),
  calls: {
    ask: ({ id, tally }, x: number) => reply(x + id, { id, tally: tally + 1 }),
    tally: (state) => reply(state.tally, state),
    crash(): never {
      throw new Error('told to crash')
    },
  },
  casts: {
    add: ({ id, tally }) => next({ id, tally: tally + 1 }),
  },
})

type WorkerVia = Via<ProtocolOf<typeof Worker>>

/** Below the limit of a mailbox, 131,072 messages. */
const castsPerBarrier = 65_536

/** The rows against the BEAM have these as well, and measure them. */
const measuredElsewhere = ['start', 'memory', 'import-time']

/** What Flotilla and its peers do by one and the same program. */
export function workloadsOfPeers(): Workloads {
  const all = Object.entries(peerWorkloads({ specifier: 'flotilla', open: openFlotilla }))
  return Object.fromEntries(all.filter(([id]) => !measuredElsewhere.includes(id)))
}

/** Opens a registry and a dynamic supervisor on a node of their own. */
export async function openFlotilla(): Promise<Peer<number>> {
  const users = uniqueRegistry<string, ProtocolOf<typeof Worker>>({ name: 'users' })
  // Nothing here is about giving up, so no budget may end a measurement.
  const workers = dynamicSupervisor({ name: 'workers', maxRestarts: 1_000_000, maxSeconds: 1 })
  const root = supervisor({ name: 'root', strategy: 'rest_for_one' }, [users, workers])
  const node = await startNode(root)
  const via = (id: number): WorkerVia => users.via(keyOf(id))
  const ask = (id: number, x: number): Promise<number> => call(via(id), 'ask', x)
  const crash = (id: number): Promise<never> => call(via(id), 'crash')
  return {
    async start(first, count): Promise<Started<number>> {
      const ids: number[] = []
      for (let id = first; id < first + count; id += 1) {
        const outcome = await workers.startChild(child(Worker, id, { name: via(id) }))
        if (!outcome.ok) throw new Error(`Cannot start ${keyOf(id)}`, { cause: outcome })
        ids.push(id)
      }
      return { first, workers: ids }
    },
    ask: (load) => askAll(load, ask),
    castAndCount: (id, count) => castAndCount(via, id, count),
    crashAndAsk: (load: Load<number>) => crashEach(load, { ask, crash }),
    close: () => node.stop(),
  }
}

async function castAndCount(
  via: (id: number) => WorkerVia,
  id: number,
  count: number,
): Promise<number> {
  const before = await call(via(id), 'tally')
  let after = before
  for (let left = count; left > 0; left -= castsPerBarrier) {
    const batch = Math.min(left, castsPerBarrier)
    for (let sent = 0; sent < batch; sent += 1) cast(via(id), 'add')
    after = await call(via(id), 'tally')
  }
  return after - before
}
