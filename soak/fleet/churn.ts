/**
 * The churn: ends workers, in every way in which one can end.
 *
 * Invariant: the oracle knows of a blow before it falls.
 */
import { exit, type Pid } from 'flotilla'
import { type EndKind, endKinds } from './workload.ts'
import { fleetName, type World } from './world.ts'

/** How often another victim is drawn when one is not there or as good as dead. */
const drawsMax = 8

/** The churn of one run. */
export class Churn {
  readonly #world: World
  readonly #choices: readonly (readonly [weight: number, kind: EndKind])[]
  readonly #underWay = new Set<Promise<unknown>>()

  constructor(world: World) {
    const { churn } = world.plan.workload
    this.#world = world
    this.#choices = endKinds.map((kind) => [churn[kind], kind] as const)
  }

  /** Ends one worker, drawn by chance. */
  strike(): void {
    const { random, tally, names, oracle, plan } = this.#world
    const kind = random.weighted(this.#choices)
    for (let draw = 0; draw < drawsMax; draw += 1) {
      const key = random.below(plan.load.workers)
      const pid = oracle.canStrike(key) ? names.holder(key) : undefined
      if (pid === undefined) continue
      tally.blows[kind] = (tally.blows[kind] ?? 0) + 1
      names.remember(key, pid)
      this.#strike(kind, key, pid)
      return
    }
    tally.misses += 1
  }

  /** Kills the supervisor of a fleet, and with it all its workers. */
  loseKeeper(): void {
    const { tree, oracle, tally, plan, names } = this.#world
    const { fleets, workers } = plan.load
    const index = tally.keeperLosses % fleets
    const keeper = tree.whichChildren().find(({ id }) => id === fleetName(index))?.pid
    if (typeof keeper !== 'object') return
    tally.keeperLosses += 1
    for (let key = index; key < workers; key += fleets) {
      oracle.strikeKeeperOf(key)
      const pid = names.holder(key)
      if (pid !== undefined) names.remember(key, pid)
    }
    exit(keeper, 'kill')
  }

  /** Lets one handler block the thread. */
  stall(): void {
    const { random, names, tally, plan } = this.#world
    const key = random.below(plan.load.workers)
    tally.stalls += 1
    names.fleetOf(key).cast(key, 'stall', plan.load.stallMs)
  }

  /** Resolves when no blow is on its way to a keeper any more. */
  async settled(): Promise<void> {
    await Promise.all(this.#underWay)
  }

  #strike(kind: EndKind, key: number, pid: Pid): void {
    const { oracle, names, armed, random } = this.#world
    const isTimed = kind === 'kill' || kind === 'throw' || kind === 'escape'
    oracle.strike(key, isTimed ? performance.now() : undefined)
    const fleet = names.fleetOf(key)
    switch (kind) {
      case 'initFailure':
        armed.add(key)
        exit(pid, 'kill')
        return
      case 'kill':
        exit(pid, 'kill')
        return
      case 'throw':
      case 'stop':
      case 'slowEnd':
        fleet.cast(key, kind)
        return
      case 'escape':
        fleet.cast(key, kind, random.below(2) === 0 ? 'timer' : 'rejection')
        return
      case 'supervisorStop':
        this.#wait(fleet.stop(key))
    }
  }

  /** An order that is lost with its keeper is no failure: the oracle sees what became of it. */
  #wait(stopping: Promise<unknown>): void {
    const underWay = stopping.catch(() => undefined)
    this.#underWay.add(underWay)
    void underWay.finally(() => this.#underWay.delete(underWay))
  }
}
