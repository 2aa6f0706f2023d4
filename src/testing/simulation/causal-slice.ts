/**
 * What led to an event: who sent what to whom, back from it.
 *
 * Invariant: an event is in the slice if it is the last one, a fault that befell somebody in the
 * slice, or belongs to a message or an end that something in the slice came from.
 */
import { lineOf } from './event-log.ts'
import type { SimulationEvent } from './simulation-event.ts'

/** So many lines say more than all of them. */
const linesMax = 80

/**
 * Walks back through the log.
 *
 * @param log the oldest first; the last one is what is to be explained
 * @returns lines, the oldest first
 */
export function causalSlice(log: readonly SimulationEvent[]): string[] {
  const walk = new Walk()
  const lines: string[] = []
  for (let index = log.length - 1; index >= 0 && lines.length < linesMax; index -= 1) {
    const event = log[index]
    if (event === undefined) continue
    if (index === log.length - 1) walk.begin(event)
    if (walk.takes(event) || index === log.length - 1) lines.push(lineOf(event))
  }
  return lines.reverse()
}

class Walk {
  readonly #messages = new Set<number>()
  /** Whose doings matter from here back, until the message in hand then is found. */
  readonly #actors = new Set<string>()

  begin(event: SimulationEvent): void {
    for (const actor of actorsOf(event)) this.#actors.add(actor)
    if ('message' in event && event.message !== undefined) this.#messages.add(event.message)
  }

  takes(event: SimulationEvent): boolean {
    switch (event.kind) {
      case 'message_sent':
        if (!this.#messages.has(event.message)) return false
        if (event.from !== undefined) this.#actors.add(event.from)
        return true
      case 'handler_began':
        // What a process does, it does because of the message in its hands, and of all before it.
        if (!this.#messages.has(event.message) && !this.#actors.has(event.to)) return false
        this.#messages.add(event.message)
        this.#actors.add(event.to)
        return true
      case 'call_settled':
        if (event.from !== undefined && this.#actors.has(event.from)) {
          if (event.message !== undefined) this.#messages.add(event.message)
          return true
        }
        return event.message !== undefined && this.#messages.has(event.message)
      case 'handler_ended':
        return this.#messages.has(event.message)
      case 'process_ended':
      case 'name_taken':
      case 'name_freed':
        return this.#actors.has(event.process)
      case 'process_starting':
        if (!this.#actors.has(event.process)) return false
        if (event.parent !== undefined) this.#actors.add(event.parent)
        return true
      case 'fault':
        return this.#touches(event.target)
      case 'noted':
        return this.#touches(event.by)
      default:
        return false
    }
  }

  #touches(target: string): boolean {
    for (const actor of this.#actors) {
      if (actor === target || actor.split(/[~/]/)[0] === target) return true
    }
    return false
  }
}

function actorsOf(event: SimulationEvent): string[] {
  const actors: string[] = []
  if ('process' in event) actors.push(event.process)
  if ('to' in event) actors.push(event.to)
  if ('from' in event && event.from !== undefined) actors.push(event.from)
  if ('by' in event) actors.push(event.by)
  if (event.kind === 'client_ended') actors.push(event.client)
  if ('watcher' in event) actors.push(event.watcher)
  return actors
}
