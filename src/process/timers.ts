/**
 * Every deadline of a node behind one timer of the host.
 *
 * Invariant: the host's timer is armed for the earliest deadline, or not at all. However many are
 * due at once, as after the thread stood still for a while, they take turns with the processes:
 * else all calls that wait would run out before the first of them is looked at.
 *
 * Calls are not scheduled one by one: most are answered in the turn in which they are made, so they
 * wait in a list until the turn ends and only those still open get a deadline (a timer per call
 * costs more than the call).
 */
import { type DeadlineEntry, Deadlines, noTimeMs } from '../core/deadlines.ts'
import type { Cancellable, Host } from './host.ts'

/** Something that happens at a time unless cancelled before. */
export interface Expiring extends DeadlineEntry {
  expire(): void
}

/** A call that may still be open when the turn ends. */
export interface OpenCall extends Expiring {
  readonly settled: boolean
  readonly timeoutMs: number | 'infinity'
}

/** A list of calls this short is left as it is. */
const openMin = 64

/** After this much time what else is due waits, as processes do that have used up their turn. */
const fireMs = 1
/** The clock is read once per so many. */
const expiriesPerClockRead = 16

/** Longer delays overflow in the timers of Node and would fire at once. */
const hostDelayMaxMs = 2 ** 31 - 1

/** The deadlines of one node. */
export class Timers {
  readonly #clock: Host['clock']
  readonly #scheduler: Host['scheduler']
  readonly #deadlines = new Deadlines<Expiring>()
  #open: OpenCall[] = []
  /** With this many calls in the list the settled ones are dropped from it. */
  #openMax = openMin
  #armed: Cancellable | undefined = undefined
  #armedForMs = noTimeMs
  /** Whether what is due goes on to expire in the next turn. */
  #pausing = false

  constructor({ clock, scheduler }: Pick<Host, 'clock' | 'scheduler'>) {
    this.#clock = clock
    this.#scheduler = scheduler
  }

  /** Deadlines waiting, for statistics and leak tests. */
  get size(): number {
    return this.#deadlines.size
  }

  /** Calls that wait for the end of the turn, for leak tests. */
  get openCount(): number {
    return this.#open.length
  }

  nowMs(): number {
    return this.#clock.monotonicMs()
  }

  /** Lets `entry` expire `delayMs` milliseconds from now. */
  schedule(entry: Expiring, delayMs: number): void {
    this.#deadlines.schedule(entry, this.nowMs() + delayMs)
    this.#arm()
  }

  /** Whether the entry was still waiting. */
  cancel(entry: Expiring): boolean {
    if (entry.heapIndex < 0) return false
    this.#deadlines.cancel(entry)
    // An armed timer would keep the OS process alive with nothing left to wait for.
    if (this.#deadlines.size === 0) this.#disarm()
    return true
  }

  /** Milliseconds until the entry expires, if it still waits. */
  leftMs(entry: Expiring): number | undefined {
    return entry.heapIndex < 0 ? undefined : Math.max(0, entry.dueMs - this.nowMs())
  }

  /** Watches over a call from the end of this turn on. */
  watch(request: OpenCall): void {
    if (this.#open.length >= this.#openMax) this.#dropSettled()
    this.#open.push(request)
  }

  /** The turn has ended: gives a deadline to each call that is still open. */
  endTurn(): void {
    if (this.#open.length === 0) return
    const open = this.#open
    this.#open = []
    this.#openMax = openMin
    const nowMs = this.nowMs()
    for (const request of open) {
      if (request.settled || request.timeoutMs === 'infinity') continue
      this.#deadlines.schedule(request, nowMs + request.timeoutMs)
    }
    this.#arm()
  }

  /** Drops every deadline and frees the host's timer. */
  clear(): void {
    this.#open = []
    this.#deadlines.clear()
    this.#disarm()
  }

  /** What is settled must not live on until the turn ends: the collector would have to move it. */
  #dropSettled(): void {
    this.#open = this.#open.filter((request) => !request.settled)
    this.#openMax = Math.max(openMin, 2 * this.#open.length)
  }

  #arm(): void {
    const earliestMs = this.#deadlines.earliestMs()
    if (earliestMs === undefined || this.#pausing) return
    if (this.#armed !== undefined) {
      if (this.#armedForMs <= earliestMs) return
      this.#disarm()
    }
    const delayMs = Math.max(0, Math.min(earliestMs - this.nowMs(), hostDelayMaxMs))
    this.#armedForMs = earliestMs
    this.#armed = this.#clock.after(delayMs, () => this.#fire())
  }

  #disarm(): void {
    this.#armed?.cancel()
    this.#armed = undefined
  }

  readonly #goOn = (): void => {
    this.#pausing = false
    this.#fire()
  }

  #fire(): void {
    this.#armed = undefined
    const nowMs = this.nowMs()
    for (let fired = 1; ; fired += 1) {
      const entry = this.#deadlines.takeDue(nowMs)
      if (entry === undefined) break
      entry.expire()
      if (fired % expiriesPerClockRead === 0 && this.nowMs() - nowMs >= fireMs) {
        this.#pausing = true
        this.#scheduler.yieldThen(this.#goOn)
        return
      }
    }
    this.#arm()
  }
}
