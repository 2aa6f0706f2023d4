/**
 * The feed of one trace.
 *
 * Invariant: the listener hears events in a later turn, in order; at most `maxWaiting` of them
 * wait, and where some were dropped it hears how many.
 */
import type { Process } from '../process/process.ts'
import type { SystemEvent } from '../process/system-event.ts'

/** Events that a listener was too slow for, told in their place. */
export interface TraceGap {
  readonly kind: 'dropped'
  readonly count: number
}

/** What the listener of a trace hears. */
export type TraceEvent = SystemEvent | TraceGap

/** A trace that goes on. */
export interface Trace {
  /** How many events were dropped so far. */
  readonly dropped: number
  /** Ends it: the listener is not called any more. Doing so again does nothing. */
  stop(): void
}

/** Whom a trace tells, and how much may wait for that. */
export interface TracePlan {
  readonly listener: (event: TraceEvent) => void
  readonly maxWaiting: number
}

/** One trace of one process. */
export class Tracing {
  readonly #process: Process
  readonly #plan: TracePlan
  #waiting: (SystemEvent | { kind: 'dropped'; count: number })[] = []
  #dropped = 0
  #isAsked = false
  #isStopped = false

  constructor(process: Process, plan: TracePlan) {
    this.#process = process
    this.#plan = plan
  }

  /** What the user is given. */
  get handle(): Trace {
    const dropped = (): number => this.#dropped
    return {
      get dropped() {
        return dropped()
      },
      stop: () => this.#stop(),
    }
  }

  /** An event of the process. */
  hear(event: SystemEvent): void {
    const { node } = this.#process
    // The end always fits: whoever waits for it must not miss it.
    if (this.#waiting.length < this.#plan.maxWaiting || event.kind === 'ended') {
      this.#waiting.push(event)
    } else this.#drop()
    if (this.#isAsked) return
    this.#isAsked = true
    node.later(() => this.#flush())
  }

  #drop(): void {
    this.#dropped += 1
    const last = this.#waiting.at(-1)
    if (last?.kind === 'dropped') last.count += 1
    else this.#waiting.push({ kind: 'dropped', count: 1 })
  }

  #flush(): void {
    const events = this.#waiting
    this.#waiting = []
    this.#isAsked = false
    for (const event of events) {
      if (this.#isStopped) return
      try {
        this.#plan.listener(Object.freeze(event))
      } catch (error) {
        const { reports } = this.#process.node
        reports.emit({ kind: 'listener_failed', listener: 'sys.trace', error })
      }
    }
  }

  #stop(): void {
    this.#isStopped = true
    this.#waiting = []
    this.#process.oversight?.debug?.remove(this)
  }
}
