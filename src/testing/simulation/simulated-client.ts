/**
 * A client of a simulation: code outside of any process whose steps the schedule orders.
 *
 * Invariant: its random numbers depend on the seed and its name alone.
 */
import { checkCount, checkDuration, checkFunction } from '../../core/argument-error.ts'
import { below, fraction } from '../random-source.ts'
import type { Engine } from './engine.ts'
import type { Lane } from './lane.ts'
import type { Client, World } from './world.ts'

/** What a client is made of. */
export interface ClientOptions<M> {
  readonly name: string
  readonly index: number
  readonly world: World<M>
  readonly engine: Engine
  readonly lane: Lane
  readonly source: () => number
}

/** One client of a run. */
export class SimulatedClient<M> implements Client<M> {
  readonly name: string
  readonly index: number
  readonly world: World<M>
  readonly #engine: Engine
  readonly #lane: Lane
  readonly #source: () => number

  constructor(options: ClientOptions<M>) {
    this.name = options.name
    this.index = options.index
    this.world = options.world
    this.#engine = options.engine
    this.#lane = options.lane
    this.#source = options.source
  }

  get goesOn(): boolean {
    return this.world.phase === 'faults'
  }

  sleepMs(delayMs: number): Promise<void> {
    checkDuration('sleep as a client', delayMs, { option: 'delayMs' })
    return new Promise((resolve) => void this.#engine.after(delayMs * 1000, this.#lane, resolve))
  }

  turn(): Promise<void> {
    return new Promise((resolve) => this.#lane.push(resolve))
  }

  random(): number {
    return fraction(this.#source)
  }

  below(limit: number): number {
    checkCount('draw a number', limit, { option: 'limit', min: 1 })
    return below(this.#source, limit)
  }

  pick<T>(list: readonly T[]): T {
    const index = this.below(list.length)
    for (const item of list.slice(index, index + 1)) return item
    throw new Error('the list has changed')
  }

  async every(intervalMs: number, work: () => unknown): Promise<void> {
    checkFunction('do something again and again', work, 'work')
    while (this.goesOn) {
      await this.sleepMs(intervalMs)
      if (this.goesOn) await work()
    }
  }

  note(text: string): void {
    this.world.note(`${this.name}: ${text}`)
  }
}
