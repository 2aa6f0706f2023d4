/**
 * The host of a simulated node in one of its lives.
 *
 * Invariant: once it is closed nothing that it was given runs; its random numbers depend on the
 * seed, the name of the node and its life alone.
 */
import { checkDuration, checkFunction } from '../../core/argument-error.ts'
import { ignore } from '../../core/ignore.ts'
import type { Pid } from '../../core/pid.ts'
import { currentProcess } from '../../process/current.ts'
import type { Cancellable, Host, OnEscape } from '../../process/host.ts'
import { ObservedHost, type Observer } from '../../process/observer.ts'
import type { Process } from '../../process/process.ts'
import type { Engine } from './engine.ts'
import { Lane } from './lane.ts'
import type { NodeClock } from './node-clock.ts'

/** What a node may use of the world. */
export interface NodeHostOptions {
  /** `a`, or `a~2` in its second life. */
  readonly name: string
  readonly clock: NodeClock
  /** Where what outlives the node goes on: answers to whoever still asks it. */
  readonly afterEnd: Lane
  readonly random: () => number
  readonly observer: Observer
  readonly warn: (message: string) => void
  /** Offers errors that nobody handled; what it gives back takes that back. */
  readonly capture: NonNullable<Host['escapes']>['capture']
}

/** Time, randomness and scheduling of one life of a node. */
export class NodeHost extends ObservedHost {
  readonly name: string
  readonly lane: Lane
  readonly nodeClock: NodeClock
  readonly clock: Host['clock']
  readonly random: Host['random']
  readonly scheduler: Host['scheduler']
  readonly parallelism = (): number => cores
  readonly warn: NonNullable<Host['warn']>
  readonly escapes: NonNullable<Host['escapes']>
  readonly #engine: Engine
  readonly #captured = new Set<Cancellable>()
  readonly #codeTimers = new Map<Process, number>()
  #pendingTimers = 0

  constructor(engine: Engine, options: NodeHostOptions) {
    super(options.observer)
    const { name, clock, afterEnd, random, warn, capture } = options
    this.name = name
    this.#engine = engine
    this.lane = new Lane(engine, `node ${name}`)
    this.nodeClock = clock
    this.clock = {
      monotonicMs: () => clock.monotonicMs(),
      wallMs: () => clock.wallMs(),
      after: (delayMs, fire) => this.after(delayMs, fire),
    }
    this.random = { u32: random }
    this.scheduler = {
      yieldThen: (run) => engine.later(this.lane, checkedRun(run)),
      yieldAfterEnd: (run) => engine.later(afterEnd, checkedRun(run)),
      soon: (run) => this.lane.push(checkedRun(run)),
      choose: (count, pidAt) => this.#choose(count, pidAt),
    }
    this.warn = warn
    this.escapes = { capture: (onEscape) => this.#capture(capture, onEscape) }
  }

  /** Timers that the runtime has set and that are neither due nor taken back. */
  get pendingTimers(): number {
    return this.#pendingTimers
  }

  /** How many listen to errors that nobody handled. */
  get escapeListeners(): number {
    return this.#captured.size
  }

  /** Nothing that it was given runs any more. */
  close(): void {
    this.lane.close()
    for (const each of this.#captured) each.cancel()
    this.#captured.clear()
  }

  /** A timer of the runtime of this node. @throws ArgumentError FLOTILLA_INVALID_OPTION */
  after(delayMs: number, fire: () => void): Cancellable {
    const timer = this.#timer(delayMs, fire, () => {
      this.#pendingTimers -= 1
    })
    this.#pendingTimers += 1
    return timer
  }

  /** A timer of code that runs on this node: one it forgets is nothing that the runtime left. */
  codeTimer(delayMs: number, fire: () => void): Cancellable {
    const owner = currentProcess()
    if (owner === undefined) return this.#timer(delayMs, fire, ignore)
    const timer = this.#timer(delayMs, fire, () => this.#countTimer(owner, -1))
    this.#countTimer(owner, 1)
    return timer
  }

  /** Whether code of a process has set a timer that is neither due nor taken back. */
  hasCodeTimer(process: Process): boolean {
    return this.#codeTimers.has(process)
  }

  #countTimer(owner: Process, change: number): void {
    const count = (this.#codeTimers.get(owner) ?? 0) + change
    if (count === 0) this.#codeTimers.delete(owner)
    else this.#codeTimers.set(owner, count)
  }

  #timer(delayMs: number, fire: () => void, onOver: () => void): Cancellable {
    const attempted = 'set a timer of a simulated node'
    checkDuration(attempted, delayMs, { option: 'delayMs' })
    checkFunction(attempted, fire, 'fire')
    let isPending = true
    const over = (): boolean => {
      const wasPending = isPending
      isPending = false
      if (wasPending) onOver()
      return wasPending
    }
    // A node that is held up may take its timer back when it is due and before it has fired.
    const due = this.#engine.after(this.nodeClock.worldUs(delayMs), this.lane, () => {
      if (over()) fire()
    })
    return {
      cancel: () => {
        over()
        due.cancel()
      },
    }
  }

  #choose(count: number, pidAt: (index: number) => Pid | undefined): number {
    return this.#engine.choose(count, (index) => `${this.name}/${pidAt(index)?.serial}`)
  }

  #capture(capture: NodeHostOptions['capture'], onEscape: OnEscape): Cancellable {
    const captured = capture(onEscape)
    this.#captured.add(captured)
    return {
      cancel: () => {
        this.#captured.delete(captured)
        captured.cancel()
      },
    }
  }
}

/** What a simulated node says when it is asked how much can run at the same time. */
const cores = 4

function checkedRun(run: () => void): () => void {
  checkFunction('schedule on a simulated node', run, 'run')
  return run
}
