/**
 * Which process runs next, for how long, without starving input and timers.
 *
 * Invariant: handlers run only inside `#drain`, one at a time. A turn is what happens between two
 * visits to the event loop's poll phase. Within a turn, runs are started as soon as the present
 * code is done, so a short conversation does not wait for the event loop; when the turn has used up
 * its time, what is left waits for the next one. Under a host that chooses, a run is one message.
 */
import { noTimeMs } from '../core/deadlines.ts'
import { shift, unshift } from '../core/inbox.ts'
import { trust } from '../core/trust.ts'
import { beginRun, clearContext, endRun, runKept } from './current.ts'
import type { Envelope } from './envelope.ts'
import type { Host } from './host.ts'
import type { KeptContexts } from './kept-contexts.ts'
import type { Observer } from './observer.ts'
import type { Process } from './process.ts'
import { RunQueue } from './run-queue.ts'

/** After this much time the event loop gets its chance. */
const turnMs = 1
/** Bounds a turn under a clock that does not move by itself. */
const turnMessages = 16_384
/** A process with more messages than this goes to the back of the queue. */
const sliceMessages = 64
/** So many processes per turn may pass those that wait already. */
const passesPerTurn = 64
/** The clock is read once per so many messages. */
const messagesPerClockRead = 16

/** What the scheduler tells its node. */
export interface SchedulerOwner {
  /** A turn has ended. */
  endTurn(): void
  /** The runtime itself threw: a defect, after which its tables cannot be trusted. */
  fault(error: unknown): void
  /** Who is told of the messages that are handled, if anybody is. */
  readonly observer: Observer | undefined
  /** Contexts to run messages in, where that is quicker than to make one. */
  readonly contexts: KeptContexts | undefined
}

/** The run queue of one node. */
export class Scheduler {
  readonly #host: Host
  readonly #owner: SchedulerOwner
  readonly #choose: Host['scheduler']['choose']
  readonly #queue = new RunQueue()
  /** Who goes before the queue, the latest first; each stands here once. */
  readonly #first: Process[] = []
  /** What is to be handled first in the context that was kept, which passes on no more than one. */
  #wokenBy: Envelope | undefined = undefined
  /** Whose code is on the stack, and the message it handles: kept in no process, as in RunQueue. */
  #running: Process | undefined = undefined
  #inHand: Envelope | undefined = undefined
  #draining = false
  #requested = false
  #turnOpen = false
  #exhausted = false
  #turnStartMs = noTimeMs
  #handled = 0
  #passed = 0

  constructor(host: Host, owner: SchedulerOwner) {
    this.#host = host
    this.#owner = owner
    this.#choose = host.scheduler.choose?.bind(host.scheduler)
  }

  /** Lets a process with a message run; nothing happens if it is queued already or busy. */
  ready(process: Process): void {
    if (process.queuedAt >= 0 || process.busy || process.phase !== 'running') return
    this.#queue.push(process, undefined)
    this.#request()
  }

  /** Lets an idle process run with this message; false if the message belongs into the inbox. */
  wake(process: Process, message: Envelope): boolean {
    if (process.size > 0 || process.queuedAt >= 0 || process.busy) return false
    if (process.phase !== 'running' || process.oversight !== undefined) return false
    process.size = 1
    this.#queue.push(process, message)
    this.#request()
    return true
  }

  /** Takes the oldest message of a process, wherever it waits. */
  take(process: Process): Envelope | undefined {
    const message = this.#queue.takeMessage(process)
    if (message === undefined) return shift(process)
    process.size -= 1
    return message
  }

  /** Puts all messages of a process into its inbox, for whoever looks through that. */
  gather(process: Process): void {
    const message = this.#queue.takeMessage(process)
    if (message !== undefined) putBack(process, message)
  }

  /** The message that a process handles, while its code is on the stack. */
  inHandOf(process: Process): Envelope | undefined {
    return this.#running === process ? this.#inHand : undefined
  }

  /** A process has no message in hand any more. */
  letGo(process: Process): void {
    process.held = undefined
    if (this.#running === process) this.#inHand = undefined
  }

  /**
   * As `ready`, but before the whole queue, even if the process has its place in that already: for
   * a supervisor that has lost a child, so that the gap in which a name leads nowhere does not grow
   * with the load. It is one run; whoever has more to do queues up behind the others, and so does
   * everybody once a turn has had its share of these: two processes that keep sending each other
   * exit signals must not hold up the rest. Where the host chooses, it is `ready`.
   */
  readyNext(process: Process): void {
    if (process.goesFirst || process.busy || process.phase !== 'running') return
    if (this.#passed >= passesPerTurn || this.#choose !== undefined) {
      this.ready(process)
      return
    }
    this.#passed += 1
    process.goesFirst = true
    this.#first.push(process)
    this.#request()
  }

  /** Makes sure that the present turn will be ended, even if no process runs in it. */
  openTurn(): void {
    if (this.#turnOpen) return
    this.#turnOpen = true
    this.#exhausted = false
    this.#handled = 0
    this.#passed = 0
    this.#turnStartMs = this.#host.clock.monotonicMs()
    this.#host.scheduler.yieldThen(this.#nextTurn)
  }

  #isWaitedFor(): boolean {
    return this.#queue.size > 0 || this.#first.length > 0
  }

  #request(): void {
    if (this.#draining || this.#requested) return
    this.openTurn()
    if (this.#exhausted) return
    this.#requested = true
    const { scheduler } = this.#host
    if (scheduler.soon === undefined) scheduler.yieldThen(this.#run)
    else scheduler.soon(this.#run)
  }

  readonly #run = (): void => {
    this.#requested = false
    this.openTurn()
    if (!this.#exhausted) this.#drain()
  }

  readonly #nextTurn = (): void => {
    this.#turnOpen = false
    this.#owner.endTurn()
    if (this.#isWaitedFor() && !this.#requested) {
      this.openTurn()
      this.#drain()
    }
  }

  #drain(): void {
    if (this.#draining) return
    this.#draining = true
    beginRun()
    try {
      if (this.#choose === undefined) this.#runQueue()
      else this.#runChosen(this.#choose)
    } catch (error) {
      this.#owner.fault(error)
    } finally {
      this.#draining = false
      this.#running = undefined
      this.#inHand = undefined
      endRun()
      // A host that chooses may go on in the same callback.
      if (this.#choose !== undefined) clearContext()
    }
    if (this.#choose !== undefined && this.#isWaitedFor()) this.#request()
  }

  #runQueue(): void {
    const { contexts } = this.#owner
    while (!this.#exhausted) {
      const urgent = this.#first.pop()
      const process = urgent ?? this.#queue.peek()
      if (process === undefined) break
      if (urgent !== undefined) urgent.goesFirst = false
      const message = urgent === undefined ? this.#queue.shift() : undefined
      const context = contexts?.of(process)
      if (context === undefined) this.#slice(process, message, sliceMessages)
      else {
        this.#wokenBy = message
        runKept(process, context, this.#wholeSlice)
      }
    }
  }

  /** One message of whoever the host chooses; the others keep their order. */
  #runChosen(choose: NonNullable<Host['scheduler']['choose']>): void {
    const waiting = [...this.#queue]
    const ready = waiting.filter((each) => each.phase === 'running' && each.size > 0)
    const chosen =
      ready.length === 0 ? undefined : ready[choose(ready.length, (index) => ready[index]?.pid)]
    let wokenBy: Envelope | undefined
    for (const process of waiting) {
      const message = this.#queue.shift()
      if (process === chosen) wokenBy = message
      else if (mayRun(process) && process.size > 0) this.#queue.push(process, message)
      else if (message !== undefined) putBack(process, message)
    }
    if (chosen !== undefined) this.#slice(chosen, wokenBy, 1)
  }

  readonly #wholeSlice = (process: Process): void => {
    const message = this.#wokenBy
    this.#wokenBy = undefined
    this.#slice(process, message, sliceMessages)
  }

  /** @param wokenBy the message that waited with its place in the run queue */
  #slice(process: Process, wokenBy: Envelope | undefined, messages: number): void {
    const { observer } = this.#owner
    let first = wokenBy
    this.#running = process
    for (let count = 0; count < messages; count += 1) {
      if (!mayRun(process)) {
        if (first !== undefined) putBack(process, first)
        return
      }
      const { oversight } = process
      let envelope = first
      if (envelope !== undefined) {
        first = undefined
        process.size -= 1
      } else envelope = oversight === undefined ? this.take(process) : oversight.take()
      if (envelope === undefined) return
      this.#inHand = envelope
      observer?.began(process, envelope)
      if (oversight === undefined) {
        process.turn = (process.turn + 1) | 0
        // A request of the system comes with an oversight.
        process.behaviour.receive(process, trust(envelope))
      } else oversight.handOver(envelope)
      if (process.busy) process.held = this.#inHand
      else observer?.done(process)
      this.#handled += 1
      if (this.#handled % messagesPerClockRead === 0 && this.#isSpent()) {
        this.#exhausted = true
        break
      }
      if (process.size === 0) return
    }
    if (process.size > 0) this.ready(process)
  }

  #isSpent(): boolean {
    return (
      this.#handled >= turnMessages || this.#host.clock.monotonicMs() - this.#turnStartMs >= turnMs
    )
  }
}

function mayRun(process: Process): boolean {
  return !process.busy && process.phase === 'running'
}

/** The message is older than all in the inbox, which has counted it all the time. */
function putBack(process: Process, message: Envelope): void {
  process.size -= 1
  unshift(process, message)
}
