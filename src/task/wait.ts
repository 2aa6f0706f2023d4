/**
 * Waiting for tasks: for one or many, for all or some, for a time.
 *
 * Invariant: a wait ends once, in the step of what ends it: enough outcomes, a failure where one is
 * enough, the end of its time, or the end of the process that waits. What it takes nobody else
 * gets; what it has not taken stays where it is, unless it is to be discarded.
 */
import { noTimeMs } from '../core/deadlines.ts'
import { Exit, type ExitReason, normal, type Outcome } from '../core/exit.ts'
import { ignore } from '../core/ignore.ts'
import { trust } from '../core/trust.ts'
import type { Lease, Process } from '../process/process.ts'
import type { Expiring, Timers } from '../process/timers.ts'

/** A task, as a wait sees it. */
export interface Awaitable {
  /** Those of its node; undefined if it has no process. */
  readonly timers: Timers | undefined
  /** Hands its outcome to the wait: at once if there is one, otherwise when it comes. */
  join(wait: Wait): void
  /** The wait is over without its outcome. */
  leave(wait: Wait): void
  /** Drops its outcome, now or when it comes. */
  discard(): void
}

/** What is waited for, and how long. */
export interface WaitPlan {
  /** Who waits, if it is a process. */
  readonly waiter: Process | undefined
  readonly timeoutMs: number | 'infinity'
  /** So many outcomes are enough; left out: all. */
  readonly limit?: number
  /** Whether the first failure ends the wait, which then discards the others. */
  readonly isAllOrNothing: boolean
}

/** What a wait came to. */
export interface WaitResult<T extends Awaitable = Awaitable> {
  readonly outcomes: ReadonlyMap<T, Outcome<unknown>>
  /** The outcome that ended it, if it was one. */
  readonly failure: Extract<Outcome<unknown>, { ok: false }> | undefined
  readonly isLate: boolean
}

/**
 * Waits for tasks.
 *
 * @returns what came; rejects with an Exit if the process that waits has ended or ends
 */
export function waitFor<T extends Awaitable>(
  tasks: Iterable<T>,
  plan: WaitPlan,
): Promise<WaitResult<T>> {
  // What it gives back are the very tasks that it was given.
  return trust(new Wait(tasks, plan).begin())
}

/** One wait. */
export class Wait implements Expiring, Lease {
  dueMs = noTimeMs
  sequence = 0
  heapIndex = -1
  readonly #tasks: ReadonlySet<Awaitable>
  readonly #plan: WaitPlan
  readonly #limit: number
  readonly #outcomes = new Map<Awaitable, Outcome<unknown>>()
  #timers: Timers | undefined = undefined
  #isOver = false
  #resolve: (result: WaitResult) => void = ignore
  #reject: (exit: Exit) => void = ignore

  constructor(tasks: Iterable<Awaitable>, plan: WaitPlan) {
    this.#tasks = new Set(tasks)
    this.#plan = plan
    this.#limit = Math.min(plan.limit ?? this.#tasks.size, this.#tasks.size)
  }

  /** Takes what is there and waits for the rest. */
  begin(): Promise<WaitResult> {
    const { waiter, timeoutMs } = this.#plan
    const promise = new Promise<WaitResult>((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    if (waiter?.alive === false) this.ownerEnded(waiter.exitReason ?? normal)
    for (const task of this.#tasks) {
      if (this.#isOver) return promise
      this.#timers ??= task.timers
      task.join(this)
    }
    if (this.#outcomes.size >= this.#limit) this.#end()
    else if (timeoutMs === 0) this.expire()
    else this.#arm(timeoutMs, waiter)
    return promise
  }

  /** An outcome, which is now this wait's. */
  take(task: Awaitable, outcome: Outcome<unknown>): void {
    this.#outcomes.set(task, outcome)
    if (!outcome.ok && this.#plan.isAllOrNothing) this.#end({ failure: outcome })
    else if (this.#outcomes.size >= this.#limit) this.#end()
  }

  expire(): void {
    this.#end({ isLate: true })
  }

  ownerEnded(reason: ExitReason): void {
    this.#stop(false)
    this.#reject(new Exit(reason, 'Wait for a task'))
  }

  #arm(timeoutMs: number | 'infinity', waiter: Process | undefined): void {
    if (timeoutMs !== 'infinity') this.#timers?.schedule(this, timeoutMs)
    if (waiter === undefined) return
    waiter.extras.leases ??= new Set()
    waiter.extras.leases.add(this)
  }

  #end({ failure, isLate = false }: Partial<WaitResult> = {}): void {
    if (this.#isOver) return
    this.#stop(this.#plan.isAllOrNothing)
    this.#resolve({ outcomes: this.#outcomes, failure, isLate })
  }

  /** Lets go of everything, and of the tasks that have not answered for good if so wished. */
  #stop(discardsRest: boolean): void {
    this.#isOver = true
    this.#timers?.cancel(this)
    this.#plan.waiter?.extrasIfAny?.leases?.delete(this)
    for (const task of this.#tasks) {
      if (this.#outcomes.has(task)) continue
      task.leave(this)
      if (discardsRest) task.discard()
    }
  }
}
