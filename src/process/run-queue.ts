/**
 * The processes that may run, in order, and the messages that idle ones were woken by.
 *
 * Why here and not in the inbox: a message is young and a process mostly old. The collector keeps a
 * list of old objects that lead to young ones and goes to see each of them, which among very many
 * processes is a cache miss for each message. The places of this queue are few and used again.
 *
 * Invariant: a process stands here at most once and knows its place; places are free but for the
 * `size` from the first one on. A message here is older than all in the inbox of its process, which
 * counts it as one of its own.
 */
import type { Envelope } from './envelope.ts'
import type { Process } from './process.ts'

const placesMin = 64
/** A queue that had more places than this gives them back when it runs empty. */
const placesKept = 16_384

/** The run queue of one node; it never holds more than there are processes. */
export class RunQueue {
  #processes: (Process | undefined)[] = []
  #messages: (Envelope | undefined)[] = []
  #first = 0
  #size = 0

  constructor() {
    this.#makePlaces(placesMin)
  }

  get size(): number {
    return this.#size
  }

  /** How much room there is, for leak tests. */
  get placeCount(): number {
    return this.#processes.length
  }

  /** Puts a process that is not here behind all others. */
  push(process: Process, message: Envelope | undefined): void {
    if (this.#size === this.#processes.length) this.#makePlaces(2 * this.#size)
    const place = (this.#first + this.#size) & (this.#processes.length - 1)
    this.#size += 1
    process.queuedAt = place
    this.#processes[place] = process
    this.#messages[place] = message
  }

  /** Takes the message that waits here with a process, which keeps its place. */
  takeMessage({ queuedAt }: Process): Envelope | undefined {
    if (queuedAt < 0) return undefined
    const message = this.#messages[queuedAt]
    if (message !== undefined) this.#messages[queuedAt] = undefined
    return message
  }

  /** The process that has waited longest. */
  peek(): Process | undefined {
    return this.#processes[this.#first]
  }

  /** Takes out the process that has waited longest, and gives the message that waited with it. */
  shift(): Envelope | undefined {
    const place = this.#first
    const process = this.#processes[place]
    if (process === undefined) return undefined
    const message = this.#messages[place]
    this.#processes[place] = undefined
    this.#messages[place] = undefined
    process.queuedAt = -1
    this.#first = (place + 1) & (this.#processes.length - 1)
    this.#size -= 1
    if (this.#size === 0 && this.#processes.length > placesKept) this.#makePlaces(placesMin)
    return message
  }

  /** Who waits here, the longest first. */
  *[Symbol.iterator](): IterableIterator<Process> {
    const mask = this.#processes.length - 1
    for (let index = 0; index < this.#size; index += 1) {
      const process = this.#processes[(this.#first + index) & mask]
      if (process !== undefined) yield process
    }
  }

  /** A power of two, so that a place is found without a division. */
  #makePlaces(count: number): void {
    const processes = this.#processes
    const messages = this.#messages
    const first = this.#first
    const size = this.#size
    this.#processes = new Array<Process | undefined>(count).fill(undefined)
    this.#messages = new Array<Envelope | undefined>(count).fill(undefined)
    this.#first = 0
    this.#size = 0
    for (let index = 0; index < size; index += 1) {
      const place = (first + index) & (processes.length - 1)
      const process = processes[place]
      if (process !== undefined) this.push(process, messages[place])
    }
  }
}
