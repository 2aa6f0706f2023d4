/**
 * Monitors: one report, to one side, when a process ends.
 *
 * Invariant: each monitor yields exactly one DOWN, or none if it was taken back before; both sides
 * forget it in the same step. Source: Erlang reference manual, "Processes", monitors.
 */
import type { ExitReason } from '../core/exit.ts'
import { removeWhere } from '../core/inbox.ts'
import type { Pid } from '../core/pid.ts'
import { type Address, absenceOf } from './address.ts'
import { monitorIsOver } from './alias.ts'
import { type Down, downNote, LocalMonitor, type Monitor } from './envelope.ts'
import type { Process } from './process.ts'

/** A monitor that has not reported yet. */
export interface MonitorRecord extends Monitor {
  readonly address: Address
  readonly target: Process
  report(down: Down): void
  /** The watching process, when it is one. */
  readonly watcher: Process | undefined
}

/** What is monitored, and how its report looks. */
export interface MonitorPlan {
  /** Undefined: nobody is there. */
  readonly target: Process | undefined
  readonly address: Address
  /** The handle, if it is more than a number: an alias. */
  readonly handle?: Monitor | undefined
  /** Goes into the report, if it is there. */
  readonly tag?: unknown
}

/** Lets `watcher` be told of the end of a process. */
export function monitor(watcher: Process, plan: MonitorPlan): Monitor {
  const { target, address, handle = new LocalMonitor(watcher.node) } = plan
  // A process never hears of its own end, so a monitor on itself would only leak.
  if (target === watcher) return handle
  watcher.node.observer?.monitored(watcher, { id: handle.id, target })
  const tell = (pid: Pid | undefined, reason: ExitReason): void => {
    const down = { monitor: handle, address, pid, reason }
    monitorIsOver(watcher, handle.id)
    watcher.node.deliver(watcher, downNote('tag' in plan ? { ...down, tag: plan.tag } : down))
  }
  if (target === undefined || !target.alive) {
    tell(undefined, absenceOf(address))
    return handle
  }
  const { id } = handle
  const report = ({ pid, reason }: Down): void => tell(pid, reason)
  const record: MonitorRecord = { id, address, target, watcher, report }
  const extras = watcher.extras
  extras.watching ??= new Map()
  extras.watching.set(id, record)
  attach(record)
  return handle
}

/** Takes a monitor back; says whether it had not reported yet. */
export function demonitor(watcher: Process, handle: Monitor, flush: boolean): boolean {
  const record = watcher.extrasIfAny?.watching?.get(handle.id)
  watcher.node.observer?.demonitored(watcher, handle.id, flush)
  monitorIsOver(watcher, handle.id)
  if (record !== undefined) {
    watcher.extrasIfAny?.watching?.delete(handle.id)
    record.target.extrasIfAny?.watchers?.delete(record)
    return true
  }
  if (flush) {
    removeWhere(watcher, (envelope) => {
      return envelope.kind === 'down' && envelope.down?.monitor.id === handle.id
    })
  }
  return false
}

/**
 * Calls `report` once when the process has ended, from outside any process.
 *
 * Returns a function that takes the watch back.
 */
export function watchEnd(target: Process, report: (reason: ExitReason) => void): () => void {
  const record: MonitorRecord = {
    id: target.node.takeMonitorId(),
    address: target.pid,
    target,
    watcher: undefined,
    report: (down) => report(down.reason),
  }
  attach(record)
  return () => target.extrasIfAny?.watchers?.delete(record)
}

function attach(record: MonitorRecord): void {
  const extras = record.target.extras
  extras.watchers ??= new Set()
  extras.watchers.add(record)
}
