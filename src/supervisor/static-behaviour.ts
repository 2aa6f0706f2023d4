/**
 * Performs what `core/supervision.ts` decides, for children in a fixed order.
 *
 * Invariant: one action at a time; while a child starts or stops, other signals wait in the inbox,
 * and between two tries to start a child they are served. Source: OTP `supervisor`.
 */
import { isKeptStopped } from '../core/child-requests.ts'
import { ChildFailure, type ExitReason, shutdown } from '../core/exit.ts'
import type { RestartTimes } from '../core/restart-window.ts'
import { decide, type SupervisionAction, type SupervisionPolicy } from '../core/supervision.ts'
import { end } from '../process/dying.ts'
import { Note } from '../process/envelope.ts'
import { type InitResult, isRunning, type Process } from '../process/process.ts'
import type { Request } from '../process/request.ts'
import {
  type Cause,
  type ChildInfo,
  ChildRecord,
  giveUp,
  recordOf,
  report,
  reportEnd,
  showRecord,
  stopChild,
} from './child-record.ts'
import { ChildTable } from './child-table.ts'
import { andThen, hold, inOrder, letOthersRun, type Work } from './hold.ts'
import { failureOf } from './started.ts'
import { carryOut } from './static-requests.ts'
import { Supervising } from './supervising.ts'

/** How a static supervisor supervises, and what it starts with. */
export interface StaticPlan {
  readonly policy: SupervisionPolicy
  /** The children of one life of the supervisor; undefined: it chooses not to start. */
  readonly firstChildren: (supervisor: Process) => Work<readonly ChildRecord[] | undefined>
}

/** One life of a static supervisor. */
export class StaticBehaviour extends Supervising {
  readonly policy: SupervisionPolicy
  readonly children = new ChildTable()
  restarts: RestartTimes | undefined = undefined
  readonly #firstChildren: StaticPlan['firstChildren']

  constructor(label: string, plan: StaticPlan) {
    super(label)
    this.policy = plan.policy
    this.#firstChildren = plan.firstChildren
  }

  protected override about(): object {
    const { strategy, autoShutdown, limits } = this.policy
    return { strategy, autoShutdown, ...limits }
  }

  protected override begin(process: Process): Work<InitResult> {
    return andThen(this.#firstChildren(process), (records): Work<InitResult> => {
      if (records === undefined) return { kind: 'ignored' }
      for (const record of records) this.children.add(record)
      return this.#startAll(process)
    })
  }

  override list(): readonly ChildInfo[] {
    return Array.from(this.children, (record) => showRecord(record, record.life.id))
  }

  /** One of them. */
  show(id: string): ChildInfo | undefined {
    const record = this.children.find(id)
    return record === undefined ? undefined : showRecord(record, id)
  }

  protected override answer(process: Process, request: Request): void {
    const answered = andThen(carryOut(process, this.children, request), (answer) => {
      request.answer(answer)
    })
    hold(process, answered)
  }

  /** Starts all children in order; one that fails takes those before it down again. */
  #startAll(process: Process): Work<InitResult> {
    const failing = inOrder([...this.children], (record) => {
      return andThen(this.#start(process, record), (failure) => {
        if (failure === undefined) return undefined
        report(process, record.life, { context: 'start_error', reason: failure, pid: undefined })
        const detail = new ChildFailure('failed_to_start_child', record.life.id, failure)
        return { kind: 'shutdown', detail } satisfies ExitReason
      })
    })
    return andThen(failing, (reason): Work<InitResult> => {
      if (reason === undefined) return isRunning
      return andThen(this.#stopAll(process), () => ({ kind: 'failed', reason }))
    })
  }

  /** Starts one child; why it failed if it did. */
  #start(process: Process, record: ChildRecord): Work<ExitReason | undefined> {
    return andThen(record.launch(process), (outcome) => {
      record.restarting = false
      if (outcome.kind === 'ignored' && !isKeptStopped(record)) this.children.forget(record)
      return failureOf(outcome, record.life.id)
    })
  }

  protected override childEnded(
    process: Process,
    child: Process | undefined,
    reason: ExitReason,
  ): void {
    const record = recordOf(child)
    if (record === undefined) return
    const pid = record.process?.pid
    record.process = undefined
    reportEnd(process, record, { reason, pid })
    const nowMs = process.node.timers.nowMs()
    const actions = decide(this, { kind: 'ended', child: record, reason, nowMs })
    hold(process, this.#perform(process, actions, { record, reason }))
  }

  protected override resumeWork(process: Process, record: unknown): void {
    if (!(record instanceof ChildRecord && record.restarting && this.children.has(record))) return
    const nowMs = process.node.timers.nowMs()
    const actions = decide(this, { kind: 'retry', child: record, nowMs })
    hold(process, this.#perform(process, actions, { record, reason: record.lastReason }))
  }

  #perform(
    process: Process,
    actions: readonly SupervisionAction<ChildRecord>[],
    cause: Cause,
  ): Work<unknown> {
    return inOrder(actions, (action) => {
      switch (action.kind) {
        case 'stop':
          return this.#stop(process, action.child)
        case 'forget':
          this.children.forget(action.child)
          return undefined
        case 'start':
          return this.comesBack(action.child) ? this.#restart(process, action.child) : undefined
        case 'shut_down':
          return this.shutDown(
            process,
            action.because === 'intensity' ? giveUp(process, cause) : shutdown,
          )
      }
    })
  }

  /** Whether a restart of its group starts this child too. */
  protected comesBack(_child: ChildRecord): boolean {
    return true
  }

  /** Starts a child again; if that fails the rest waits for its next try. */
  #restart(process: Process, record: ChildRecord): Work<'retry' | undefined> {
    return andThen(this.#start(process, record), (reason) => {
      if (reason === undefined) return undefined
      report(process, record.life, { context: 'start_error', reason, pid: undefined })
      record.restarting = true
      record.lastReason = reason
      process.node.deliver(process, new Note('own', 'retry', record))
      return andThen(letOthersRun(process), () => 'retry' as const)
    })
  }

  protected override shutDown(process: Process, reason: ExitReason): Work<undefined> {
    return andThen(this.#stopAll(process), () => {
      end(process, reason)
      return undefined
    })
  }

  #stopAll(process: Process): Work<undefined> {
    return inOrder([...this.children].reverse(), (record) => this.#stop(process, record))
  }

  #stop(process: Process, record: ChildRecord): Work<undefined> {
    record.restarting = false
    return stopChild(process, record)
  }
}
