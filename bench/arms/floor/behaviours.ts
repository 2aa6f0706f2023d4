/**
 * What the floor's processes do: count, keep workers running, count reports.
 */
import { Actor, type Behaviour, Envelope, kinds, type RunQueue } from './actor.ts'

interface Counter {
  readonly id: string
  readonly count: number
}

/** What all of them share. */
export class World {
  readonly names = new Map<string, Actor>()
  readonly queue: RunQueue
  #lastNumber = 0

  constructor(queue: RunQueue) {
    this.queue = queue
  }

  /** The number of the next process. */
  takeNumber(): number {
    this.#lastNumber += 1
    return this.#lastNumber
  }

  /** Ends a process: its name is free, and who has to know is told. */
  end(actor: Actor, tellSupervisor: boolean): void {
    if (!actor.alive) return
    actor.alive = false
    const { state, supervisor, watcher } = actor
    if (isCounter(state)) this.names.delete(state.id)
    if (tellSupervisor && supervisor !== undefined) {
      this.queue.post(supervisor, new Envelope(kinds.ended, actor, undefined))
    }
    if (watcher !== undefined) this.queue.post(watcher, new Envelope(kinds.down, actor, undefined))
  }
}

/** A worker: adds up what it is sent. */
export class WorkerBehaviour implements Behaviour {
  readonly #world: World

  constructor(world: World) {
    this.#world = world
  }

  receive(actor: Actor, { kind, payload, resolve }: Envelope): void {
    const { state } = actor
    if (kind === kinds.ask && isCounter(state)) resolve?.(state.id)
    else if (kind === kinds.add && isCounter(state) && typeof payload === 'number') {
      const count = state.count + payload
      actor.state = { id: state.id, count } satisfies Counter
      resolve?.(count)
    } else {
      this.#world.end(actor, true)
      resolve?.(0)
    }
  }
}

/** A supervisor: starts workers by name, one by one, and again when they have ended. */
export class SupervisorBehaviour implements Behaviour {
  readonly #world: World
  readonly #worker: Behaviour
  #newest: Actor | undefined = undefined

  constructor(world: World) {
    this.#world = world
    this.#worker = new WorkerBehaviour(world)
  }

  receive(actor: Actor, { kind, payload, resolve }: Envelope): void {
    if (kind === kinds.start && typeof payload === 'string') {
      resolve?.(this.#start(actor, payload))
    } else if (kind === kinds.ended && payload instanceof Actor) {
      this.#forget(payload)
      if (isCounter(payload.state)) this.#start(actor, payload.state.id)
    } else if (kind === kinds.stop) {
      this.#stopAll()
      resolve?.(0)
    }
  }

  #start(self: Actor, id: string): number {
    const { names } = this.#world
    if (names.has(id)) return 0
    const worker = new Actor(this.#world.takeNumber(), this.#worker, self)
    worker.state = { id, count: 0 } satisfies Counter
    names.set(id, worker)
    worker.previous = this.#newest
    if (this.#newest !== undefined) this.#newest.following = worker
    this.#newest = worker
    return worker.number
  }

  #forget(child: Actor): void {
    if (child.previous !== undefined) child.previous.following = child.following
    if (child.following !== undefined) child.following.previous = child.previous
    else this.#newest = child.previous
    child.previous = undefined
    child.following = undefined
  }

  /** The newest first. */
  #stopAll(): void {
    for (let child = this.#newest; child !== undefined; child = this.#newest) {
      this.#forget(child)
      this.#world.end(child, false)
    }
  }
}

/** Monitors processes; says when all have ended. */
export class WatcherBehaviour implements Behaviour {
  #left: number
  #heard = 0
  readonly #whenAll: (heard: number) => void

  constructor(count: number, whenAll: (heard: number) => void) {
    this.#left = count
    this.#whenAll = whenAll
  }

  receive(_actor: Actor, { kind, payload }: Envelope): void {
    this.#left -= 1
    if (kind === kinds.down && payload instanceof Actor && !payload.alive) this.#heard += 1
    if (this.#left === 0) this.#whenAll(this.#heard)
  }
}

function isCounter(state: unknown): state is Counter {
  return typeof state === 'object'
}
