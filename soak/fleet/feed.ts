/**
 * What the event feed tells: to the oracle the ends of workers, to the tally what should not be.
 *
 * Invariant: the oracle hears of an end before any code of a user runs after it.
 */
import { type FlotillaEvent, watchEvents } from 'flotilla'
import type { World } from './world.ts'

/** The name of the node of a run. */
export const nodeName = 'soak'

/** Listens until it is closed. */
export class Feed {
  readonly #world: World
  readonly #watch: { stop(): void }
  /** Keys of which an end was heard in this turn. */
  #ended: number[] = []

  constructor(world: World) {
    this.#world = world
    this.#watch = watchEvents((event) => {
      if (event.node === nodeName) this.#heard(event)
    })
  }

  close(): void {
    this.#watch.stop()
  }

  #heard(event: FlotillaEvent): void {
    const { complaints } = this.#world.tally
    switch (event.kind) {
      case 'process_ended':
        this.#endOf(event.pid.serial, event.reason.kind)
        return
      case 'parked':
      case 'overload':
      case 'unhandled_message':
      case 'late_reply':
      case 'listener_failed':
        complaints[event.kind] = (complaints[event.kind] ?? 0) + 1
    }
  }

  #endOf(serial: number, reason: string): void {
    const { keys, oracle, defects } = this.#world
    const key = keys.get(serial)
    // One that never had its first state: a start that failed, or a supervisor.
    if (key === undefined) return
    keys.delete(serial)
    const returns = reason !== 'normal' && reason !== 'shutdown'
    oracle.freed(key, { serial, reason, returns }, performance.now())
    defects.workerEnded()
    // A listener must not call back into the node; the next turn is soon enough for a look-up.
    if (this.#ended.push(key) === 1) queueMicrotask(() => this.#lookUpEnded())
  }

  #lookUpEnded(): void {
    const { names, oracle } = this.#world
    const keys = this.#ended
    this.#ended = []
    for (const key of keys) oracle.lookedUp(key, names.whereis(key)?.serial, true)
  }
}
