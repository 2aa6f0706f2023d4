/**
 * The floor's processes: an inbox whose messages are its links, a run queue, and nothing else.
 *
 * Invariant: sending only enqueues, and the messages of an actor are handled one at a time in the
 * order of their arrival. There are no links, time-outs, limits, checks, reports or yields.
 */

/** Which message it is; numbers, because comparing them costs least. */
export const kinds = { ask: 0, add: 1, crash: 2, start: 3, ended: 4, stop: 5, down: 6 } as const

/** What an actor does with a message. */
export interface Behaviour {
  receive(actor: Actor, envelope: Envelope): void
}

/** Whoever waits for an answer; which type it has is known to those two and to nobody between. */
interface Waiting {
  resolve(answer: unknown): void
}

/** A message on its way. */
export class Envelope {
  next: Envelope | undefined = undefined
  readonly kind: number
  readonly payload: unknown
  /** Of whoever waits for an answer. */
  readonly resolve: Waiting['resolve'] | undefined

  constructor(kind: number, payload: unknown, resolve: Waiting['resolve'] | undefined) {
    this.kind = kind
    this.payload = payload
    this.resolve = resolve
  }
}

/** One process. */
export class Actor {
  head: Envelope | undefined = undefined
  tail: Envelope | undefined = undefined
  nextRunnable: Actor | undefined = undefined
  queued = false
  alive = true
  state: unknown
  readonly number: number
  readonly behaviour: Behaviour
  readonly supervisor: Actor | undefined
  /** Who hears of its end; made for those that are monitored. */
  watcher: Actor | undefined = undefined
  /** Its neighbours among the children of its supervisor. */
  previous: Actor | undefined = undefined
  following: Actor | undefined = undefined

  constructor(number: number, behaviour: Behaviour, supervisor: Actor | undefined) {
    this.number = number
    this.behaviour = behaviour
    this.supervisor = supervisor
  }
}

/** Which actor runs next. */
export class RunQueue {
  #head: Actor | undefined = undefined
  #tail: Actor | undefined = undefined
  #requested = false
  readonly #settled = Promise.resolve()

  /** Puts a message into an inbox; its actor runs when the present code is done. */
  post(actor: Actor, envelope: Envelope): void {
    if (actor.tail === undefined) actor.head = envelope
    else actor.tail.next = envelope
    actor.tail = envelope
    if (actor.queued) return
    actor.queued = true
    if (this.#tail === undefined) this.#head = actor
    else this.#tail.nextRunnable = actor
    this.#tail = actor
    if (this.#requested) return
    this.#requested = true
    void this.#settled.then(this.#drain)
  }

  readonly #drain = (): void => {
    for (let actor = this.#head; actor !== undefined; actor = this.#head) {
      this.#head = actor.nextRunnable
      if (this.#head === undefined) this.#tail = undefined
      actor.nextRunnable = undefined
      actor.queued = false
      this.#run(actor)
    }
    this.#requested = false
  }

  #run(actor: Actor): void {
    let envelope = actor.head
    actor.head = undefined
    actor.tail = undefined
    for (; envelope !== undefined && actor.alive; envelope = envelope.next) {
      actor.behaviour.receive(actor, envelope)
    }
  }
}
