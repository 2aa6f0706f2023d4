/**
 * Many requests under way at once, answered in the order in which the answers come.
 *
 * Invariant: each request is answered once, with the label it was added under; a wait that runs out
 * loses no request. It belongs to a process and waits for nobody once that has ended.
 * Source: OTP `gen_server`, `reqids_add/3`, `receive_response/3`, `wait_response/3`.
 */

import { argumentError, checkBoolean, checkDuration, checkOptions } from '../core/argument-error.ts'
import { noTimeMs } from '../core/deadlines.ts'
import { Exit, type Outcome, reasonOf } from '../core/exit.ts'
import { cancelTimer, startTimer } from './own-timers.ts'
import type { Process } from './process.ts'
import { type ProcessContext, processOf } from './process-context.ts'
import type { Expiring } from './timers.ts'

/** What a wait for the next answer came to. */
export type NextAnswer<Label, R> =
  | { readonly kind: 'answer'; readonly label: Label; readonly outcome: Outcome<R> }
  /** None came in time; every request is still waited for. */
  | { readonly kind: 'timeout' }
  /** Every request has its answer, or there is none. */
  | { readonly kind: 'no_request' }

/** How long to wait, and what becomes of the request that is answered. */
export interface NextOptions {
  /** Milliseconds, default `'infinity'`; 0 asks what is there already. */
  readonly timeoutMs?: number | 'infinity'
  /** Whether the answered request stays listed until it is removed; default false. */
  readonly keep?: boolean
}

/** Requests of one process, each with a label that says what it was about. */
export interface RequestCollection<Label, R> {
  /** How many requests there are, those kept after their answer included. */
  readonly size: number
  /**
   * Adds a request that was just sent.
   *
   * @param request what `call` gave back
   * @param label comes back with the answer
   * @throws ArgumentError FLOTILLA_INVALID_ARGUMENT for what is no promise, or is here already
   */
  add(request: Promise<R>, label: Label): void
  /**
   * Takes a request out; its answer is ignored from now on. The receiver works on: to tell it that
   * nobody waits, there is no way but a message.
   *
   * @returns false if it was not here
   */
  remove(request: Promise<R>): boolean
  /**
   * The next answer in the order of their arrival.
   *
   * @throws ArgumentError (at once) FLOTILLA_INVALID_ARGUMENT, FLOTILLA_INVALID_OPTION,
   * FLOTILLA_UNKNOWN_OPTION
   */
  next(options?: NextOptions): Promise<NextAnswer<Label, R>>
  /** The labels of all requests here, oldest first. */
  labels(): readonly Label[]
}

/**
 * A collection of requests: to have several calls under way and go on with whichever is answered
 * first. For one call, `await` is enough; to wait for all, `Promise.all`.
 *
 * @param context of the process that waits
 * @throws ArgumentError FLOTILLA_INVALID_ARGUMENT
 *
 * Source: OTP `gen_server:reqids_new/0`.
 */
export function requestCollection<Label, R = unknown>(
  context: ProcessContext,
): RequestCollection<Label, R> {
  return new Collection(processOf('make a collection of requests', context))
}

interface Entry<Label, R> {
  readonly label: Label
  outcome: Outcome<R> | undefined
}

class Collection<Label, R> implements RequestCollection<Label, R> {
  readonly #process: Process
  readonly #entries = new Map<Promise<R>, Entry<Label, R>>()
  /** Requests whose answer nobody has taken yet, in the order of their answers. */
  readonly #answered = new Set<Promise<R>>()
  readonly #waits = new Set<Wait<Label, R>>()
  #openCount = 0

  constructor(process: Process) {
    this.#process = process
  }

  get size(): number {
    return this.#entries.size
  }

  labels(): readonly Label[] {
    return Array.from(this.#entries.values(), ({ label }) => label)
  }

  add(request: Promise<R>, label: Label): void {
    const attempted = 'add a request to a collection'
    if (this.#entries.has(request)) {
      throw argumentError('invalid_argument', { attempted, problem: 'it is in there already' })
    }
    const entry: Entry<Label, R> = { label, outcome: undefined }
    const listens = listen(request, (outcome) => this.#arrived(request, entry, outcome))
    if (!listens) throw noRequest(attempted, request)
    this.#entries.set(request, entry)
    this.#openCount += 1
  }

  remove(request: Promise<R>): boolean {
    const entry = this.#entries.get(request)
    if (entry === undefined) return false
    this.#entries.delete(request)
    this.#answered.delete(request)
    if (entry.outcome === undefined) this.#closeOne()
    return true
  }

  next(options: NextOptions = {}): Promise<NextAnswer<Label, R>> {
    const attempted = 'wait for an answer'
    const given = checkOptions(attempted, options, ['timeoutMs', 'keep'])
    const { timeoutMs = 'infinity', keep = false } = given
    checkDuration(attempted, timeoutMs, { option: 'timeoutMs', allowInfinity: true })
    checkBoolean(attempted, keep, 'keep')
    return new Promise((resolve) => {
      if (!this.#process.alive) return
      const wait = new Wait<Label, R>(this.#process, { keep, resolve })
      for (const request of this.#answered) {
        this.#hand(request, wait)
        return
      }
      if (this.#openCount === 0) wait.settle({ kind: 'no_request' })
      else if (timeoutMs === 0) wait.settle({ kind: 'timeout' })
      else this.#waits.add(wait.start(timeoutMs, () => this.#waits.delete(wait)))
    })
  }

  #arrived(request: Promise<R>, entry: Entry<Label, R>, outcome: Outcome<R>): void {
    if (this.#entries.get(request) !== entry) return
    entry.outcome = outcome
    this.#answered.add(request)
    for (const wait of this.#waits) {
      this.#waits.delete(wait)
      this.#hand(request, wait)
      break
    }
    this.#closeOne()
  }

  #hand(request: Promise<R>, wait: Wait<Label, R>): void {
    const entry = this.#entries.get(request)
    this.#answered.delete(request)
    if (!wait.keep) this.#entries.delete(request)
    if (entry?.outcome === undefined) return
    wait.settle({ kind: 'answer', label: entry.label, outcome: entry.outcome })
  }

  /** One request less is waited for; with the last one nobody needs to wait any more. */
  #closeOne(): void {
    this.#openCount -= 1
    if (this.#openCount > 0) return
    for (const wait of this.#waits) wait.settle({ kind: 'no_request' })
    this.#waits.clear()
  }
}

interface WaitPlan<Label, R> {
  readonly keep: boolean
  readonly resolve: (answer: NextAnswer<Label, R>) => void
}

/** One wait for an answer; ends with its process. */
class Wait<Label, R> implements Expiring {
  dueMs = noTimeMs
  sequence = 0
  heapIndex = -1
  readonly keep: boolean
  readonly #process: Process
  readonly #resolve: (answer: NextAnswer<Label, R>) => void
  #giveUp: (() => void) | undefined = undefined

  constructor(process: Process, plan: WaitPlan<Label, R>) {
    this.#process = process
    this.keep = plan.keep
    this.#resolve = plan.resolve
  }

  start(timeoutMs: number | 'infinity', giveUp: () => void): this {
    this.#giveUp = giveUp
    if (timeoutMs !== 'infinity') startTimer(this.#process, this, timeoutMs)
    return this
  }

  settle(answer: NextAnswer<Label, R>): void {
    cancelTimer(this.#process, this)
    if (this.#process.alive) this.#resolve(answer)
  }

  expire(): void {
    this.#giveUp?.()
    // Whatever else is due now comes first: it may end the process.
    this.#process.node.later(() => this.settle({ kind: 'timeout' }))
  }
}

/** Waits for the outcome; false if the value is no promise, whatever else it is. */
function listen<R>(request: Promise<R>, hear: (outcome: Outcome<R>) => void): boolean {
  try {
    if (!(request instanceof Promise)) return false
    const waiting = Promise.prototype.then.call(
      request,
      (value: R) => hear({ ok: true, value }),
      (error: unknown) => hear({ ok: false, exit: asExit(error) }),
    )
    return waiting instanceof Promise
  } catch {
    // A proxy: what is behind it cannot be waited for.
    return false
  }
}

function asExit(error: unknown): Exit {
  return Exit.is(error) ? error : new Exit(reasonOf(error))
}

function noRequest(attempted: string, given: unknown): Error {
  return argumentError('invalid_argument', {
    attempted,
    subject: 'the request',
    given,
    wanted: 'what call gave back',
  })
}
