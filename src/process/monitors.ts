/**
 * Monitors: one report, to one side, when a process ends.
 *
 * Invariant: each monitor yields exactly one DOWN, or none if it was taken back before; both sides
 * forget it in the same step. Source: Erlang reference manual, "Processes", monitors.
 */
import type { ExitReason } from '../core/exit.ts'
import { removeWhere } from '../core/inbox.ts'
import type { Pid } from '../core/pid.ts'
import { SmallSet } from '../core/small-set.ts'
import { type Address, absenceOf } from './address.ts'
import { monitorIsOver } from './alias.ts'
import { type Down, downNote, LocalMonitor, type Monitor } from './envelope.ts'
import type { Process } from './process.ts'

/** A monitor that has not reported yet. */
export interface MonitorRecord extends Monitor {
  readonly target: Process
  /** The watching process, when it is one. */
  readonly watcher: Process | undefined
  /** @param pid of the target; undefined: it was not there */
  report(pid: Pid | undefined, reason: ExitReason): void
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
  if (target === undefined || !target.alive) {
    tell(watcher, plan, { monitor: handle, address, pid: undefined, reason: absenceOf(address) })
    return handle
  }
  const record = new OwnMonitor(watcher, { target, handle, plan })
  const extras = watcher.extras
  extras.watching ??= new Map()
  extras.watching.set(record.id, record)
  attach(record)
  return handle
}

/** The monitor of a process; a class, since there may be very many. */
class OwnMonitor implements MonitorRecord {
  readonly id: number
  readonly target: Process
  readonly watcher: Process
  readonly #handle: Monitor
  readonly #plan: MonitorPlan

  constructor(watcher: Process, parts: OwnMonitorParts) {
    this.id = parts.handle.id
    this.target = parts.target
    this.watcher = watcher
    this.#handle = parts.handle
    this.#plan = parts.plan
  }

  report(pid: Pid | undefined, reason: ExitReason): void {
    tell(this.watcher, this.#plan, {
      monitor: this.#handle,
      address: this.#plan.address,
      pid,
      reason,
    })
  }
}

interface OwnMonitorParts {
  readonly target: Process
  readonly handle: Monitor
  readonly plan: MonitorPlan
}

function tell(watcher: Process, plan: MonitorPlan, down: Down): void {
  monitorIsOver(watcher, down.monitor.id)
  watcher.node.deliver(watcher, downNote('tag' in plan ? { ...down, tag: plan.tag } : down))
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
    target,
    watcher: undefined,
    report: (_pid, reason) => report(reason),
  }
  attach(record)
  return () => target.extrasIfAny?.watchers?.delete(record)
}

function attach(record: MonitorRecord): void {
  const extras = record.target.extras
  extras.watchers ??= new SmallSet()
  extras.watchers.add(record)
}
