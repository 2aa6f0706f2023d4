/**
 * What arrives at a probe, in order, and who waits for what of it.
 *
 * Invariant: each event is taken once, by the wait that has waited longest among those that want
 * it; after the end of the probe nobody waits any more.
 */

import { argumentError } from '../core/argument-error.ts'
import { noTimeMs } from '../core/deadlines.ts'
import { Exit, type ExitReason } from '../core/exit.ts'
import type { Protocol } from '../core/protocol.ts'
import { show } from '../core/show.ts'
import type { Down, ExitSignal } from '../process/envelope.ts'
import type { Expiring, Timers } from '../process/timers.ts'

/** A cast that has arrived. */
export type ProbeCast<P extends Protocol> = {
  [N in keyof P['casts'] & string]: {
    readonly kind: 'cast'
    readonly name: N
    readonly payload: P['casts'][N]['payload']
  }
}[keyof P['casts'] & string]

/** A call that has arrived; its caller waits until `reply` is called. */
export type ProbeCall<P extends Protocol> = {
  [N in keyof P['calls'] & string]: {
    readonly kind: 'call'
    readonly name: N
    readonly payload: P['calls'][N]['payload']
    /** Answers the caller. @throws ArgumentError FLOTILLA_INVALID_ARGUMENT for a promise */
    reply(value: P['calls'][N]['reply']): void
  }
}[keyof P['calls'] & string]

/** Something that has arrived at a probe. */
export type ProbeEvent<P extends Protocol> =
  | ProbeCast<P>
  | ProbeCall<P>
  /** Sent with `send`. */
  | { readonly kind: 'info'; readonly message: unknown }
  /** Of a monitor. */
  | { readonly kind: 'down'; readonly down: Down }
  /** Of a link, or sent with `exit`. */
  | { readonly kind: 'exit'; readonly signal: ExitSignal }

/** Any event, whatever the probe understands. */
export interface AnyProbeEvent {
  readonly kind: string
  readonly name?: string
  readonly payload?: unknown
  readonly message?: unknown
  readonly down?: Down
  readonly signal?: ExitSignal
  readonly reply?: (value: unknown) => void
}

/** What a wait is for. */
export interface Wanted {
  /** For messages, such as `cast "tick"`. */
  readonly text: string
  /** Code of a user, perhaps: it may throw. */
  readonly matches: (event: AnyProbeEvent) => boolean
}

/** What was waited for did not arrive in time. */
export class ProbeTimeout extends Error {
  override readonly name = 'ProbeTimeout'
}

const waitsMax = 1024
/** At most so many events are shown in a message. */
const shownMax = 10

/** The events of one probe. */
export class ProbeEvents {
  readonly #waiting = new Set<Wait>()
  #arrived: AnyProbeEvent[] = []
  #end: ExitReason | undefined = undefined

  /** What has arrived and was not taken, the oldest first. */
  get arrived(): readonly AnyProbeEvent[] {
    return [...this.#arrived]
  }

  /** Something has arrived. @returns how many events nobody has taken */
  add(event: AnyProbeEvent): number {
    for (const wait of this.#waiting) {
      if (!wait.take(event)) continue
      this.#waiting.delete(wait)
      return this.#arrived.length
    }
    return this.#arrived.push(event)
  }

  /** The probe has ended. */
  over(reason: ExitReason): void {
    this.#end = reason
    for (const wait of this.#waiting) wait.fail(new Exit(reason, 'Wait of a probe'))
    this.#waiting.clear()
  }

  /**
   * Takes the oldest event that is wanted, as soon as there is one.
   *
   * @throws ProbeTimeout, Exit (as rejections)
   */
  next(wanted: Wanted, timeoutMs: number | 'infinity', timers: Timers): Promise<AnyProbeEvent> {
    return new Promise((resolve, reject) => {
      const index = this.#arrived.findIndex((event) => wanted.matches(event))
      const [found] = index < 0 ? [] : this.#arrived.splice(index, 1)
      if (found !== undefined) resolve(found)
      else if (this.#end !== undefined) reject(new Exit(this.#end, 'Wait of a probe'))
      else {
        if (this.#waiting.size >= waitsMax) throw tooMany()
        this.#waiting.add(
          new Wait(wanted, { resolve, reject, timers }).start(timeoutMs, (wait) => {
            this.#waiting.delete(wait)
            return this.#arrived
          }),
        )
      }
    })
  }
}

interface WaitParts {
  readonly resolve: (event: AnyProbeEvent) => void
  readonly reject: (error: unknown) => void
  readonly timers: Timers
}

class Wait implements Expiring {
  dueMs = noTimeMs
  sequence = 0
  heapIndex = -1
  readonly #wanted: Wanted
  readonly #parts: WaitParts
  #giveUp: () => void = () => undefined

  constructor(wanted: Wanted, parts: WaitParts) {
    this.#wanted = wanted
    this.#parts = parts
  }

  start(timeoutMs: number | 'infinity', onGivenUp: (wait: Wait) => readonly AnyProbeEvent[]): this {
    if (timeoutMs === 'infinity') return this
    this.#giveUp = () => {
      const arrived = onGivenUp(this)
      const shown = arrived.slice(0, shownMax).map(textOf)
      if (arrived.length > shownMax) shown.push(`and ${arrived.length - shownMax} more`)
      const others = shown.join(', ') || 'nothing'
      const { text } = this.#wanted
      const message = `waited ${timeoutMs} ms in vain for ${text}; what has arrived is ${others}`
      this.#parts.reject(new ProbeTimeout(message))
    }
    this.#parts.timers.schedule(this, timeoutMs)
    return this
  }

  /** Whether the event is what was waited for, or its test has thrown. */
  take(event: AnyProbeEvent): boolean {
    try {
      if (!this.#wanted.matches(event)) return false
      this.#stop()
      this.#parts.resolve(event)
      return true
    } catch (error) {
      this.fail(error)
      return false
    }
  }

  fail(error: unknown): void {
    this.#stop()
    this.#parts.reject(error)
  }

  expire(): void {
    this.#giveUp()
  }

  #stop(): void {
    this.#parts.timers.cancel(this)
  }
}

function textOf(event: AnyProbeEvent): string {
  const { kind, name, payload, message, down, signal } = event
  if (name !== undefined) return `${kind} "${name}" ${show(payload)}`
  const reason = down?.reason ?? signal?.reason
  return reason === undefined ? `${kind} ${show(message)}` : `${kind} with ${reason.kind}`
}

function tooMany(): Error {
  return argumentError('limit', {
    attempted: 'wait for an event of a probe',
    problem: `${waitsMax} others wait already`,
    fix: 'await each before the next, or use several probes',
  })
}
