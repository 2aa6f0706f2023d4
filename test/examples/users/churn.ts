/**
 * Churn for the soak tests: workers end in every way they can, and everybody who hears of it looks
 * the name up at once.
 *
 * Invariant: it waits for events only. A round is over when the feed has told of a registration for
 * every worker that was ended, and everybody who waited for one has looked.
 */

import {
  cast,
  defineServer,
  ended,
  exit,
  isAlive,
  type Pid,
  type ProtocolOf,
  type RegistryEvent,
  reply,
  samePid,
  stop,
  tryCall,
  type UniqueRegistry,
} from 'flotilla'

/** A worker that can be told to end. */
export const Mortal = defineServer({
  name: 'mortal',
  init: (key: number) => key,
  calls: { who: (key) => reply(key, key) },
  casts: {
    fail: (): never => {
      throw new Error('as asked')
    },
    leave: (key) => stop({ kind: 'shutdown' }, key),
  },
})

/** Where names are looked up: a registry or a fleet. */
export type Names = Pick<
  UniqueRegistry<number, ProtocolOf<typeof Mortal>>,
  'via' | 'whereis' | 'watch'
>

/** What a soak has seen; all but the first three must be 0. */
export interface Findings {
  readonly lookups: number
  readonly exits: number
  readonly registrations: number
  /** Look-ups that showed a process that had ended. */
  readonly dead: number
  /** Look-ups that did not show the worker of a key that nobody had touched. */
  readonly lost: number
  /** Answers of a worker to a call for another. */
  readonly strangers: number
  /** Events of the feed that no single holder at a time could have caused. */
  readonly gaps: number
}

/** Ends workers until so many look-ups were made right after an end. */
export async function churn(names: Names, keys: readonly number[], lookups: number) {
  const soak = new Soak(names, keys)
  for (let round = 0; soak.lookups < lookups; round += 1) await soak.round(round)
  soak.stop()
  return soak.findings()
}

/** How a worker can end. */
const ways = ['kill', 'shutdown', 'fail', 'leave'] as const

class Soak {
  lookups = 0
  readonly #names: Names
  readonly #keys: readonly number[]
  readonly #feed: { stop(): void }
  /** Who holds each name, as the feed tells it. */
  readonly #holders = new Map<number, Pid>()
  readonly #counts = { exits: 0, registrations: 0, dead: 0, lost: 0, strangers: 0, gaps: 0 }
  #expected = 0
  #complete: () => void = () => undefined

  constructor(names: Names, keys: readonly number[]) {
    this.#names = names
    this.#keys = keys
    for (const key of keys) {
      const pid = names.whereis(key)
      if (pid !== undefined) this.#holders.set(key, pid)
    }
    this.#feed = names.watch((event) => this.#hear(event))
  }

  /** Ends every second worker in one turn, and waits until all are back. */
  async round(number: number): Promise<void> {
    const victims = this.#keys.filter((key) => (key + number) % 2 === 0)
    const others = this.#keys.filter((key) => (key + number) % 2 === 1)
    const before = others.map((key) => this.#names.whereis(key))
    this.#expected = victims.length
    const back = new Promise<void>((resolve) => {
      this.#complete = resolve
    })
    const witnesses = victims.flatMap((key, index) => this.#end(key, ways[(number + index) % 4]))
    await Promise.all([back, ...witnesses])
    for (const [index, key] of others.entries()) {
      const pid = this.#look(key)
      if (pid === undefined || pid !== before[index]) this.#counts.lost += 1
    }
  }

  stop(): void {
    this.#feed.stop()
  }

  findings(): Findings {
    return { lookups: this.lookups, ...this.#counts }
  }

  /** Ends a worker; gives those who hear of it in their own turn, and look then. */
  #end(key: number, way: (typeof ways)[number] | undefined): Promise<void>[] {
    const via = this.#names.via(key)
    const pid = this.#look(key)
    if (pid === undefined) {
      this.#counts.lost += 1
      return []
    }
    this.#counts.exits += 1
    const witnesses = Array.from({ length: 4 }, () => this.#await(pid, key))
    if (way === 'fail' || way === 'leave') {
      witnesses.push(this.#ask(key))
      cast(via, way)
    }
    // Sent to the worker that ends: the answer is the end, and whoever gets it looks.
    witnesses.push(this.#ask(key))
    if (way === 'kill' || way === 'shutdown') {
      exit(pid, way)
      if (this.#look(key) !== undefined) this.#counts.dead += 1
    }
    return witnesses
  }

  async #await(pid: Pid, key: number): Promise<void> {
    await ended(pid)
    this.#look(key)
  }

  async #ask(key: number): Promise<void> {
    const outcome = await tryCall(this.#names.via(key), 'who')
    if (outcome.ok && outcome.value !== key) this.#counts.strangers += 1
    this.#look(key)
  }

  #look(key: number): Pid | undefined {
    this.lookups += 1
    const pid = this.#names.whereis(key)
    if (pid !== undefined && !isAlive(pid)) this.#counts.dead += 1
    return pid
  }

  /** The holders must change as one holder at a time would make them. */
  #hear({ kind, key, pid }: RegistryEvent<number>): void {
    this.#look(key)
    const holder = this.#holders.get(key)
    if (kind === 'unregister') {
      if (holder === undefined || !samePid(holder, pid)) this.#counts.gaps += 1
      this.#holders.delete(key)
      return
    }
    if (holder !== undefined) this.#counts.gaps += 1
    this.#holders.set(key, pid)
    this.#counts.registrations += 1
    this.#expected -= 1
    if (this.#expected === 0) this.#complete()
  }
}
