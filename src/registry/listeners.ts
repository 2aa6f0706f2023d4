/**
 * A feed of events to user code.
 *
 * Invariant: a listener gets every event since it was added, once and in order, in a later turn
 * than the event, never inside the step that caused it.
 */
import { argumentError } from '../core/argument-error.ts'
import type { NodeRuntime } from '../process/node-runtime.ts'

interface Listener<E> {
  readonly hear: (event: E) => void
  waiting: E[]
  stopped: boolean
}

/** Who listens to one feed. */
export class Listeners<E> {
  #listeners: readonly Listener<E>[] = []

  /** Whether anybody listens. */
  get isHeard(): boolean {
    return this.#listeners.length > 0
  }

  /** Adds a listener. @throws ArgumentError FLOTILLA_INVALID_ARGUMENT */
  add(hear: (event: E) => void): { stop(): void } {
    if (typeof hear !== 'function') {
      throw argumentError('invalid_argument', {
        attempted: 'watch',
        subject: 'the listener',
        given: hear,
        wanted: 'a function',
      })
    }
    const listener: Listener<E> = { hear, waiting: [], stopped: false }
    this.#listeners = [...this.#listeners, listener]
    return {
      stop: () => {
        listener.stopped = true
        this.#listeners = this.#listeners.filter((other) => other !== listener)
      },
    }
  }

  /** Passes an event on to whoever listens now; all get the same, so none may change it. */
  tell(node: NodeRuntime, event: E): void {
    if (this.#listeners.length > 0) Object.freeze(event)
    for (const listener of this.#listeners) {
      listener.waiting.push(event)
      if (listener.waiting.length === 1) node.later(() => flush(node, listener))
    }
  }
}

function flush<E>(node: NodeRuntime, listener: Listener<E>): void {
  const { waiting } = listener
  listener.waiting = []
  for (const event of waiting) {
    if (listener.stopped) return
    try {
      listener.hear(event)
    } catch (error) {
      node.reports.emit({ kind: 'listener_failed', listener: 'watch', error })
    }
  }
}
