/**
 * What a keeper puts on the event feed.
 */
import type { Restart, Shutdown } from '../core/child-spec.ts'
import { type ExitReason, normal } from '../core/exit.ts'
import { showKey } from '../core/key.ts'
import type { Process } from '../process/process.ts'
import { Row } from './desired-set.ts'

/** How every worker of a fleet lives. */
export interface WorkerLife {
  readonly server: { readonly label: string }
  readonly policy: { readonly restart: Restart }
  readonly shutdownMs: Shutdown
}

/** A worker that is wanted has ended. */
export function reportEnd(keeper: Process, life: WorkerLife, worker: Process): void {
  const reason = worker.exitReason ?? normal
  const { record } = worker
  if (record instanceof Row)
    emit(keeper, life, { context: 'child_terminated', reason, row: record, worker })
}

/** Starting a wanted worker again has failed. */
export function reportFailedStart(keeper: Process, life: WorkerLife, row: Row): void {
  const reason = row.lastReason ?? normal
  emit(keeper, life, { context: 'start_error', reason, row, worker: undefined })
}

/** The budget of a key is used up. */
export function reportParked(keeper: Process, row: Row, reason: ExitReason): void {
  const { label } = keeper.behaviour
  keeper.node.reports.emit({ kind: 'parked', fleet: label, key: row.key, reason })
}

/** A parked key is taken up again. */
export function reportReleased(keeper: Process, row: Row): void {
  keeper.node.reports.emit({ kind: 'released', fleet: keeper.behaviour.label, key: row.key })
}

interface Finding {
  readonly context: 'child_terminated' | 'start_error'
  readonly reason: ExitReason
  readonly row: Row
  readonly worker: Process | undefined
}

function emit(keeper: Process, life: WorkerLife, finding: Finding): void {
  if (!keeper.node.reports.heard) return
  keeper.node.reports.emit({
    kind: 'supervisor_report',
    supervisor: keeper.behaviour.label,
    pid: keeper.pid,
    context: finding.context,
    reason: finding.reason,
    offender: {
      id: showKey(finding.row.key),
      pid: finding.worker?.pid,
      restart: life.policy.restart,
      shutdownMs: life.shutdownMs,
      type: 'worker',
      label: life.server.label,
    },
  })
}
