/**
 * Everything that happens in a run, in order: hashed, shown to whoever checks it, and partly kept.
 *
 * Invariant: the hash covers the time and the text of every event and every decision between
 * several; two runs with the same hash went the same way.
 */
import { createHash, type Hash } from 'node:crypto'
import { LastItems } from '../../core/last-items.ts'
import { textOf } from './event-text.ts'
import type { SimulationEvent, SimulationEventContent } from './simulation-event.ts'

/** So much text is put into the hash at a time. */
const chunkUnits = 16_384

/** The log of one run. */
export class EventLog {
  readonly #nowUs: () => number
  readonly #hear: (event: SimulationEvent) => void
  readonly #last: LastItems<SimulationEvent>
  readonly #hash: Hash = createHash('sha256')
  #unhashed = ''
  #events = 0

  /**
   * @param nowUs the time of the world
   * @param kept how many of the last events are kept
   * @param hear called with each event; it must not throw
   */
  constructor(nowUs: () => number, kept: number, hear: (event: SimulationEvent) => void) {
    this.#nowUs = nowUs
    this.#last = new LastItems(kept)
    this.#hear = hear
  }

  /** How many events there were. */
  get events(): number {
    return this.#events
  }

  /** @param content made for this log, which completes it in place: a copy would cost the most */
  add(content: SimulationEventContent): void {
    this.#events += 1
    const nowUs = this.#nowUs()
    const event = Object.assign(content, { sequence: this.#events, atMs: nowUs / 1000 })
    this.#take(`${nowUs} ${textOf(event)}\n`)
    // Not the text as well: it is the larger part, and few runs are ever shown.
    this.#last.add(event)
    this.#hear(event)
  }

  /** A decision between several. */
  addChoice(choice: number): void {
    this.#take(`?${choice}\n`)
  }

  /** The last events, the oldest first. */
  recent(): readonly SimulationEvent[] {
    return this.#last.toArray()
  }

  /** Of everything so far, which ends the log. */
  digest(): string {
    return this.#hash.update(this.#unhashed).digest('hex')
  }

  #take(text: string): void {
    this.#unhashed += text
    if (this.#unhashed.length < chunkUnits) return
    this.#hash.update(this.#unhashed)
    this.#unhashed = ''
  }
}

/** A line of a timeline. */
export function lineOf(event: SimulationEvent): string {
  const { sequence, atMs } = event
  return `${String(sequence).padStart(7)} ${atMs.toFixed(3).padStart(12)} ms  ${textOf(event)}`
}
