/**
 * Waiting for many tasks at once.
 */
import { argumentError, checkCount, checkOptions } from '../core/argument-error.ts'
import type { Outcome } from '../core/exit.ts'
import { trust } from '../core/trust.ts'
import { unheard } from '../process/attribution.ts'
import type { Process } from '../process/process.ts'
import { lateExit, type PendingTask } from './pending-task.ts'
import { type Task, TaskHandle } from './task-handle.ts'
import { checkWait, type TaskWaitOptions } from './task-options.ts'
import { waitFor } from './wait.ts'

/** The results of tasks, each in the place of its task. */
export type ResultsOf<T extends readonly Task<unknown>[]> = {
  -readonly [I in keyof T]: T[I] extends Task<infer R> ? R : never
}

/** What became of tasks, each in the place of its task; `undefined` for those that go on. */
export type OutcomesOf<T extends readonly Task<unknown>[]> = {
  -readonly [I in keyof T]: T[I] extends Task<infer R> ? Outcome<R> | undefined : never
}

/** How many tasks to wait for, how long, and what becomes of the others. */
export interface YieldManyOptions extends TaskWaitOptions {
  /** Stops waiting after so many outcomes; default all. */
  readonly limit?: number
  /**
   * What becomes of tasks that are not over in time: they can still be waited for (`'nothing'`, the
   * default), are given up (`'ignore'`) or killed (`'kill_task'`). Not of those beyond `limit`.
   */
  readonly onTimeout?: 'nothing' | 'ignore' | 'kill_task'
}

/**
 * Waits for the results of all tasks.
 *
 * The first failure, or the end of the time, ends the wait; the other tasks go on, and their
 * results are dropped.
 *
 * @param tasks of the process that waits; for none the answer is there at once
 * @param options timeoutMs for all together: milliseconds, default 5000, or `'infinity'`
 * @returns the results in the order of the tasks
 * @throws Exit (as a rejection) as `Task.await`
 * @throws ArgumentError (at once) FLOTILLA_INVALID_ARGUMENT, FLOTILLA_WRONG_PROCESS,
 * FLOTILLA_INVALID_OPTION, FLOTILLA_UNKNOWN_OPTION
 *
 * Source: Elixir `Task.await_many/2`. Where some results are better than none use `yieldMany`.
 */
export function awaitMany<const T extends readonly Task<unknown>[]>(
  tasks: T,
  options: TaskWaitOptions = {},
): Promise<ResultsOf<T>> {
  const attempted = 'await many tasks'
  const timeoutMs = checkWait(attempted, options)
  const { list, waiter } = checkTasks(attempted, tasks)
  const waiting = waitFor(list, { waiter, timeoutMs, isAllOrNothing: true })
  return unheard(
    waiting.then(({ outcomes, failure, isLate }) => {
      if (failure !== undefined) throw failure.exit
      if (isLate) throw lateExit(`Await of ${list.length} tasks`, timeoutMs)
      return trust(list.map((task) => resultIn(outcomes.get(task))))
    }),
  )
}

/**
 * Waits for the ends of many tasks, a failure being a value, as `Task.yield`.
 *
 * @param tasks of the process that waits
 * @param options timeoutMs for all together (default 5000), limit, onTimeout
 * @returns the outcomes in the order of the tasks, `undefined` for those that go on
 * @throws ArgumentError (at once), Exit (as a rejection), as `Task.yield`
 *
 * Source: Elixir `Task.yield_many/2`.
 */
export function yieldMany<const T extends readonly Task<unknown>[]>(
  tasks: T,
  options: YieldManyOptions = {},
): Promise<OutcomesOf<T>> {
  const attempted = 'yield to many tasks'
  const given = checkOptions(attempted, options, ['timeoutMs', 'limit', 'onTimeout'])
  const { limit, onTimeout = 'nothing', ...wait } = given
  const timeoutMs = checkWait(attempted, wait)
  if (limit !== undefined) checkCount(attempted, limit, { option: 'limit', min: 1 })
  checkOnTimeout(attempted, onTimeout)
  const { list, waiter } = checkTasks(attempted, tasks)
  return unheard(yieldTo(list, waiter, { timeoutMs, limit, onTimeout }))
}

interface YieldManyPlan {
  readonly timeoutMs: number | 'infinity'
  readonly limit: number | undefined
  readonly onTimeout: string
}

async function yieldTo<T>(
  list: readonly PendingTask[],
  waiter: Process | undefined,
  { timeoutMs, limit, onTimeout }: YieldManyPlan,
): Promise<T> {
  const { outcomes, isLate } = await waitFor(list, {
    waiter,
    timeoutMs,
    isAllOrNothing: false,
    ...(limit === undefined ? {} : { limit }),
  })
  const settled = list.map((task) => {
    const outcome = outcomes.get(task)
    if (outcome !== undefined || !isLate || onTimeout === 'nothing') return outcome
    return onTimeout === 'ignore' ? task.giveUp() : task.stop('kill', waiter)
  })
  return trust(await Promise.all(settled))
}

function resultIn(outcome: Outcome<unknown> | undefined): unknown {
  return outcome?.ok === true ? outcome.value : undefined
}

function checkOnTimeout(attempted: string, onTimeout: unknown): void {
  if (onTimeout === 'nothing' || onTimeout === 'ignore' || onTimeout === 'kill_task') return
  throw argumentError('invalid_option', {
    attempted,
    subject: 'option "onTimeout"',
    given: onTimeout,
    wanted: '"nothing", "ignore" or "kill_task"',
  })
}

function checkTasks(attempted: string, tasks: unknown) {
  const list = readTasks(attempted, tasks)
  let waiter: Process | undefined
  for (const task of list) waiter = task.checkOwner(attempted) ?? waiter
  return { list, waiter }
}

/** What one process can sensibly wait for. */
const tasksMax = 2 ** 24

function readTasks(attempted: string, given: unknown): readonly PendingTask[] {
  let tasks: unknown[] | undefined
  try {
    if (Array.isArray(given) && given.length <= tasksMax) tasks = Array.from(given)
  } catch {
    // A revoked Proxy, or a trap that throws: no list.
  }
  const pending = tasks?.flatMap((task) => TaskHandle.pendingOf(task) ?? [])
  if (pending !== undefined && pending.length === tasks?.length) return pending
  throw argumentError('invalid_argument', {
    attempted,
    subject: 'the list of tasks',
    given,
    wanted: 'an array of tasks',
  })
}
