/**
 * The clients: what they do, whatever becomes of what they did before.
 *
 * Invariant: the duration of a call is counted from when it was meant to leave, not from when it
 * did: a program that is late cannot hide that by asking later.
 */
import { type Outcome, tryCall } from 'flotilla'
import type { Answer, Sent } from './oracle.ts'
import { operationKinds } from './workload.ts'
import type { World } from './world.ts'

/** All clients. */
export class Clients {
  readonly #world: World
  readonly #choices: ReturnType<typeof choicesOf>
  readonly #options: { readonly timeoutMs: number }

  constructor(world: World) {
    const { workload } = world.plan
    this.#world = world
    this.#choices = choicesOf(workload.mix)
    this.#options = { timeoutMs: workload.callTimeoutMs }
  }

  /** Does one thing, drawn by chance. @param intendedMs when it was meant to be done */
  act(intendedMs: number): void {
    const { random, zipf, tally } = this.#world
    tally.operations += 1
    const kind = random.weighted(this.#choices)
    const key = zipf.keyOf(random.share())
    switch (kind) {
      case 'call':
        this.#call(key, intendedMs)
        return
      case 'cast':
        this.#cast(key)
        return
      case 'lookup':
        this.#lookUp(key)
        return
      case 'count':
        this.#count(key)
    }
  }

  /** Walks all names and compares them, one by one, with who should hold them. */
  select(): void {
    const { names, oracle, tally } = this.#world
    tally.selects += 1
    for (const [index, fleet] of names.fleets.entries()) {
      let held = 0
      for (const key of fleet.keys()) if (oracle.holderOf(key) !== 0) held += 1
      oracle.counted(index, held)
    }
  }

  #call(key: number, intendedMs: number): void {
    const { names, oracle, tally } = this.#world
    tally.calls += 1
    const sent = oracle.call(key)
    void tryCall(names.via(key), 'add', undefined, this.#options).then((outcome) => {
      this.#over(sent, outcome, intendedMs)
    })
  }

  #over(sent: Sent, outcome: Outcome<Answer>, intendedMs: number): void {
    const { names, oracle, tally, latencies } = this.#world
    if (outcome.ok) {
      tally.answered += 1
      latencies.record(performance.now() - intendedMs)
      oracle.answered(sent, outcome.value)
      return
    }
    const { kind } = outcome.exit.reason
    tally.failed[kind] = (tally.failed[kind] ?? 0) + 1
    oracle.failed(sent, kind)
    oracle.lookedUp(sent.key, names.whereis(sent.key)?.serial, true)
  }

  #cast(key: number): void {
    const { names, oracle, tally } = this.#world
    tally.casts += 1
    oracle.cast(key)
    if (!names.fleetOf(key).cast(key, 'add')) tally.refusedCasts += 1
  }

  #lookUp(key: number): void {
    const { names, oracle } = this.#world
    oracle.lookedUp(key, names.whereis(key)?.serial)
  }

  #count(key: number): void {
    const { names, oracle, tally } = this.#world
    tally.counts += 1
    oracle.counted(key % names.fleets.length, names.fleetOf(key).size)
  }
}

function choicesOf(mix: World['plan']['workload']['mix']) {
  return operationKinds.map((kind) => [mix[kind], kind] as const)
}
