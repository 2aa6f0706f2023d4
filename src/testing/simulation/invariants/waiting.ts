/**
 * What waits in the mailboxes, in the order of sending.
 *
 * Invariant: it has exactly the messages that were sent, not yet begun and whose receiver lives; a
 * receiver that has ended has no table.
 */
import type { MessageKind, ProcessReference, SimulationEvent } from '../simulation-event.ts'
import { Groups } from './violated.ts'

/** The messages of some kinds, by receiver, each with its sender. */
export class Waiting {
  readonly #messages = new Groups<number, ProcessReference | undefined>(true)
  readonly #isMeant: (kind: MessageKind) => boolean

  constructor(isMeant: (kind: MessageKind) => boolean) {
    this.#isMeant = isMeant
  }

  /** How many living processes were sent something. */
  get size(): number {
    return this.#messages.size
  }

  /** What waits for a process; the earliest first. */
  of(process: ProcessReference): ReadonlyMap<number, ProcessReference | undefined> | undefined {
    return this.#messages.of(process)
  }

  on(event: SimulationEvent): void {
    switch (event.kind) {
      case 'message_sent':
        if (this.#isMeant(event.messageKind)) {
          this.#messages.set(event.to, event.message, event.from)
        }
        return
      case 'handler_began':
        this.#messages.delete(event.to, event.message)
        return
      case 'message_dropped':
        if (event.message !== undefined) this.#messages.delete(event.to, event.message)
        return
      case 'process_gone':
        this.#messages.drop(event.process)
    }
  }
}
