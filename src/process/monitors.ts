/**
 * Monitors: one report, to one side, when a process ends.
 *
 * Invariant: each monitor yields exactly one DOWN, or none if it was taken back before; both sides
 * forget it in the same step. Source: Erlang reference manual, "Processes", monitors.
 */
import type { ExitReason } from '../core/exit.ts'
import { removeWhere } from '../core/inbox.ts'
import { type Address, addressText } from './address.ts'
import { type Down, downNote, type Monitor } from './envelope.ts'
import type { Process } from './process.ts'

/** A monitor that has not reported yet. */
export interface MonitorRecord extends Monitor {
  readonly address: Address
  readonly target: Process
  report(down: Down): void
  /** The watching process, when it is one. */
  readonly watcher: Process | undefined
}

/** Lets `watcher` be told of the end of `target`; `undefined` means that nobody is there. */
export function monitor(watcher: Process, target: Process | undefined, address: Address): Monitor {
  const id = watcher.node.takeMonitorId()
  const handle: Monitor = { id }
  // A process never hears of its own end, so a monitor on itself would only leak.
  if (target === watcher) return handle
  if (target === undefined || !target.alive) {
    const reason: ExitReason = { kind: 'noproc', address: addressText(address) }
    watcher.node.deliver(watcher, downNote({ monitor: handle, address, pid: undefined, reason }))
    return handle
  }
  const record: MonitorRecord = {
    id,
    address,
    target,
    watcher,
    report: (down) => watcher.node.deliver(watcher, downNote({ ...down, monitor: handle })),
  }
  const extras = watcher.extras
  extras.watching ??= new Map()
  extras.watching.set(id, record)
  attach(record)
  return handle
}

/** Takes a monitor back; says whether it had not reported yet. */
export function demonitor(watcher: Process, handle: Monitor, flush: boolean): boolean {
  const record = watcher.extrasIfAny?.watching?.get(handle.id)
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
