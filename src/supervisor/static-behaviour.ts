/**
 * Performs what `core/supervision.ts` decides, for a fixed list of children.
 *
 * Invariant: one action at a time; while a child starts or stops, other signals wait in the inbox,
 * and between two tries to start a child they are served. Source: OTP `supervisor`.
 */
import { ChildFailure, type ExitReason, shutdown } from '../core/exit.ts'
import type { RestartTimes } from '../core/restart-window.ts'
import {
  decide,
  isRestarted,
  type SupervisionAction,
  type SupervisionPolicy,
} from '../core/supervision.ts'
import { end } from '../process/dying.ts'
import { Note } from '../process/envelope.ts'
import type { InitResult, Process } from '../process/process.ts'
import { launch, type Startable } from '../process/startable.ts'
import { type Cause, ChildRecord, giveUp, recordOf, report, stopChild } from './child-record.ts'
import { andThen, hold, inOrder, type Work } from './hold.ts'
import { failureOf } from './started.ts'
import { Supervising } from './supervising.ts'

/** One running static supervisor. */
export class StaticBehaviour extends Supervising {
  readonly policy: SupervisionPolicy
  children: ChildRecord[]
  restarts: RestartTimes | undefined = undefined

  constructor(label: string, policy: SupervisionPolicy, children: readonly Startable[]) {
    super(label)
    this.policy = policy
    this.children = children.map((spec) => new ChildRecord(spec))
  }

  /** Starts all children in order; one that fails takes those before it down again. */
  protected override begin(process: Process): Work<InitResult> {
    const failing = inOrder([...this.children], (record) => {
      return andThen(this.#start(process, record), (failure) => {
        if (failure === undefined) return undefined
        report(process, record, { context: 'start_error', reason: failure, pid: undefined })
        const detail = new ChildFailure('failed_to_start_child', record.spec.id, failure)
        return { kind: 'shutdown', detail } satisfies ExitReason
      })
    })
    return andThen(failing, (reason): Work<InitResult> => {
      if (reason === undefined) return { kind: 'running' }
      return andThen(this.#stopAll(process), () => ({ kind: 'failed', reason }))
    })
  }

  /** Starts one child; why it failed if it did. */
  #start(process: Process, record: ChildRecord): Work<ExitReason | undefined> {
    return andThen(record.spec[launch](process, record), (outcome) => {
      record.restarting = false
      if (outcome.kind === 'started') record.process = outcome.process
      if (outcome.kind === 'ignored' && record.restart === 'temporary') this.#forget(record)
      return failureOf(outcome, record.spec.id)
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
    if (isRestarted(record.restart, reason)) {
      report(process, record, { context: 'child_terminated', reason, pid })
    }
    const nowMs = process.node.timers.nowMs()
    const actions = decide(this, { kind: 'ended', child: record, reason, nowMs })
    hold(process, this.#perform(process, actions, { record, reason }))
  }

  protected override resumeWork(process: Process, record: unknown): void {
    if (!(record instanceof ChildRecord && record.restarting)) return
    if (!this.children.includes(record)) return
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
          this.#forget(action.child)
          return undefined
        case 'start':
          return this.#restart(process, action.child)
        case 'shut_down':
          return this.shutDown(
            process,
            action.because === 'intensity' ? giveUp(process, cause) : shutdown,
          )
      }
    })
  }

  /** Starts a child again; if that fails the rest waits for its next try. */
  #restart(process: Process, record: ChildRecord): Work<'retry' | undefined> {
    return andThen(this.#start(process, record), (reason) => {
      if (reason === undefined) return undefined
      report(process, record, { context: 'start_error', reason, pid: undefined })
      record.restarting = true
      record.lastReason = reason
      process.node.deliver(process, new Note('own', 'retry', record))
      return 'retry'
    })
  }

  protected override shutDown(process: Process, reason: ExitReason): Work<undefined> {
    return andThen(this.#stopAll(process), () => {
      end(process, reason)
      return undefined
    })
  }

  #stopAll(process: Process): Work<undefined> {
    return inOrder(this.children.toReversed(), (record) => this.#stop(process, record))
  }

  #stop(process: Process, record: ChildRecord): Work<undefined> {
    record.restarting = false
    return stopChild(process, record)
  }

  #forget(record: ChildRecord): void {
    this.children = this.children.filter((other) => other !== record)
  }
}
