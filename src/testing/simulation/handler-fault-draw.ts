/**
 * Which handlers are disturbed in a run.
 *
 * Invariant: what befalls the n-th message of a process depends on the seed, the process and n
 * alone, so that a fault that is left out leaves the others where they are.
 */
import { hashText } from '../../core/hash.ts'
import type { Process } from '../../process/process.ts'
import { randomSource } from '../random-source.ts'
import type { FaultRates, NewFault } from './fault.ts'
import type { HandlerFault } from './faulty-server.ts'
import { isQuiet } from './swarm.ts'

/** What a draw asks of its world. */
export interface WorldOfHandlers {
  nowMs(): number
  /** Whether there are to be no faults any more. */
  areOver(): boolean
  reference(process: Process): string
  /** Whether a fault may happen, which it then has. */
  inject(fault: NewFault): boolean
}

const kinds = ['throw_before', 'throw_after', 'slow', 'escape'] as const
/** The slowest handlers outlast the time-out of a call. */
const slowMsMax = 8000
const windowMs = 1000

/** Draws for one run. */
export class HandlerFaultDraw {
  readonly #seed: number
  readonly #rates: FaultRates
  readonly #world: WorldOfHandlers
  readonly #isIdle: boolean
  #window = -1
  #isWindowQuiet = false

  constructor(seed: number, rates: FaultRates, world: WorldOfHandlers) {
    this.#seed = seed
    this.#rates = rates
    this.#world = world
    this.#isIdle = kinds.every((kind) => (rates[kind] ?? 0) === 0)
  }

  /** Whether nothing is to go wrong now. */
  isQuiet(): boolean {
    if (this.#world.areOver()) return true
    const window = Math.floor(this.#world.nowMs() / windowMs)
    if (window !== this.#window) {
      this.#window = window
      this.#isWindowQuiet = isQuiet(this.#seed, window * windowMs)
    }
    return this.#isWindowQuiet
  }

  /** What befalls the message that a process has in its hands. */
  draw(process: Process): HandlerFault | undefined {
    if (this.#isIdle || this.isQuiet()) return undefined
    const target = this.#world.reference(process)
    const drawn = hashText(`${target} ${process.turn}`, this.#seed)
    let lot = drawn / 2 ** 32
    for (const kind of kinds) {
      const rate = this.#rates[kind] ?? 0
      if (lot < rate) {
        const name = `${kind} ${target} ${process.turn}`
        if (!this.#world.inject({ kind, name, target })) return undefined
        if (kind !== 'slow') return { kind, name }
        const source = randomSource(drawn)
        return { kind, name, delayMs: (source() % slowMsMax) / (1 + (source() % 100)) }
      }
      lot -= rate
    }
    return undefined
  }
}
