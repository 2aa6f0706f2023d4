/**
 * What the global functions of a simulation find: the clocks, the randomness and the place of
 * whoever runs now.
 */
import { ownerOfContext } from '../../process/attribution.ts'
import { currentProcess } from '../../process/current.ts'
import type { Cancellable } from '../../process/host.ts'
import { forkedSource, fraction } from '../random-source.ts'
import type { CheckedExternal } from './external.ts'
import type { Lane } from './lane.ts'
import { NodeHost } from './node-host.ts'
import { Place } from './place.ts'
import { SimulationEscape } from './refusals.ts'
import type { SimulatedWorld } from './simulated-world.ts'
import type { Surroundings } from './surroundings.ts'

/** When the world begins, by the clock of those who are on no node. */
const startWallMs = Date.UTC(2026, 0, 1)

/** The surroundings of the code of one world. */
export class WorldSurroundings<M> implements Surroundings {
  readonly #world: SimulatedWorld<M>
  readonly #outsideSource: () => number
  readonly #externalSource: () => number

  constructor(world: SimulatedWorld<M>) {
    this.#world = world
    this.#outsideSource = forkedSource(world.seed, 'outside')
    this.#externalSource = forkedSource(world.seed, 'externals')
  }

  isForeign(): boolean {
    if (this.#world.engine.isActing) return false
    return currentProcess() === undefined && ownerOfContext() === undefined
  }

  wallMs(): number {
    return this.#host()?.nodeClock.wallMs() ?? startWallMs + Math.floor(this.#world.nowMs)
  }

  monotonicMs(): number {
    return this.#host()?.nodeClock.monotonicMs() ?? this.#world.nowMs
  }

  u32(): number {
    return this.#host()?.random.u32() ?? this.#outsideSource()
  }

  after(delayMs: number, fire: () => void): Cancellable {
    const host = this.#host()
    if (host !== undefined) return host.codeTimer(delayMs, fire)
    return this.#world.engine.after(delayMs * 1000, this.#lane(), fire)
  }

  unhandled(error: unknown, rejected?: object): void {
    // The refusal has ended the run already, and says more.
    if (!(error instanceof SimulationEscape)) this.#world.unhandled(error, rejected)
  }

  external(name: string): CheckedExternal | undefined {
    return this.#world.plan.externals.get(name)
  }

  externalUsed(name: string, outcome: 'done' | 'failed'): void {
    this.#world.log.add({ kind: 'external', name, outcome })
  }

  drawExternal({ leastMs, mostMs, failureRate }: CheckedExternal): {
    readonly fails: boolean
    readonly delayMs: number
  } {
    const source = this.#externalSource
    const delayMs = leastMs + fraction(source) * (mostMs - leastMs)
    return { fails: fraction(source) < failureRate, delayMs }
  }

  refused(name: string, callSite: string): void {
    this.#world.fail('refused', name, new SimulationEscape(name, callSite))
  }

  #host(): NodeHost | undefined {
    const host = currentProcess()?.node.host
    if (host instanceof NodeHost) return host
    const owner = ownerOfContext()
    return owner instanceof Place ? owner.host : undefined
  }

  #lane(): Lane {
    const owner = ownerOfContext()
    return owner instanceof Place ? owner.lane : this.#world.lane
  }
}
