/**
 * What is known of the messages and processes of a simulation beside themselves: numbers, senders.
 *
 * Invariant: numbers are given in the order of sending, across all nodes and lives, a reference
 * means one process of one life for ever, and a message is forgotten once nothing more comes of it.
 */
import type { Envelope } from '../../process/envelope.ts'
import type { NodeRuntime } from '../../process/node-runtime.ts'
import type { Process } from '../../process/process.ts'
import type { Request, RequestKind } from '../../process/request.ts'
import type { ProcessReference } from './simulation-event.ts'

type Known = Envelope | Request<RequestKind>

interface Entry {
  readonly number: number
  /** By the monotonic clock of the node of its receiver. */
  readonly sentMs: number
  sender: string | undefined
  isHandled: boolean
}

/** The book of one run. */
export class MessageBook {
  // Not weak: tables of that kind cost more with every collection of garbage than all the rest.
  readonly #entries = new Map<Known, Entry>()
  readonly #references = new Map<Process, ProcessReference>()
  readonly #prefixes = new WeakMap<NodeRuntime, string>()
  #last = 0

  /** The processes of a node are called by this prefix and their serial. */
  know(node: NodeRuntime, prefix: string): void {
    this.#prefixes.set(node, prefix)
  }

  reference(process: Process): ProcessReference {
    const known = this.#references.get(process)
    if (known !== undefined) return known
    const prefix = this.#prefixes.get(process.node) ?? process.node.name
    const reference = `${prefix}/${process.pid.serial}`
    if (process.alive) this.#references.set(process, reference)
    return reference
  }

  /** A process is over; its reference stays what it is. */
  gone(process: Process): void {
    this.#references.delete(process)
  }

  /** The number of a message, given to it now if it has none. */
  number(envelope: Known, nowMs: number): number {
    const known = this.#entries.get(envelope)
    if (known !== undefined) return known.number
    this.#last += 1
    const entry = { number: this.#last, sentMs: nowMs, sender: undefined, isHandled: false }
    this.#entries.set(envelope, entry)
    return this.#last
  }

  numberOf(envelope: Known): number | undefined {
    return this.#entries.get(envelope)?.number
  }

  sentMs(envelope: Known): number | undefined {
    return this.#entries.get(envelope)?.sentMs
  }

  noteSender(envelope: Known, sender: string | undefined): void {
    const entry = this.#entries.get(envelope)
    if (entry !== undefined) entry.sender = sender
  }

  senderOf(envelope: Known): string | undefined {
    return this.#entries.get(envelope)?.sender
  }

  /** Its handler is done, or never will begin. */
  handled(envelope: Known): void {
    const entry = this.#entries.get(envelope)
    if (entry === undefined) return
    entry.isHandled = true
    if (!('settled' in envelope) || envelope.settled) this.#entries.delete(envelope)
  }

  /** A call has its answer. */
  settled(request: Request<RequestKind>): void {
    const entry = this.#entries.get(request)
    if (entry?.isHandled || !request.target.alive) this.#entries.delete(request)
  }
}
