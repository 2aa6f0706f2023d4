/**
 * The fire: ends random workers, in every way in which a worker can end.
 *
 * Invariants: the seed alone decides who is aimed at, in which order and how; a blow whose victim
 * is not there misses, and takes nobody else instead. It keeps its rate over time, however late a
 * timer comes.
 */

import { exit, type Pid } from 'flotilla'
import type { Lookups } from './lookups.ts'
import type { Perils } from './perils.ts'
import type { Randomness } from './random.ts'
import { type KillKind, killKinds } from './tally.ts'

/** One blow, before it is known whether its victim is there. */
export interface Blow {
  readonly fleet: 'users' | 'games'
  /** The place of the victim in its fleet. */
  readonly index: number
  readonly kind: KillKind
  /** Tells blows of one kind apart: which reason, how many failures. */
  readonly variant: number
}

/** How many workers each fleet has. */
export interface FleetSizes {
  readonly users: number
  readonly games: number
}

/** Nothing makes a game end itself in the middle of a move, so `stop` is for users alone. */
const gameKinds: readonly KillKind[] = killKinds.filter((kind) => kind !== 'stop')

/** Draws the next blow; always the same number of draws, so that blows do not depend on luck. */
export function nextBlow(random: Randomness, sizes: FleetSizes): Blow {
  const fleet = random.below(2) === 0 ? 'users' : 'games'
  const index = random.below(sizes[fleet])
  const kinds = fleet === 'users' ? killKinds : gameKinds
  const kind = kinds[random.below(kinds.length)] ?? 'kill'
  return { fleet, index, kind, variant: random.below(2) }
}

/** A worker as the fire sees it. */
export interface Victim {
  readonly name: string
  readonly perils: Perils
  whereis(): Pid | undefined
  /** Sends the exit signal of a variant. */
  signal(pid: Pid, variant: number): void
  /** Makes it throw in a handler, soon. */
  throws(variant: number): Promise<unknown>
  /** Makes it end by a step of its own, soon; absent: it never does so. */
  readonly stops: ((variant: number) => Promise<unknown>) | undefined
}

/** What the fire is made of. */
export interface ChaosPlan {
  /** Who is at this place of a fleet now; nobody while the place is being cleared. */
  readonly victimOf: (blow: Blow) => Victim | undefined
  readonly sizes: FleetSizes
  readonly killsPerSecond: number
  readonly random: Randomness
  readonly lookups: Lookups
}

/** How often the fire looks at the clock. */
const tickMs = 5
/** Blows in one go, so that the event loop breathes after a stall. */
const blowsPerTickMax = 1000

/** The running fire. */
export class Chaos {
  readonly #plan: ChaosPlan
  readonly #underWay = new Set<Promise<unknown>>()
  #timer: NodeJS.Timeout | undefined = undefined
  #startedMs = 0
  #blows = 0

  constructor(plan: ChaosPlan) {
    this.#plan = plan
  }

  start(): void {
    this.#startedMs = performance.now()
    this.#timer = setInterval(() => this.#tick(), tickMs)
  }

  /** Ends the fire; resolves when no blow is on its way any more. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await Promise.all(this.#underWay)
  }

  #tick(): void {
    const seconds = (performance.now() - this.#startedMs) / 1000
    const due = Math.floor(seconds * this.#plan.killsPerSecond) - this.#blows
    for (let count = 0; count < Math.min(due, blowsPerTickMax); count += 1) {
      this.#blows += 1
      this.strike(nextBlow(this.#plan.random, this.#plan.sizes))
    }
  }

  /** Strikes one blow, if its victim is there. */
  strike(blow: Blow): void {
    const victim = this.#plan.victimOf(blow)
    const pid = victim === undefined ? undefined : this.#find(victim)
    if (victim === undefined || pid === undefined || !victim.perils.canStrike(pid)) return
    const { kind, variant } = blow
    switch (kind) {
      case 'kill':
        this.#endNow(victim, { kind, pid, end: () => exit(pid, 'kill') })
        return
      case 'exitSignal':
        this.#endNow(victim, { kind, pid, end: () => victim.signal(pid, variant) })
        return
      case 'failingInit':
        victim.perils.armInit(victim.name, 1 + variant)
        this.#endNow(victim, { kind, pid, end: () => exit(pid, 'kill') })
        return
      case 'throw':
        this.#endSoon(victim, victim.throws(variant))
        return
      case 'stop':
        if (victim.stops !== undefined) this.#endSoon(victim, victim.stops(variant))
    }
  }

  /** Ends a worker in this very turn, and looks it up before anybody else runs. */
  #endNow(victim: Victim, { kind, pid, end }: Ending): void {
    victim.perils.strike(kind, victim.name, pid)
    end()
    this.#plan.lookups.checkFree(victim.name, victim.whereis())
  }

  /** Waits for an end that the worker brings about itself, and looks it up right after. */
  #endSoon(victim: Victim, ending: Promise<unknown>): void {
    const underWay = ending.then(
      () => this.#find(victim),
      () => this.#find(victim),
    )
    this.#underWay.add(underWay)
    void underWay.finally(() => this.#underWay.delete(underWay))
  }

  #find(victim: Victim): Pid | undefined {
    return this.#plan.lookups.check(victim.name, victim.whereis())
  }
}

interface Ending {
  readonly kind: KillKind
  readonly pid: Pid
  readonly end: () => void
}
