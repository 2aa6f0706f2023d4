/**
 * The floor's fleet: a bare Map of names and bare actors; the line below which the product cannot
 * get without dropping names, supervision or the order of messages.
 */
import type { Fleet, FleetShape, Watch } from '../work/fleet.ts'
import { Actor, Envelope, kinds, RunQueue } from './actor.ts'
import { SupervisorBehaviour, WatcherBehaviour, WorkerBehaviour, World } from './behaviours.ts'

/** Opens a fleet without workers. */
export async function openFloor({ supervisors = 1 }: FleetShape = {}): Promise<Fleet<Actor>> {
  const queue = new RunQueue()
  const world = new World(queue)
  const pools = Array.from({ length: supervisors }, () => newSupervisor(world))
  let started = 0

  function ask<Reply>(actor: Actor | undefined, kind: number, payload: unknown): Promise<Reply> {
    if (actor === undefined) return Promise.reject(new Error('nobody is there'))
    return new Promise((resolve) => queue.post(actor, new Envelope(kind, payload, resolve)))
  }

  async function stopWorkers(): Promise<void> {
    for (const pool of pools) await ask(pool, kinds.stop, undefined)
  }

  return {
    async start(key) {
      const pool = pools[started % supervisors]
      started += 1
      if ((await ask(pool, kinds.start, key)) === 0) throw new Error(`Cannot start ${key}`)
    },
    ask: (key) => ask(world.names.get(key), kinds.ask, undefined),
    add: (key) => ask(world.names.get(key), kinds.add, 1),
    tell(key) {
      const worker = world.names.get(key)
      if (worker !== undefined) queue.post(worker, new Envelope(kinds.add, 1, undefined))
    },
    async crash(key) {
      await ask(world.names.get(key), kinds.crash, undefined)
    },
    whereis: (key) => world.names.get(key),
    numberOf: (worker) => worker.number,
    kill: (worker) => world.end(worker, true),
    names: () => world.names.size,
    watch: async (count) => watched(world, count),
    stopWorkers,
    close: stopWorkers,
  }
}

function newSupervisor(world: World): Actor {
  return new Actor(world.takeNumber(), new SupervisorBehaviour(world), undefined)
}

function watched(world: World, count: number): Watch<Actor> {
  let whenAll: (heard: number) => void = () => undefined
  const reported = new Promise<number>((resolve) => {
    whenAll = resolve
  })
  const watcher = new Actor(world.takeNumber(), new WatcherBehaviour(count, whenAll), undefined)
  const idle = new WorkerBehaviour(world)
  const workers = Array.from({ length: count }, () => {
    const worker = new Actor(world.takeNumber(), idle, undefined)
    worker.watcher = watcher
    return worker
  })
  return { workers, reported }
}
