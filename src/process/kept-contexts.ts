/**
 * The asynchronous contexts of the processes that are busy just now.
 *
 * Invariant: a context belongs to a living process, and there are never more of them than places.
 * The first message of a process only takes the place; its context is made with the second, since
 * most of many processes are not asked twice in a row.
 */
import { capturedContext, contextsAreCopied, KeptContext } from './attribution.ts'
import type { Process } from './process.ts'

/** How many processes may have one at the same time. */
const places = 256

/** One place for each of the last few processes. */
export class KeptContexts {
  readonly #holders = new Array<Process | undefined>(places).fill(undefined)
  readonly #contexts = new Array<KeptContext | undefined>(places).fill(undefined)
  #next = 0
  /** Where the node was started: what kept contexts hold of other people's is from there. */
  readonly #outside = capturedContext()

  /** The context of nobody. */
  readonly nobody = this.#keep(undefined)

  /** Made only where it is quicker to keep contexts than to change them for each message. */
  static ifWorthIt(): KeptContexts | undefined {
    return contextsAreCopied() ? new KeptContexts() : undefined
  }

  /** The context of a process, if it has one. */
  of(process: Process): KeptContext | undefined {
    const place = process.contextPlace
    if (this.#holders[place] === process) {
      return this.#contexts[place] ?? this.#make(process, place)
    }
    this.#take(process)
    return undefined
  }

  /** The process has ended. */
  forget(process: Process): void {
    const place = process.contextPlace
    if (this.#holders[place] !== process) return
    this.#holders[place] = undefined
    this.#contexts[place] = undefined
  }

  /** Gives a process the place that was taken longest ago. */
  #take(process: Process): void {
    const place = this.#next
    this.#next = (place + 1) % places
    process.contextPlace = place
    this.#holders[place] = process
    this.#contexts[place] = undefined
  }

  #make(process: Process, place: number): KeptContext {
    const context = this.#keep(process)
    this.#contexts[place] = context
    return context
  }

  #keep(owner: Process | undefined): KeptContext {
    return this.#outside(() => new KeptContext(owner))
  }
}
