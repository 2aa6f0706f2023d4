/**
 * `Task`: a result that is on its way, as its owner holds it.
 *
 * Invariant: what a user gets hold of has the methods of a task and nothing else; everything that
 * decides is in pending-task.ts.
 */
import { checkDuration, checkOptions } from '../core/argument-error.ts'
import type { Shutdown } from '../core/child-spec.ts'
import type { Outcome } from '../core/exit.ts'
import type { Pid } from '../core/pid.ts'
import { trust } from '../core/trust.ts'
import { unheard } from '../process/attribution.ts'
import { Note } from '../process/envelope.ts'
import type { Process } from '../process/process.ts'
import { lateExit, PendingTask } from './pending-task.ts'
import { checkWait, type TaskWaitOptions } from './task-options.ts'
import { type WaitResult, waitFor } from './wait.ts'

/**
 * A task that was started for its result.
 *
 * Only its owner may use it, others get ArgumentError FLOTILLA_WRONG_PROCESS (at once); a task
 * without an owner is anybody's who holds it. It is no promise: say `await task.await()`.
 */
export interface Task<out R> {
  /** Its process; undefined if there never was one. */
  readonly pid: Pid | undefined
  /** Who asked for it; undefined if that was no process. */
  readonly owner: Pid | undefined
  /**
   * Waits for the result, once.
   *
   * @param options timeoutMs: milliseconds, default 5000, or `'infinity'`
   * @throws Exit (as a rejection) `timeout`: the task goes on, its result is dropped; the reason
   * the task ended with, for an error of its code `crash` with the error as `cause`; `noproc` if
   * the task was dealt with before; the reason of the owner if that has ended
   * @throws ArgumentError (at once) FLOTILLA_WRONG_PROCESS, FLOTILLA_INVALID_ARGUMENT,
   * FLOTILLA_INVALID_OPTION, FLOTILLA_UNKNOWN_OPTION
   */
  await(options?: TaskWaitOptions): Promise<R>
  /**
   * Waits for the end of the task as `await` does, but a failure is a value, and after a time-out
   * one may ask again.
   *
   * @returns the outcome, or `undefined` when the time is over
   * @throws as `await`, but for what became of the task
   */
  yield(options?: TaskWaitOptions): Promise<Outcome<R> | undefined>
  /**
   * Ends the task: it is unlinked, asked to stop, and killed if it has not within `shutdownMs`.
   *
   * @param options shutdownMs: milliseconds, default 5000, `'infinity'`, or `'kill'`
   * @returns its outcome if it had one by then or came to another end; `undefined` if it was
   * stopped as asked
   * @throws as `yield`
   */
  shutdown(options?: { readonly shutdownMs?: Shutdown }): Promise<Outcome<R> | undefined>
  /**
   * Gives up the result: the task is unlinked and goes on; whatever comes of it is dropped.
   *
   * @returns the outcome if it was there already
   * @throws ArgumentError FLOTILLA_WRONG_PROCESS
   */
  ignore(): Outcome<R> | undefined
}

/** What a server gets as a cast when a task with `deliverAs` is over. */
export interface Delivered<out R> {
  /** What `async` gave back. */
  readonly task: Task<R>
  readonly outcome: Outcome<R>
}

/** Who gets the result of a task, and how. */
export interface TaskOwnership {
  readonly label: string
  readonly owner: Process | undefined
  /** The cast of the owner that takes the outcome. */
  readonly deliverAs: string | undefined
}

/** Makes a task that has not started: what its owner gets, and what its process tells. */
export function newTask<R>({ label, owner, deliverAs }: TaskOwnership): {
  readonly task: Task<R>
  readonly pending: PendingTask
} {
  const deliver = (outcome: Outcome<unknown>): void => {
    if (owner === undefined || deliverAs === undefined || !owner.alive) return
    const delivered: Delivered<R> = { task, outcome: trust(outcome) }
    owner.node.deliver(owner, new Note('cast', deliverAs, delivered))
  }
  const pending = new PendingTask(label, owner, deliverAs === undefined ? undefined : deliver)
  const task = new TaskHandle<R>(pending)
  return { task, pending }
}

/** The task behind the interface. */
export class TaskHandle<R> implements Task<R> {
  readonly #pending: PendingTask

  constructor(pending: PendingTask) {
    this.#pending = pending
  }

  /** What is known of a value if it is a task; unlike `instanceof` it asks no proxy. */
  static pendingOf(value: unknown): PendingTask | undefined {
    return typeof value === 'object' && value !== null && #pending in value
      ? value.#pending
      : undefined
  }

  get pid(): Pid | undefined {
    return this.#pending.pid
  }

  get owner(): Pid | undefined {
    return this.#pending.owner?.pid
  }

  await(options: TaskWaitOptions = {}): Promise<R> {
    const { name, timeoutMs, waiter } = this.#checkWait('await', options)
    const waiting = waitFor([this.#pending], { waiter, timeoutMs, isAllOrNothing: true })
    return unheard(
      waiting.then((result): R => {
        const outcome = this.#outcomeIn(result)
        if (outcome?.ok === true) return outcome.value
        throw outcome?.exit ?? lateExit(`Await of ${name}`, timeoutMs)
      }),
    )
  }

  yield(options: TaskWaitOptions = {}): Promise<Outcome<R> | undefined> {
    const { timeoutMs, waiter } = this.#checkWait('yield to', options)
    const waiting = waitFor([this.#pending], { waiter, timeoutMs, isAllOrNothing: false })
    return unheard(waiting.then((result) => this.#outcomeIn(result)))
  }

  shutdown(options: { readonly shutdownMs?: Shutdown } = {}): Promise<Outcome<R> | undefined> {
    const attempted = `shut down ${this.#pending.name}`
    const { shutdownMs = 5000 } = checkOptions(attempted, options, ['shutdownMs'])
    if (shutdownMs !== 'kill') {
      checkDuration(attempted, shutdownMs, { option: 'shutdownMs', allowInfinity: true })
    }
    const waiter = this.#pending.checkOwner(attempted)
    return unheard(trust<Promise<Outcome<R> | undefined>>(this.#pending.stop(shutdownMs, waiter)))
  }

  ignore(): Outcome<R> | undefined {
    this.#pending.checkOwner(`ignore ${this.#pending.name}`)
    return trust(this.#pending.giveUp())
  }

  #checkWait(verb: string, options: TaskWaitOptions) {
    const { name } = this.#pending
    const attempted = `${verb} ${name}`
    const timeoutMs = checkWait(attempted, options)
    return { name, timeoutMs, waiter: this.#pending.checkOwner(attempted) }
  }

  /** What the work of this very task came to. */
  #outcomeIn({ outcomes }: WaitResult): Outcome<R> | undefined {
    return trust(outcomes.get(this.#pending))
  }
}
