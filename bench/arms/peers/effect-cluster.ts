/**
 * Effect's cluster entity, all of it in one process: handlers found by an entity's id, restarted
 * after a defect.
 *
 * The layer is that of the library's `TestRunner` with everything taken off that a single process
 * can do without: no message is stored, nothing is serialized, traced or logged. An entity starts
 * with its first question; there may be any number of them, with mailboxes of any length, and an
 * hour of idleness. A mailbox survives a defect, and the message that met it is tried again, so a
 * crash is thrown once.
 */
import { Effect, Layer, ManagedRuntime, References, Schedule, Schema } from 'effect'
import {
  Entity,
  MessageStorage,
  RunnerHealth,
  RunnerStorage,
  Runners,
  Sharding,
  ShardingConfig,
} from 'effect/cluster'
import { Rpc } from 'effect/rpc'
import { nowNs } from '../arm.ts'
import { times } from './effect.ts'
import { itemAt, type Load, type Peer, type Started, shareOf } from './peer.ts'

const Worker = Entity.make('Worker', [
  Rpc.make('Ask', { payload: { x: Schema.Number }, success: Schema.Number }),
  Rpc.make('Cast'),
  Rpc.make('Tally', { success: Schema.Number }),
  Rpc.make('Crash', { payload: { crash: Schema.Number } }),
])

type ClientFor = Effect.Success<typeof Worker.client>

/** The crashes that have been thrown. */
const thrown = new Set<number>()

const handlers = Effect.map(Entity.CurrentAddress, ({ entityId }) => {
  const id = Number(entityId)
  let tally = 0
  return Worker.of({
    Ask: ({ payload }) =>
      Effect.sync(() => {
        tally += 1
        return payload.x + id
      }),
    Cast: () =>
      Effect.sync(() => {
        tally += 1
      }),
    Tally: () => Effect.sync(() => tally),
    Crash: ({ payload }) =>
      Effect.sync(() => {
        if (thrown.has(payload.crash)) return
        thrown.add(payload.crash)
        throw new Error('crash')
      }),
  })
})

const entities = Worker.toLayer(handlers, {
  maxIdleTime: '1 hour',
  defectRetryPolicy: Schedule.forever,
})

const cluster = Sharding.layer.pipe(
  Layer.provideMerge(Runners.layerNoop),
  Layer.provideMerge(MessageStorage.layerNoop),
  Layer.provide([RunnerStorage.layerMemory, RunnerHealth.layerNoop]),
  Layer.provide(
    ShardingConfig.layer({
      maxResidentEntities: 'unbounded',
      entityMailboxCapacity: 'unbounded',
      simulateRemoteSerialization: false,
    }),
  ),
)

const quiet = Layer.mergeAll(
  Layer.succeed(References.MinimumLogLevel)('None'),
  Layer.succeed(References.TracerEnabled)(false),
)

/** Opens a cluster of one runner without entities. */
export async function openEffectCluster(): Promise<Peer<number>> {
  const layer = entities.pipe(Layer.provideMerge(cluster), Layer.provideMerge(quiet))
  const runtime = ManagedRuntime.make(layer)
  const clientFor = await runtime.runPromise(Worker.client)
  return {
    start: (first, count) => runtime.runPromise(startEntities(clientFor, first, count)),
    ask: (load) => runtime.runPromise(askAll(clientFor, load)),
    castAndCount: (id, count) => runtime.runPromise(castAndCount(clientFor, id, count)),
    crashAndAsk: (load) => runtime.runPromise(crashEach(clientFor, load)),
    close: () => runtime.dispose(),
  }
}

function startEntities(clientFor: ClientFor, first: number, count: number) {
  const begin = (index: number) => clientFor(String(first + index)).Tally()
  const workers = Array.from({ length: count }, (_, index) => first + index)
  return Effect.map(times(count, begin), (): Started<number> => ({ first, workers }))
}

function askAll(clientFor: ClientFor, load: Load<number>) {
  const callers = Array.from({ length: load.callers }, (_, caller) =>
    askAs(caller, clientOf(clientFor, load), load),
  )
  const all = Effect.all(callers, { concurrency: 'unbounded' })
  return Effect.map(all, (rights) => rights.reduce((sum, right) => sum + right, 0))
}

/** Clients are kept of a few entities, and made for each question to one of many. */
function clientOf(clientFor: ClientFor, { asked, callers }: Load<number>) {
  const { workers } = asked
  if (workers.length > callers) return (index: number) => clientFor(String(itemAt(workers, index)))
  const kept = workers.map((id) => clientFor(String(id)))
  return (index: number) => itemAt(kept, index)
}

function askAs(caller: number, client: ReturnType<typeof clientOf>, load: Load<number>) {
  const { asked, next } = load
  let right = 0
  const askOne = (x: number) => {
    const index = next(caller)
    return Effect.map(client(index).Ask({ x }), (answer) => {
      if (answer === x + asked.first + index) right += 1
    })
  }
  return Effect.map(times(shareOf(load, caller), askOne), () => right)
}

function castAndCount(clientFor: ClientFor, id: number, count: number) {
  const client = clientFor(String(id))
  const cast = () => client.Cast(undefined, { discard: true })
  return Effect.flatMap(client.Tally(), (before) =>
    Effect.flatMap(times(count, cast), () => Effect.map(client.Tally(), (after) => after - before)),
  )
}

function crashEach(clientFor: ClientFor, { asked, count, next }: Load<number>) {
  const took: number[] = []
  const crashOne = (x: number) => {
    const index = next(0)
    const crash = thrown.size
    const client = clientFor(String(itemAt(asked.workers, index)))
    const beganAt = nowNs()
    return Effect.map(
      Effect.flatMap(client.Crash({ crash }), () => client.Ask({ x })),
      (answer) => {
        const isRight = answer === x + asked.first + index && thrown.has(crash)
        if (isRight) took.push(nowNs() - beganAt)
      },
    )
  }
  return Effect.map(times(count, crashOne), () => took)
}
