/**
 * Monitors: one report, to one side, when a process ends.
 *
 * Invariant: each monitor yields exactly one DOWN, or none if it was taken back before; both sides
 * forget it in the same step. Source: Erlang reference manual, "Processes", monitors.
 */

import { DenseTable } from '../core/dense-table.ts'
import { type ExitReason, normal } from '../core/exit.ts'
import { removeWhere } from '../core/inbox.ts'
import { SmallSet } from '../core/small-set.ts'
import { type Address, absenceOf } from './address.ts'
import { monitorIsOver } from './alias.ts'
import { type Down, type DownSource, downNote, LocalMonitor, type Monitor } from './envelope.ts'
import type { Process } from './process.ts'

/** A monitor that has not reported yet, or a watch from outside of any process. */
export interface Watch {
  /** The watching process, when it is one. */
  readonly watcher: Process | undefined
  /** Reports, once; nobody has to take it back any more. */
  targetEnded(reason: ExitReason): void
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
    const reason = absenceOf(address)
    const down = tagged(plan, { monitor: handle, address, pid: undefined, reason })
    tell(watcher, handle, { down })
    return handle
  }
  const record = new OwnMonitor(watcher, { target, handle, plan })
  const extras = watcher.extras
  extras.watching ??= new MonitorTable()
  extras.watching.add(record)
  attach(target, record)
  return handle
}

/**
 * The monitor of a process. There may be very many, and very many may report before their process
 * comes to hear it, so an end makes no report: the monitor is what is sent, and says it when asked.
 */
export class OwnMonitor implements Watch, DownSource {
  place = 0
  readonly target: Process
  readonly watcher: Process
  readonly #handle: Monitor
  readonly #address: Address
  /** Kept only for its tag. */
  readonly #plan: MonitorPlan | undefined
  #reason: ExitReason = normal

  constructor(watcher: Process, { target, handle, plan }: OwnMonitorParts) {
    this.target = target
    this.watcher = watcher
    this.#handle = handle
    this.#address = plan.address
    this.#plan = 'tag' in plan ? plan : undefined
  }

  get id(): number {
    return this.#handle.id
  }

  get down(): Down {
    const { pid } = this.target
    const down = { monitor: this.#handle, address: this.#address, pid, reason: this.#reason }
    return tagged(this.#plan, down)
  }

  targetEnded(reason: ExitReason): void {
    this.#reason = reason
    this.watcher.extrasIfAny?.watching?.delete(this)
    tell(this.watcher, this.#handle, this)
  }
}

interface OwnMonitorParts {
  readonly target: Process
  readonly handle: Monitor
  readonly plan: MonitorPlan
}

/** The monitors that one process has on others. */
export class MonitorTable extends DenseTable<OwnMonitor> {
  protected numberOf({ id }: OwnMonitor): number {
    return id
  }
}

function tagged(plan: MonitorPlan | undefined, down: Down): Down {
  return plan !== undefined && 'tag' in plan ? { ...down, tag: plan.tag } : down
}

function tell(watcher: Process, { id }: Monitor, source: DownSource): void {
  monitorIsOver(watcher, id)
  watcher.node.deliver(watcher, downNote(source))
}

/** Takes a monitor back; says whether it had not reported yet. */
export function demonitor(watcher: Process, handle: Monitor, flush: boolean): boolean {
  const record = watcher.extrasIfAny?.watching?.get(handle.id)
  watcher.node.observer?.demonitored(watcher, handle.id, flush)
  monitorIsOver(watcher, handle.id)
  if (record !== undefined) {
    watcher.extrasIfAny?.watching?.delete(record)
    record.target.extrasIfAny?.watchers?.delete(record)
    return true
  }
  if (flush) {
    watcher.node.scheduler.gather(watcher)
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
  const watch: Watch = { watcher: undefined, targetEnded: report }
  attach(target, watch)
  return () => target.extrasIfAny?.watchers?.delete(watch)
}

function attach({ extras }: Process, watch: Watch): void {
  extras.watchers ??= new SmallSet()
  extras.watchers.add(watch)
}
