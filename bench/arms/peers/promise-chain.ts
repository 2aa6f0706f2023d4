/**
 * What people write by hand where they have no library: one chain of promises for each key, so that
 * one message of a key is handled at a time.
 *
 * The idle mailbox of a key is the settled end of its chain. A handler that throws rejects the
 * question alone; the chain goes on, and so does the state.
 */
import { keyOf } from '../work/keys.ts'
import type { Load, Peer, Started } from './peer.ts'
import { askAll, crashEach } from './promised.ts'

class Mailboxes {
  readonly #ends = new Map<string, Promise<unknown>>()

  open(key: string): void {
    this.#ends.set(key, Promise.resolve())
  }

  /** Handles a message after all earlier ones of the key, however those ended. */
  send<Answer>(key: string, handle: () => Answer | Promise<Answer>): Promise<Answer> {
    const before = this.#ends.get(key)
    if (before === undefined) return Promise.reject(new Error(`There is no worker ${key}`))
    const answer = before.then(handle, handle)
    this.#ends.set(key, answer)
    return answer
  }
}

class Worker {
  readonly #id: number
  #tally = 0

  constructor(id: number) {
    this.#id = id
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

/** Opens an empty map of mailboxes. */
export async function openPromiseChain(): Promise<Peer<number>> {
  const mailboxes = new Mailboxes()
  const workers = new Map<string, Worker>()
  const worker = (key: string): Worker => {
    const found = workers.get(key)
    if (found === undefined) throw new Error(`There is no worker ${key}`)
    return found
  }
  const send = <Answer>(id: number, handle: (worker: Worker) => Answer): Promise<Answer> => {
    const key = keyOf(id)
    return mailboxes.send(key, () => handle(worker(key)))
  }
  const ask = (id: number, x: number): Promise<number> => send(id, (each) => each.ask(x))
  const crash = (id: number): Promise<number> => send(id, (each) => each.crash())
  const open = (id: number): number => {
    const key = keyOf(id)
    workers.set(key, new Worker(id))
    mailboxes.open(key)
    return id
  }
  return {
    start: async (first, count): Promise<Started<number>> => ({
      first,
      workers: Array.from({ length: count }, (_, index) => open(first + index)),
    }),
    ask: (load) => askAll(load, ask),
    castAndCount: async (id, count) => {
      const tally = () => send(id, (each) => each.tally())
      const before = await tally()
      for (let sent = 0; sent < count; sent += 1) void send(id, (each) => each.cast())
      return (await tally()) - before
    },
    crashAndAsk: (load: Load<number>) => crashEach(load, { ask, crash }),
    close: () => Promise.resolve(),
  }
}
