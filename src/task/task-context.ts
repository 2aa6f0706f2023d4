/**
 * What the work of a task is handed: the context that every process has, who asked for the task,
 * and its mailbox.
 *
 * Invariant: for code that a dead task left behind nothing here has an effect.
 */
import { argumentError, checkDuration, checkOptions } from '../core/argument-error.ts'
import { Exit, normal } from '../core/exit.ts'
import type { Pid } from '../core/pid.ts'
import type { Down, ExitSignal } from '../process/envelope.ts'
import { ancestorsOf } from '../process/origins.ts'
import type { Process } from '../process/process.ts'
import { OwnContext, type ProcessContext } from '../process/process-context.ts'
import { refused } from '../process/refusals.ts'
import { TaskMail } from './task-mail.ts'

/** Something that reached the mailbox of a task. */
export type TaskMessage =
  /** Somebody used `send`. */
  | { readonly kind: 'message'; readonly message: unknown }
  /** The report of a monitor. */
  | { readonly kind: 'down'; readonly down: Down }
  /** An exit signal, when trapping; that of the supervisor asks the task to come to an end. */
  | { readonly kind: 'exit'; readonly signal: ExitSignal }

/** How long `receive` waits. */
export interface ReceiveOptions {
  /** Milliseconds, default `'infinity'`. */
  readonly timeoutMs?: number | 'infinity'
}

/** What the work of a task may use of its process. */
export interface TaskContext extends ProcessContext {
  /**
   * Who asked for this task, who asked for that one, and so on: nearest first, at most 64.
   *
   * Source: Elixir `Task`, "Ancestor and Caller Tracking".
   */
  readonly callers: readonly Pid[]
  /** The process it was started under, the one above that, and so on. */
  readonly ancestors: readonly Pid[]
  /**
   * Takes the oldest message out of the mailbox, or waits for one. What is never taken is dropped
   * when the task ends; beyond 1,024 waiting messages a sender is refused.
   *
   * A task that traps exits and must not be cut short waits here for the exit signal with which its
   * supervisor asks it to stop, and comes to its end within its `shutdownMs`.
   *
   * @returns the message, or `undefined` when the time is over
   * @throws ArgumentError (at once) FLOTILLA_INVALID_ARGUMENT, FLOTILLA_INVALID_OPTION,
   * FLOTILLA_UNKNOWN_OPTION
   * @throws Exit (as a rejection) the reason of the task, when it ends meanwhile
   */
  receive(options?: ReceiveOptions): Promise<TaskMessage | undefined>
}

/** The context of one task. */
export class OwnTaskContext extends OwnContext implements TaskContext {
  readonly callers: readonly Pid[]
  readonly #process: Process

  constructor(process: Process, callers: readonly Pid[]) {
    super(process)
    this.callers = callers
    this.#process = process
  }

  get ancestors(): readonly Pid[] {
    return ancestorsOf(this.#process)
  }

  receive(options: ReceiveOptions = {}): Promise<TaskMessage | undefined> {
    const attempted = 'receive a message'
    const { timeoutMs = 'infinity' } = checkOptions(attempted, options, ['timeoutMs'])
    checkDuration(attempted, timeoutMs, { option: 'timeoutMs', allowInfinity: true })
    const process = this.#process
    if (process.alive) return TaskMail.of(process).next(timeoutMs)
    return refused(process.node, new Exit(process.exitReason ?? normal, 'Receive'))
  }
}

/** Refuses what cannot be the work of a task. @throws ArgumentError FLOTILLA_INVALID_ARGUMENT */
export function checkWork(attempted: string, work: unknown): void {
  if (typeof work === 'function') return
  throw argumentError('invalid_argument', {
    attempted,
    subject: 'the work',
    given: work,
    wanted: 'a function of the context of the task',
  })
}
