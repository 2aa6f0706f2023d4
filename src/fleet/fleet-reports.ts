/**
 * What a keeper puts on the event feed.
 */
import { type ExitReason, normal } from '../core/exit.ts'
import { show } from '../core/show.ts'
import type { Process } from '../process/process.ts'
import type { Row } from './desired-set.ts'

/** A worker that is wanted has ended. */
export function reportEnd(keeper: Process, row: Row, worker: Process): void {
  emit(keeper, row, { context: 'child_terminated', reason: worker.exitReason ?? normal, worker })
}

/** Starting a wanted worker again has failed. */
export function reportFailedStart(keeper: Process, row: Row, reason: ExitReason): void {
  emit(keeper, row, { context: 'start_error', reason, worker: undefined })
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
  readonly worker: Process | undefined
}

function emit(keeper: Process, row: Row, finding: Finding): void {
  if (!keeper.node.reports.heard) return
  keeper.node.reports.emit({
    kind: 'supervisor_report',
    supervisor: keeper.behaviour.label,
    pid: keeper.pid,
    context: finding.context,
    reason: finding.reason,
    offender: {
      id: show(row.key),
      pid: finding.worker?.pid,
      restart: 'permanent',
      shutdownMs: 'infinity',
      type: 'worker',
    },
  })
}
