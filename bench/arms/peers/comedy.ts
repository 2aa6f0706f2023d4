/**
 * Comedy, in memory: actors that are classes, children of the root actor.
 *
 * In memory a message is a call of the handler in a later turn, with no mailbox between: handlers
 * of one actor may run at the same time if they wait for something. A handler that throws rejects
 * the question, and the actor goes on with the state it had: there is nothing to restart.
 *
 * The system is left to the end of the OS process: destroying it looks for each actor in a list of
 * all, minutes for 100,000 of them.
 */
import { type Actor, type ActorRef, createSystem } from 'comedy'
import type { Load, Peer, Started } from './peer.ts'
import { askAll, crashEach } from './promised.ts'

class Worker {
  #id = 0
  #tally = 0

  initialize(self: ActorRef): void {
    this.#id = self.getCustomParameters().id
  }

  ask(x: number): number {
    this.#tally += 1
    return x + this.#id
  }

  cast(): void {
    this.#tally += 1
  }

  tally(): number {
    return this.#tally
  }

  crash(): never {
    throw new Error('crash')
  }
}

/** Opens a system that logs nothing. */
export async function openComedy(): Promise<Peer<ActorRef>> {
  const system = createSystem({})
  system.getLog().setLevel(system.getLog().levels().Silent)
  const root = await system.rootActor()
  return {
    start: (first, count) => startActors(root, first, count),
    ask: (load) => askAll(load, ask),
    castAndCount,
    crashAndAsk: (load: Load<ActorRef>) => crashEach(load, { ask, crash }),
    close: () => Promise.resolve(),
  }
}

async function startActors(root: Actor, first: number, count: number): Promise<Started<ActorRef>> {
  const workers: ActorRef[] = []
  for (let id = first; id < first + count; id += 1) {
    workers.push(await root.createChild(Worker, { mode: 'in-memory', customParameters: { id } }))
  }
  return { first, workers }
}

function ask(actor: ActorRef, x: number): PromiseLike<number> {
  return actor.sendAndReceive('ask', x)
}

function crash(actor: ActorRef): PromiseLike<unknown> {
  return actor.sendAndReceive('crash')
}

/**
 * What `send` gives resolves when the message is on its way to the handler, which a question sent
 * earlier than that would overtake.
 */
async function castAndCount(actor: ActorRef, count: number): Promise<number> {
  const before = await actor.sendAndReceive('tally')
  let last: PromiseLike<void> | undefined
  for (let sent = 0; sent < count; sent += 1) last = actor.send('cast')
  await last
  return (await actor.sendAndReceive('tally')) - before
}
