/**
 * What one part of a simulation has to do, in order: a node, a client, the world itself.
 *
 * Invariant: what is put in comes out in the same order and one at a time; a lane that is held up
 * keeps what it has, and one that is closed drops it.
 */
import type { Engine } from './engine.ts'

/** A part of a simulation that the schedule can choose. */
export class Lane {
  readonly name: string
  /** Whether the engine has it among those that can go on; only the engine writes this. */
  isListed = false
  readonly #engine: Engine
  #tasks: (() => void)[] = []
  #taken = 0
  #isHeldUp = false
  #isClosed = false

  constructor(engine: Engine, name: string) {
    this.#engine = engine
    this.name = name
  }

  /** Whether something could be run now. */
  get isReady(): boolean {
    return !this.#isHeldUp && this.#taken < this.#tasks.length
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  push(task: () => void): void {
    if (this.#isClosed) return
    this.#tasks.push(task)
    this.#engine.list(this)
  }

  /** Runs the oldest task. */
  runOne(): void {
    const task = this.#tasks[this.#taken]
    this.#taken += 1
    if (this.#taken === this.#tasks.length) {
      this.#tasks = []
      this.#taken = 0
    }
    task?.()
  }

  holdUp(): void {
    this.#isHeldUp = true
  }

  goOn(): void {
    this.#isHeldUp = false
    this.#engine.list(this)
  }

  /** Drops what waits and whatever comes. */
  close(): void {
    this.#isClosed = true
    this.#tasks = []
    this.#taken = 0
  }
}
