/**
 * Tasks without a task supervisor: linked to the process that wants the result, children of any
 * supervisor, and results that are there already.
 */
import { argumentError, checkOptions } from '../core/argument-error.ts'
import { type ChildSpec, checkLife, lifeOptionNames } from '../core/child-spec.ts'
import { Exit } from '../core/exit.ts'
import type { SilentProtocol } from '../core/protocol.ts'
import { isAwaited } from '../gen-server/steps.ts'
import { currentProcess, runAs } from '../process/current.ts'
import { type ProcessContext, processOf } from '../process/process-context.ts'
import { callersFrom } from './task-behaviour.ts'
import { launchTask, TaskChild } from './task-child.ts'
import { checkWork } from './task-context.ts'
import { newTask, type Task } from './task-handle.ts'
import {
  type AsyncTaskOptions,
  checkDelivery,
  labelOf,
  type TaskOptions,
  type TaskWork,
} from './task-options.ts'

/**
 * Starts work in a process of its own, linked to `owner`: the crash of one takes the other along,
 * unless that traps exits. An owner that ends normally leaves the task to finish.
 *
 * @param owner the context of the process that wants the result
 * @param work runs in a later turn; what it returns, awaited, is the result
 * @param options label; deliverAs
 * @returns the task, for the owner to wait for
 * @throws ArgumentError FLOTILLA_INVALID_ARGUMENT, FLOTILLA_INVALID_OPTION,
 * FLOTILLA_UNKNOWN_OPTION, FLOTILLA_UNKNOWN_MESSAGE
 *
 * Source: Elixir `Task.async/1`. Not for work that may fail without its owner, or that operators
 * should see: use a `taskSupervisor`.
 */
export function asyncTask<R>(
  owner: ProcessContext,
  work: TaskWork<R>,
  options: AsyncTaskOptions = {},
): Task<R> {
  const attempted = 'start a task'
  const process = processOf(attempted, owner)
  checkWork(attempted, work)
  const given = checkOptions(attempted, options, ['label', 'deliverAs'])
  const label = labelOf(attempted, work, given.label)
  checkDelivery(attempted, given.deliverAs, process)
  const ownership = { label, owner: process, deliverAs: given.deliverAs }
  const { task, pending } = newTask<R>(ownership)
  const callers = callersFrom(process)
  const plan = { label, work, callers, owner: process, listener: pending, isLinked: true }
  // After an `await` as well the code that goes on from here is that of the owner.
  const outcome = runAs(process, () => launchTask(plan, process, undefined))
  // Only code that its dead process left behind comes here; nothing it starts may run.
  if (outcome.kind === 'failed') {
    pending.over({ ok: false, exit: new Exit(outcome.reason, `Start of ${pending.name}`) })
  }
  return task
}

/**
 * A task as a child of a supervisor: its work runs at each start, and its end is the end of the
 * child.
 *
 * @param work its result is dropped
 * @param options label, which is also the id; restart (default `temporary`), shutdownMs (default
 * 5000), significant
 * @throws ArgumentError FLOTILLA_INVALID_ARGUMENT, FLOTILLA_INVALID_OPTION, FLOTILLA_UNKNOWN_OPTION
 *
 * Source: Elixir `Task.child_spec/1`.
 */
export function task(
  work: TaskWork<unknown>,
  options: TaskOptions = {},
): ChildSpec<SilentProtocol> {
  const attempted = 'make a task'
  checkWork(attempted, work)
  const known = ['label', ...lifeOptionNames]
  const { label: given, restart = 'temporary', ...life } = checkOptions(attempted, options, known)
  const label = labelOf(attempted, work, given)
  const checked = checkLife(attempted, { id: label, type: 'worker' }, { ...life, restart })
  return new TaskChild(checked, { label, work })
}

/**
 * A result that is there already, as a task of the process that makes it: for functions that give
 * back a task but know the answer. There is no process behind it.
 *
 * @param value anything but a promise
 * @throws ArgumentError FLOTILLA_INVALID_ARGUMENT
 *
 * Source: Elixir `Task.completed/1`.
 */
export function completedTask<R>(value: R): Task<R> {
  if (isAwaited(value)) {
    throw argumentError('invalid_argument', {
      attempted: 'make a completed task',
      subject: 'the result',
      given: value,
      wanted: 'anything but a promise or what "await" takes for one',
      fix: 'await it first',
    })
  }
  const owner = currentProcess()
  const { task, pending } = newTask<R>({ label: 'completed', owner, deliverAs: undefined })
  pending.over({ ok: true, value })
  return task
}
