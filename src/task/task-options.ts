/**
 * What tasks are given, checked at the door.
 */
import { argumentError, checkDuration, checkName, checkOptions } from '../core/argument-error.ts'
import type { LifeOptions, Shutdown } from '../core/child-spec.ts'
import { trust } from '../core/trust.ts'
import { checkMessage } from '../gen-server/messages.ts'
import type { MaybePromise } from '../gen-server/protocol.ts'
import { currentProcess } from '../process/current.ts'
import type { Process } from '../process/process.ts'
import { type ProcessContext, processOf } from '../process/process-context.ts'
import type { TaskContext } from './task-context.ts'

/** What a task does; its result is what the function returns, awaited. */
export type TaskWork<R> = (context: TaskContext) => MaybePromise<R>

/** How long to wait for a task. */
export interface TaskWaitOptions {
  /** Milliseconds, default 5000, or `'infinity'`. With 0 it only looks. */
  readonly timeoutMs?: number | 'infinity'
}

/** The choices of a task that is started for its result. */
export interface AsyncTaskOptions {
  /** Names it in reports and messages; default the name of the function, or `task`. */
  readonly label?: string
  /**
   * The cast of the owner, a server, that takes `{ task, outcome }` when the task is over, so that
   * nobody has to wait for it; not before the task was given back, so it may be the key of a map.
   * Nothing comes if somebody waited, or after `shutdown` or `ignore`.
   */
  readonly deliverAs?: string
}

/** The choices of a task under a task supervisor that is started for its result. */
export interface AsyncOptions extends AsyncTaskOptions {
  /** How long it may take to stop when its supervisor does; default 5000. */
  readonly shutdownMs?: Shutdown
}

/** The choices of a task that is started for its effect. */
export interface TaskOptions extends LifeOptions {
  /** Names it in reports and messages; default the name of the function, or `task`. */
  readonly label?: string
}

const defaultTimeoutMs = 5000

/** The time-out of a wait. @throws ArgumentError */
export function checkWait(attempted: string, options: TaskWaitOptions): number | 'infinity' {
  const { timeoutMs = defaultTimeoutMs } = checkOptions(attempted, options, ['timeoutMs'])
  return checkDuration(attempted, timeoutMs, { option: 'timeoutMs', allowInfinity: true })
}

/** The process behind an owner, if there is one. @throws ArgumentError */
export function ownerOf(attempted: string, owner: ProcessContext | undefined) {
  return owner === undefined ? undefined : processOf(attempted, owner)
}

/**
 * Who waits when the present code waits for a task of `owner`.
 *
 * @throws ArgumentError FLOTILLA_WRONG_PROCESS
 */
export function checkOwner(
  attempted: string,
  owner: Process | undefined,
  task: string,
): Process | undefined {
  const caller = currentProcess()
  if (owner === undefined || caller === owner) return caller
  // Where nothing is charged, code after an await is not known to be of its process.
  if (caller === undefined && !owner.node.chargesEscapes) return owner
  throw argumentError('wrong_process', {
    attempted,
    problem: `${task} belongs to ${owner.describe()}, not to ${caller?.describe() ?? 'this code'}`,
    fix: 'let its owner wait for it and send on what came of it',
  })
}

/** What to call a task. @throws ArgumentError FLOTILLA_INVALID_ARGUMENT */
export function labelOf(attempted: string, work: unknown, label: string | undefined): string {
  return label === undefined ? nameOf(work) : checkName(attempted, label)
}

/** Refuses a delivery that could never arrive. @throws ArgumentError */
export function checkDelivery(
  attempted: string,
  deliverAs: string | undefined,
  owner: Process | undefined,
): void {
  if (deliverAs === undefined) return
  if (owner !== undefined) {
    checkMessage(attempted, owner.behaviour, { kind: 'cast', name: deliverAs })
    return
  }
  throw argumentError('invalid_option', {
    attempted,
    subject: 'option "deliverAs"',
    given: deliverAs,
    wanted: 'nothing, since the task has no owner',
  })
}

/** The name of a function, if it is fit to be a label. */
function nameOf(work: unknown): string {
  try {
    const { name }: { readonly name: unknown } = trust(work)
    return checkName('name a task', name)
  } catch {
    // Anonymous, or a proxy or getter that throws.
    return 'task'
  }
}
