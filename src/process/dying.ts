/**
 * How a process ends: one synchronous step, and exit signals that lead to it.
 *
 * Invariant: when `end` returns, the process holds no name, no timer and no monitor, every caller
 * it owed an answer has one, and EXIT and DOWN lie in the inboxes of those who asked for them. No
 * code of a user runs before all of that is true. Source: Erlang reference manual, "Receiving Exit
 * Signals"; one thread makes stronger what the BEAM does in several steps.
 */
import {
  Exit,
  type ExitReason,
  endingOf,
  isAbnormal,
  killed,
  normal,
  shutdown,
} from '../core/exit.ts'
import { shift } from '../core/inbox.ts'
import type { Pid } from '../core/pid.ts'
import { dropAliases } from './alias.ts'
import { runAs } from './current.ts'
import { type Envelope, exitNote } from './envelope.ts'
import { freeNames } from './held-names.ts'
import { linkedTo, unlink } from './links.ts'
import { disown, type Process } from './process.ts'
import type { Request } from './request.ts'
import type { SystemRequest } from './system-request.ts'

/** What `exit` may be given: three words of OTP, or a complete reason. */
export type ExitRequest = 'normal' | 'shutdown' | 'kill' | ExitReason

/** What ended a process: its own code, or a signal of another process or over a link. */
export type EndCause = 'itself' | 'signal'

/** The sender of a signal, by pid and, when it is one, as a process. */
export interface SignalSource {
  readonly pid: Pid
  readonly process: Process | undefined
}

/**
 * Sends an exit signal: at once the end of a process that does not trap exits, a message to one
 * that does. `'kill'` cannot be trapped and shows as `killed`.
 */
export function signalExit(target: Process, source: SignalSource, request: ExitRequest): void {
  if (!target.alive) return
  if (request === 'kill') {
    end(target, killed)
    return
  }
  const reason = request === 'normal' ? normal : request === 'shutdown' ? shutdown : request
  if (arrives(target, source, reason)) end(target, reason, 'signal')
}

/**
 * Ends a process now, and with it every linked process that does not trap exits.
 *
 * @param cause whether its own code ended it: only then is an abnormal end a crash to be reported
 */
export function end(process: Process, reason: ExitReason, cause: EndCause = 'itself'): void {
  const ended: Process[] = []
  const doomed: [Process, ExitReason][] = [[process, reason]]
  // A list and not recursion: a chain of links may be longer than the stack is deep.
  for (let index = 0; index < doomed.length; index += 1) {
    const next = doomed[index]
    if (next === undefined || !next[0].alive) continue
    endOne(next[0], next[1], doomed)
    ended.push(next[0])
  }
  for (const gone of ended) {
    const aborter = gone.extrasIfAny?.aborter
    // As the dead process: what its listeners do or throw is not the deed of whoever ended it.
    if (aborter !== undefined) {
      runAs(gone, () => aborter.abort(new Exit(gone.exitReason ?? normal, gone.describe())))
    }
    gone.oversight?.ended()
    // Not `process.node`: a link may lead to another node.
    gone.node.reports.ended(gone, gone === process ? cause : 'signal')
    gone.state = undefined
    // Only the process above the root has no parent: somebody ended it by hand.
    if (gone.parent === undefined) gone.node.endWith(gone.exitReason ?? normal)
    forgetDeadStarters(gone)
  }
}

/**
 * Only a living parent is ever asked after its dead child. Without this each process of a row of
 * successors, each started by the one before, would keep all that came before it.
 */
function forgetDeadStarters(gone: Process): void {
  if (gone.parent?.alive === false) gone.parent = undefined
  const extras = gone.extrasIfAny
  if (extras !== undefined) extras.starter = undefined
}

function endOne(process: Process, reason: ExitReason, doomed: [Process, ExitReason][]): void {
  const starting = process.phase === 'starting'
  process.phase = 'dead'
  process.node.processes.delete(process.pid.serial)
  process.node.contexts?.forget(process)
  process.node.counters.ended += 1
  process.exitReason = reason
  process.node.observer?.ended(process, starting)
  freeNames(process)
  endLeases(process, reason, doomed)
  dropTimersAndMonitors(process)
  dropAliases(process)
  settleCallers(process, reason)
  // Whoever starts it learns of the end by the outcome of the start.
  if (starting) process.parentLinked = false
  const linked = linkedTo(process)
  for (const other of linked) unlink(other, process)
  if (process.parent !== undefined) disown(process.parent, process)
  for (const other of linked) {
    if (arrives(other, { pid: process.pid, process }, reason)) doomed.push([other, reason])
  }
  reportDown(process, reason)
  process.node.observer?.gone(process)
  if (starting) process.extrasIfAny?.onStartFailed?.(reason)
}

/** Delivers a signal; true if the receiver must end of it. */
function arrives(target: Process, source: SignalSource, reason: ExitReason): boolean {
  if (!target.alive) return false
  if (target.trapping) {
    target.node.deliver(target, exitNote({ from: source.pid, reason }))
    return false
  }
  return reason.kind !== 'normal' || source.process === target
}

function dropTimersAndMonitors(process: Process): void {
  const extras = process.extrasIfAny
  if (extras === undefined) return
  for (const timer of extras.timers ?? []) process.node.timers.cancel(timer)
  extras.timers = undefined
  for (const record of extras.watching?.values() ?? []) {
    record.target.extrasIfAny?.watchers?.delete(record)
  }
  extras.watching = undefined
}

function endLeases(process: Process, reason: ExitReason, doomed: [Process, ExitReason][]): void {
  const extras = process.extrasIfAny
  if (extras?.leases === undefined) return
  for (const lease of extras.leases) {
    for (const dependant of lease.dependants ?? []) doomed.push([dependant, killed])
    lease.ownerEnded(reason)
  }
  extras.leases = undefined
}

function settleCallers(process: Process, reason: ExitReason): void {
  const extras = process.extrasIfAny
  const lastWords = extras?.lastWords
  if (extras !== undefined && lastWords !== undefined) {
    extras.lastWords = undefined
    if (!lastWords.request.answer(lastWords.value)) process.node.counters.lateReplies += 1
  }
  if (process.handling !== undefined && isRequest(process.handling)) {
    process.handling.targetEnded(reason)
  }
  const deferred = extras?.deferred
  if (extras !== undefined) extras.deferred = undefined
  for (const request of deferred ?? []) request.fail(reason)
  for (let envelope = shift(process); envelope !== undefined; envelope = shift(process)) {
    if (isRequest(envelope)) envelope.targetEnded(reason)
    else {
      process.node.counters.dropped += 1
      process.node.observer?.dropped(process, envelope)
    }
  }
}

function isRequest(envelope: Envelope): envelope is Request | SystemRequest {
  return envelope.kind === 'call' || envelope.kind === 'system'
}

function reportDown(process: Process, reason: ExitReason): void {
  const extras = process.extrasIfAny
  const watchers = extras?.watchers
  if (extras === undefined || watchers === undefined) return
  extras.watchers = undefined
  for (const record of watchers) {
    record.watcher?.extrasIfAny?.watching?.delete(record.id)
    const { id, address } = record
    record.report({ monitor: { id }, address, pid: process.pid, reason })
  }
}

/** Ends a process because its code threw, with the reason it chose if that was `context.exit`. */
export function crashed(process: Process, error: unknown): void {
  end(process, endingOf(error))
}

/** Whether an end calls for a crash report. */
export function isCrash(reason: ExitReason): boolean {
  return isAbnormal(reason) && reason.kind !== 'killed'
}
