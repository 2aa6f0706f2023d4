/**
 * What a supervisor remembers of one child, and what it reports and counts of it.
 */
import type { ChildType, Restart } from '../core/child-spec.ts'
import { ChildFailure, type ExitReason, normal } from '../core/exit.ts'
import type { Pid } from '../core/pid.ts'
import type { ChildView } from '../core/supervision.ts'
import type { Process } from '../process/process.ts'
import type { Startable } from '../process/startable.ts'
import { stopProcess } from '../process/stopping.ts'
import { andThen, type Work } from './hold.ts'

/** One child of a supervisor; its process comes and goes. */
export class ChildRecord implements ChildView {
  readonly spec: Startable
  process: Process | undefined = undefined
  /** Its last start failed and will be tried again. */
  restarting = false
  /** Why its last try to start failed. */
  lastReason: ExitReason = normal

  constructor(spec: Startable) {
    this.spec = spec
  }

  get restart(): Restart {
    return this.spec.restart
  }

  get significant(): boolean {
    return this.spec.significant
  }

  get running(): boolean {
    return this.process !== undefined || this.restarting
  }
}

/** The record of a process that ended, if it was the present process of one of our children. */
export function recordOf(process: Process | undefined): ChildRecord | undefined {
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
  readonly pid: Pid | 'restarting' | undefined
  readonly type: ChildType
}

/** Counts children. */
export function countRecords(records: Iterable<ChildRecord>): ChildCounts {
  const counts = { specs: 0, active: 0, supervisors: 0, workers: 0 }
  for (const record of records) {
    counts.specs += 1
    if (record.process?.alive) counts.active += 1
    if (record.spec.type === 'supervisor') counts.supervisors += 1
    else counts.workers += 1
  }
  return counts
}

/** Shows one child. */
export function showRecord(record: ChildRecord, id: string | undefined): ChildInfo {
  const pid = record.process?.alive ? record.process.pid : undefined
  return { id, pid: record.restarting ? 'restarting' : pid, type: record.spec.type }
}

/** A finding about a child. */
export interface Finding {
  readonly context: 'child_terminated' | 'start_error' | 'shutdown_error' | 'shutdown'
  readonly reason: ExitReason
  readonly pid: Pid | undefined
}

/** Puts a supervisor report on the feed. */
export function report(supervisor: Process, record: ChildRecord, finding: Finding): void {
  const { reports } = supervisor.node
  if (!reports.heard) return
  const { id, restart, shutdownMs, type } = record.spec
  reports.emit({
    kind: 'supervisor_report',
    supervisor: supervisor.behaviour.label,
    pid: supervisor.pid,
    context: finding.context,
    reason: finding.reason,
    offender: { id, pid: finding.pid, restart, shutdownMs, type },
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
  report(supervisor, record, { context: 'shutdown', reason, pid: record.process?.pid })
  const detail = new ChildFailure('reached_max_restart_intensity', record.spec.id, reason)
  return { kind: 'shutdown', detail }
}

/** Stops the process of a child as its specification says, and reports if it ended otherwise. */
export function stopChild(supervisor: Process, record: ChildRecord): Work<undefined> {
  const { process, spec } = record
  record.process = undefined
  if (process === undefined) return undefined
  return andThen(stopProcess(process, spec.shutdownMs), (reason) => {
    if (!isExpectedStop(spec, reason)) {
      report(supervisor, record, { context: 'shutdown_error', reason, pid: process.pid })
    }
    return undefined
  })
}

function isExpectedStop(spec: Startable, reason: ExitReason): boolean {
  if (spec.shutdownMs === 'kill') return reason.kind === 'killed'
  return reason.kind === 'shutdown' || (reason.kind === 'normal' && spec.restart !== 'permanent')
}
