/**
 * What a supervisor remembers of one child, and what it reports and counts of it.
 *
 * Invariant: how a temporary child was started, its start argument above all, is forgotten as soon
 * as it runs, since it is never started again. A supervisor of very many children that do nothing
 * keeps no record of them, but only their specifications, until something happens to one.
 */
import type { ChildType, Life, Restart } from '../core/child-spec.ts'
import { ChildFailure, type ExitReason, isAbnormal, normal } from '../core/exit.ts'
import type { Pid } from '../core/pid.ts'
import { type ChildView, isRestarted } from '../core/supervision.ts'
import type { Process } from '../process/process.ts'
import type { StartOutcome } from '../process/spawn.ts'
import { launch, Spent, Startable } from '../process/startable.ts'
import { stopProcess } from '../process/stopping.ts'
import type { Work } from './hold.ts'

/** One child of a supervisor; its process comes and goes. */
export class ChildRecord implements ChildView {
  readonly life: Life
  process: Process | undefined = undefined
  /** Its last start failed and will be tried again. */
  restarting = false
  /** Why its last try to start failed or, of a dynamic supervisor, its last process ended. */
  lastReason: ExitReason = normal

  #spec: Startable

  /** @param id what the supervisor calls it, if not what the specification says */
  constructor(spec: Startable, id: string = spec.id) {
    this.life = id === spec.id ? Startable.lifeOf(spec) : { ...Startable.lifeOf(spec), id }
    this.#spec = spec
  }

  /** The record of a child that runs. */
  static of(spec: Startable, process: Process): ChildRecord {
    const record = new ChildRecord(spec)
    record.process = process
    return record
  }

  get restart(): Restart {
    return this.life.restart
  }

  get significant(): boolean {
    return this.life.significant
  }

  get running(): boolean {
    return this.process !== undefined || this.restarting
  }

  /**
   * Leaves its process with the specification alone, until `recordOf` is asked for it. The process
   * before still has this record: if that led on to this process, who keeps the pid of a dead one
   * would keep all that came after it.
   */
  fold(): void {
    const { process } = this
    if (process?.record !== this) return
    process.record = this.#spec
    this.process = undefined
  }

  /** Starts its process. */
  launch(supervisor: Process): Work<StartOutcome> {
    const starting = this.#spec[launch](supervisor, this)
    return starting instanceof Promise
      ? starting.then((outcome) => this.#launched(outcome))
      : this.#launched(starting)
  }

  #launched(outcome: StartOutcome): StartOutcome {
    if (outcome.kind !== 'started') return outcome
    this.process = outcome.process
    if (this.restart === 'temporary') this.#spec = new Spent(this.#spec)
    return outcome
  }
}

/** Leaves a process that was started without a record with its specification alone. */
export function keepSpec(process: Process, spec: Startable): void {
  process.record = spec.restart === 'temporary' ? new Spent(spec) : spec
}

/** The record of a process, if it is the present process of a child. */
export function recordOf(process: Process | undefined): ChildRecord | undefined {
  if (process?.record instanceof Startable) process.record = ChildRecord.of(process.record, process)
  if (!(process?.record instanceof ChildRecord)) return undefined
  return process.record.process === process ? process.record : undefined
}

/** How many children, by kind and state. Source: `supervisor:count_children/1`. */
export interface ChildCounts {
  readonly specs: number
  readonly active: number
  readonly supervisors: number
  readonly workers: number
}

/** One child as an operator sees it; the id is undefined for children of dynamic supervisors. */
export interface ChildInfo {
  readonly id: string | undefined
  /** Its process if that lives. */
  readonly pid: Pid | 'restarting' | undefined
  readonly type: ChildType
  /** What it runs: the name of its server, or its own if it is something else. */
  readonly label: string
}

/** Counts children. */
export function countInfos(infos: Iterable<ChildInfo>): ChildCounts {
  const counts = { specs: 0, active: 0, supervisors: 0, workers: 0 }
  for (const { pid, type } of infos) {
    counts.specs += 1
    if (typeof pid === 'object') counts.active += 1
    if (type === 'supervisor') counts.supervisors += 1
    else counts.workers += 1
  }
  return counts
}

/** Shows one child. */
export function showRecord(record: ChildRecord, id: string | undefined): ChildInfo {
  const pid = record.process?.alive ? record.process.pid : undefined
  const { type, label } = record.life
  return { id, pid: record.restarting ? 'restarting' : pid, type, label }
}

/** Shows the child that a process is, if it is one, and makes no record for that. */
export function showChild(process: Process): ChildInfo | undefined {
  if (process.record instanceof Startable) {
    const { type, label } = process.record
    return { id: undefined, pid: process.alive ? process.pid : undefined, type, label }
  }
  const record = recordOf(process)
  return record === undefined ? undefined : showRecord(record, undefined)
}

/** A finding about a child. */
export interface Finding {
  readonly context: 'child_terminated' | 'start_error' | 'shutdown_error' | 'shutdown'
  readonly reason: ExitReason
  readonly pid: Pid | undefined
}

/** Reports that a child ended, unless it did so cleanly and for good. */
export function reportEnd(
  supervisor: Process,
  record: ChildRecord,
  { reason, pid }: Omit<Finding, 'context'>,
): void {
  if (!isRestarted(record.restart, reason) && !isAbnormal(reason)) return
  report(supervisor, record.life, { context: 'child_terminated', reason, pid })
}

/** Puts a supervisor report on the feed. */
export function report(supervisor: Process, life: Life, finding: Finding): void {
  const { reports } = supervisor.node
  if (!reports.heard) return
  const { id, restart, shutdownMs, type, label } = life
  reports.publish({
    node: reports.base.node,
    incarnation: reports.base.incarnation,
    kind: 'supervisor_report',
    supervisor: supervisor.behaviour.label,
    pid: supervisor.pid,
    context: finding.context,
    reason: finding.reason,
    offender: { id, pid: finding.pid, restart, shutdownMs, type, label },
  })
}

/** What used up the restart intensity of a supervisor. */
export interface Cause {
  readonly record: ChildRecord
  readonly reason: ExitReason
}

/** Reports that a supervisor gives up, and is the reason it ends with. */
export function giveUp(supervisor: Process, cause: Cause): ExitReason {
  const { record, reason } = cause
  report(supervisor, record.life, { context: 'shutdown', reason, pid: record.process?.pid })
  const detail = new ChildFailure('reached_max_restart_intensity', record.life.id, reason)
  return { kind: 'shutdown', detail }
}

/** Whether a child that was told to stop has ended as it should. */
export type StopRule = (life: Life, reason: ExitReason) => boolean

/** Stops the process of a child as its specification says, and reports if it ended otherwise. */
export function stopChild(
  supervisor: Process,
  record: ChildRecord,
  isExpected: StopRule = isExpectedStop,
): Work<undefined> {
  const { process, life } = record
  record.process = undefined
  // A supervisor that was killed among its children stops no more of them.
  if (process === undefined || !supervisor.alive) return undefined
  return stopAs(supervisor, { process, life, isExpected })
}

/**
 * Stops a living process as the specification says that it was started by, whether there is a
 * record or not, and without making one; it is nobody's child any more.
 */
export function stopUnrecorded(
  supervisor: Process,
  process: Process,
  isExpected: StopRule,
): Work<undefined> {
  const { record } = process
  if (!(record instanceof Startable)) {
    const known = recordOf(process)
    return known === undefined ? undefined : stopChild(supervisor, known, isExpected)
  }
  process.record = undefined
  if (!supervisor.alive) return undefined
  return stopAs(supervisor, { process, life: Startable.lifeOf(record), isExpected })
}

/** A process that is told to stop, and what is expected of it. */
interface Stopping {
  readonly process: Process
  readonly life: Life
  readonly isExpected: StopRule
}

function stopAs(supervisor: Process, stopping: Stopping): Work<undefined> {
  const ended = stopProcess(stopping.process, stopping.life.shutdownMs)
  return ended instanceof Promise
    ? ended.then((reason) => judgeStop(supervisor, stopping, reason))
    : judgeStop(supervisor, stopping, ended)
}

function judgeStop(supervisor: Process, stopping: Stopping, reason: ExitReason): undefined {
  const { process, life, isExpected } = stopping
  if (isExpected(life, reason)) return
  report(supervisor, life, { context: 'shutdown_error', reason, pid: process.pid })
}

/** OTP's rule: a permanent child that is told to stop has no reason of its own. */
function isExpectedStop({ shutdownMs, restart }: Life, reason: ExitReason): boolean {
  if (restart !== 'permanent' && !isAbnormal(reason)) return true
  return shutdownMs === 'kill' ? reason.kind === 'killed' : isPlainShutdown(reason)
}

/** A supervisor adds to its `shutdown` whom it has given up for; to OTP that is the same. */
function isPlainShutdown(reason: ExitReason): boolean {
  if (reason.kind !== 'shutdown') return false
  return reason.detail === undefined || ChildFailure.is(reason.detail)
}
