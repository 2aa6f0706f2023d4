/**
 * `taskSupervisor`: tasks under a supervisor of their own.
 *
 * Invariant: it is a dynamic supervisor with tasks as children and adds no process, table or rule
 * to that.
 */
import { checkName, checkOptions } from '../core/argument-error.ts'
import {
  type ChildSpec,
  checkLife,
  type Intensity,
  type Life,
  type LifeOptions,
  lifeOptionNames,
} from '../core/child-spec.ts'
import { Exit, type ExitReason } from '../core/exit.ts'
import type { Pid } from '../core/pid.ts'
import type { SilentProtocol } from '../core/protocol.ts'
import type { Via } from '../process/address.ts'
import { unheard } from '../process/attribution.ts'
import { currentProcess } from '../process/current.ts'
import type { Process } from '../process/process.ts'
import type { ProcessContext } from '../process/process-context.ts'
import type { StartOutcome } from '../process/spawn.ts'
import { launch, Startable } from '../process/startable.ts'
import type { Started, StartRefusal } from '../process/started.ts'
import type { ChildCounts, ChildInfo } from '../supervisor/child-record.ts'
import { checkLimits, limitNames } from '../supervisor/dynamic-limits.ts'
import { type DynamicSupervisor, dynamicSupervisor } from '../supervisor/dynamic-supervisor.ts'
import type { Items } from './stream-input.ts'
import type { StreamResult } from './stream-run.ts'
import { callersFrom } from './task-behaviour.ts'
import { TaskChild, type TaskPlan } from './task-child.ts'
import { checkWork } from './task-context.ts'
import { newTask, type Task } from './task-handle.ts'
import {
  type AsyncOptions,
  checkDelivery,
  labelOf,
  ownerOf,
  type TaskOptions,
  type TaskWork,
} from './task-options.ts'
import { makeStream, type StreamOptions, type StreamParts, type StreamWork } from './task-stream.ts'

/**
 * A task supervisor, as a child specification and as the place to start tasks.
 *
 * Every method throws ArgumentError (at once) FLOTILLA_NOT_STARTED before the first start, and
 * FLOTILLA_INVALID_ARGUMENT, FLOTILLA_INVALID_OPTION, FLOTILLA_UNKNOWN_OPTION for what it is given;
 * promises reject with an Exit: `noproc` while the supervisor is down, or the reason with which it
 * ends meanwhile.
 */
export interface TaskSupervisor extends ChildSpec<SilentProtocol> {
  /**
   * Starts work whose result nobody wants.
   *
   * @param work its result is dropped, its failure reported
   * @param options label; restart (default `temporary`; `transient` or `permanent` run the work
   * again); shutdownMs (default 5000)
   * @returns the pid, or why nothing was started
   *
   * Source: Elixir `Task.Supervisor.start_child/3`.
   */
  startChild(work: TaskWork<unknown>, options?: TaskStartOptions): Promise<Started<SilentProtocol>>
  /**
   * Starts work for its result, linked to the owner: the crash of one takes the other along, unless
   * that traps exits. An owner that ends normally leaves the task to finish.
   *
   * @param owner the context of the process that wants the result; undefined in code outside any
   * process, such as the handler of an HTTP request: then nobody is linked
   * @param work runs in a later turn; what it returns, awaited, is the result
   * @param options label; shutdownMs (default 5000); deliverAs
   * @returns the task, for the owner to wait for
   * @throws Exit (as a rejection) also `max_children`, or the reason of an owner that has ended
   *
   * Source: Elixir `Task.Supervisor.async/3`.
   */
  async<R>(
    owner: ProcessContext | undefined,
    work: TaskWork<R>,
    options?: AsyncOptions,
  ): Promise<Task<R>>
  /**
   * `async` without the link: a failure shows only where the task is waited for, or delivered. For
   * servers and whoever else must outlive the work it asks for.
   *
   * Source: Elixir `Task.Supervisor.async_nolink/3`.
   */
  asyncNolink<R>(
    owner: ProcessContext | undefined,
    work: TaskWork<R>,
    options?: AsyncOptions,
  ): Promise<Task<R>>
  /**
   * One task for each item, a few at a time, each linked to the process that reads the stream.
   *
   * The tasks belong to the reader: the process whose code asks for the first result. When it ends,
   * or leaves the loop, they are killed and the input is closed. A crash of a task takes it along,
   * unless it traps exits: then the failure is a result, and no exit signal comes as well.
   *
   * @param items taken one by one, as there is room for them
   * @param work runs in a process of its own for each item
   * @param options maxConcurrency (default 8), ordered (default true), maxBuffered (default 1,024),
   * timeoutMs for each task (default 5000), onTimeout (default `'exit'`), shutdownMs, label, owner
   * @returns for each item `{ ok: true, value }` or `{ ok: false, exit, input }`; each reading
   * starts anew
   * @throws Exit (while reading) `timeout` with `onTimeout: 'exit'`, `max_children`, `noproc`, the
   * reason of the reader if that ends; an error of the input is thrown as it is
   *
   * Source: Elixir `Task.Supervisor.async_stream/4`.
   */
  asyncStream<T, R>(
    items: Items<T>,
    work: StreamWork<T, R>,
    options?: StreamOptions,
  ): AsyncIterable<StreamResult<T, R>>
  /**
   * `asyncStream` without the links: the failure of a task is a result like others.
   *
   * Source: Elixir `Task.Supervisor.async_stream_nolink/4`.
   */
  asyncStreamNolink<T, R>(
    items: Items<T>,
    work: StreamWork<T, R>,
    options?: StreamOptions,
  ): AsyncIterable<StreamResult<T, R>>
  /**
   * Stops a task as its options say; it is not run again.
   *
   * @returns false: not a task of mine
   * @throws ArgumentError (at once) FLOTILLA_INVALID_ADDRESS
   */
  terminateChild(pid: Pid): Promise<boolean>
  /** The running tasks. @throws ArgumentError FLOTILLA_NOT_STARTED; Exit `noproc` */
  children(): readonly Pid[]
  /** @throws ArgumentError FLOTILLA_NOT_STARTED; Exit `noproc` while it is down */
  countChildren(): ChildCounts
  /** @throws ArgumentError FLOTILLA_NOT_STARTED; Exit `noproc` while it is down */
  whichChildren(): readonly ChildInfo[]
}

/** The choices of a task of a supervisor whose result nobody wants. */
export type TaskStartOptions = Omit<TaskOptions, 'significant'>

/** The choices of a task supervisor. */
export interface TaskSupervisorOptions extends Intensity, LifeOptions {
  readonly name: string
  /** How many tasks there may be; default no limit. */
  readonly maxChildren?: number
  /** A name it takes before it runs and loses in the step in which it ends. */
  readonly registerAs?: Via<SilentProtocol>
}

/**
 * A supervisor for tasks: work in processes of its own, watched and stopped with the tree.
 *
 * @param options name; maxChildren; maxRestarts (default 3) in maxSeconds (default 5), for tasks
 * that are run again; registerAs; its own restart and shutdownMs as a child
 * @throws ArgumentError FLOTILLA_INVALID_ARGUMENT, FLOTILLA_INVALID_OPTION,
 * FLOTILLA_UNKNOWN_OPTION, FLOTILLA_INVALID_ADDRESS
 *
 * Source: Elixir `Task.Supervisor`. Not for processes that answer messages: use
 * `dynamicSupervisor`.
 */
export function taskSupervisor(options: TaskSupervisorOptions): TaskSupervisor {
  const attempted = 'make a task supervisor'
  const given = checkOptions(attempted, options, optionNames)
  checkName(attempted, given.name)
  const named = `${attempted} "${given.name}"`
  const { maxChildren } = checkLimits(named, given)
  const life = checkLife(named, { id: given.name, type: 'supervisor' }, given)
  return new TaskSupervisorHandle(life, dynamicSupervisor(given), maxChildren)
}

const optionNames = ['name', 'registerAs', ...limitNames, ...lifeOptionNames]

interface AsyncRequest<R> {
  readonly owner: ProcessContext | undefined
  readonly work: TaskWork<R>
  readonly options: AsyncOptions
  readonly isLinked: boolean
}

class TaskSupervisorHandle extends Startable implements TaskSupervisor {
  readonly #tasks: DynamicSupervisor
  readonly #maxChildren: number

  constructor(life: Life, tasks: DynamicSupervisor, maxChildren: number) {
    super(life)
    this.#tasks = tasks
    this.#maxChildren = maxChildren
  }

  startChild(
    work: TaskWork<unknown>,
    options: TaskStartOptions = {},
  ): Promise<Started<SilentProtocol>> {
    const attempted = `start a task of ${this.id}`
    checkWork(attempted, work)
    const given = checkOptions(attempted, options, ['label', 'restart', 'shutdownMs'])
    const { label: ownLabel, restart = 'temporary', ...life } = given
    const label = labelOf(attempted, work, ownLabel)
    const callers = callersFrom(currentProcess())
    return this.#start(attempted, { ...life, restart }, { label, work, callers })
  }

  async<R>(
    owner: ProcessContext | undefined,
    work: TaskWork<R>,
    options: AsyncOptions = {},
  ): Promise<Task<R>> {
    return this.#async({ owner, work, options, isLinked: true })
  }

  asyncNolink<R>(
    owner: ProcessContext | undefined,
    work: TaskWork<R>,
    options: AsyncOptions = {},
  ): Promise<Task<R>> {
    return this.#async({ owner, work, options, isLinked: false })
  }

  asyncStream<T, R>(
    items: Items<T>,
    work: StreamWork<T, R>,
    options: StreamOptions = {},
  ): AsyncIterable<StreamResult<T, R>> {
    return this.#stream({ items, work, isLinked: true }, options)
  }

  asyncStreamNolink<T, R>(
    items: Items<T>,
    work: StreamWork<T, R>,
    options: StreamOptions = {},
  ): AsyncIterable<StreamResult<T, R>> {
    return this.#stream({ items, work, isLinked: false }, options)
  }

  terminateChild(pid: Pid): Promise<boolean> {
    return this.#tasks.terminateChild(pid)
  }

  children(): readonly Pid[] {
    return this.whichChildren().flatMap(({ pid }) => (typeof pid === 'object' ? [pid] : []))
  }

  countChildren(): ChildCounts {
    return this.#tasks.countChildren()
  }

  whichChildren(): readonly ChildInfo[] {
    return this.#tasks.whichChildren()
  }

  [launch](parent: Process, record: unknown): StartOutcome | Promise<StartOutcome> {
    return Startable.check('start a task supervisor', this.#tasks)[launch](parent, record)
  }

  #async<R>({ owner, work, options, isLinked }: AsyncRequest<R>): Promise<Task<R>> {
    const attempted = `start a task of ${this.id}`
    const process = ownerOf(attempted, owner)
    checkWork(attempted, work)
    const given = checkOptions(attempted, options, ['label', 'shutdownMs', 'deliverAs'])
    const { label: ownLabel, deliverAs, ...life } = given
    const label = labelOf(attempted, work, ownLabel)
    checkDelivery(attempted, deliverAs, process)
    const { task, pending } = newTask<R>({ label, owner: process, deliverAs })
    const callers = callersFrom(process)
    // The owner must know the task before it hears of its end.
    const isPatient = deliverAs !== undefined
    const plan = { label, work, callers, owner: process, isLinked, listener: pending, isPatient }
    const starting = this.#start(attempted, { restart: 'temporary', ...life }, plan)
    return unheard(
      starting.then((started) => {
        if (started.ok) return task
        throw this.#exitOf(started.reason, label)
      }),
    )
  }

  #start(attempted: string, life: LifeOptions, plan: TaskPlan): Promise<Started<SilentProtocol>> {
    const checked = checkLife(attempted, { id: plan.label, type: 'worker' }, life)
    return this.#tasks.startChild<SilentProtocol>(new TaskChild(checked, plan))
  }

  #stream<T, R>(
    what: Omit<StreamParts<T, R>, 'start'>,
    options: StreamOptions,
  ): AsyncIterable<StreamResult<T, R>> {
    const start = async (child: TaskChild): Promise<Exit | undefined> => {
      const started = await this.#tasks.startChild(child)
      return started.ok ? undefined : this.#exitOf(started.reason, child.id)
    }
    return makeStream(`stream tasks of ${this.id}`, { ...what, start }, options)
  }

  /** A refusal, for whoever asked for a result and gets none. */
  #exitOf(refusal: StartRefusal, label: string): Exit {
    if (refusal.kind === 'init_failed') return refusal.exit
    const reason: ExitReason =
      refusal.kind === 'max_children'
        ? { kind: 'max_children', maxChildren: this.#maxChildren }
        : { kind: 'noproc', address: this.id }
    return new Exit(reason, `Start of the task "${label}" of ${this.id}`)
  }
}
