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
import type { Pid } from '../core/pid.ts'
import { dropAliases } from './alias.ts'
import { runAs } from './current.ts'
import { type Envelope, exitNote } from './envelope.ts'
import { freeNames } from './held-names.ts'
import { linkedBeside, unlink } from './links.ts'
import { disown, type Process } from './process.ts'
import type { Request } from './request.ts'
import type { SystemRequest } from './system-request.ts'

/** What `exit` may be given: three words of OTP, or a complete reason. */
export type ExitRequest = 'normal' | 'shutdown' | 'kill' | ExitReason

/** What ended a process: its own code, or a signal of another process or over a link. */
export type EndCause = 'itself' | 'signal'

/** A process that must end because another one has. */
interface Doom {
  readonly process: Process
  readonly reason: ExitReason
}

/** Those who must end because one has; most ends take nobody along, so there is mostly no list. */
type Doomed = Doom[] | undefined

/**
 * Sends an exit signal: at once the end of a process that does not trap exits, a message to one
 * that does. `'kill'` cannot be trapped and shows as `killed`.
 */
export function signalExit(target: Process, from: Pid, request: ExitRequest): void {
  if (!target.alive) return
  if (request === 'kill') {
    end(target, killed)
    return
  }
  const reason = request === 'normal' ? normal : request === 'shutdown' ? shutdown : request
  if (arrives(target, from, reason)) end(target, reason, 'signal')
}

/**
 * Ends a process now, and with it every linked process that does not trap exits.
 *
 * @param cause whether its own code ended it: only then is an abnormal end a crash to be reported
 */
export function end(process: Process, reason: ExitReason, cause: EndCause = 'itself'): void {
  if (!process.alive) return
  const doomed = endOne(process, reason, undefined)
  if (doomed === undefined) {
    tellOfEnd(process, cause)
    return
  }
  const ended = [process]
  // A list and not recursion: a chain of links may be longer than the stack is deep.
  for (const next of doomed) {
    if (!next.process.alive) continue
    endOne(next.process, next.reason, doomed)
    ended.push(next.process)
  }
  for (const gone of ended) tellOfEnd(gone, gone === process ? cause : 'signal')
}

/** What may run code of a user, and so waits until all that must end together have ended. */
function tellOfEnd(gone: Process, cause: EndCause): void {
  const aborter = gone.extrasIfAny?.aborter
  if (aborter !== undefined) abort(gone, aborter)
  gone.oversight?.ended()
  // Not `process.node`: a link may lead to another node.
  gone.node.reports.ended(gone, cause)
  gone.state = undefined
  // Only the process above the root has no parent: somebody ended it by hand.
  if (gone.parent === undefined) gone.node.endWith(gone.exitReason ?? normal)
  forgetDeadStarters(gone)
}

/** As the dead process: what its listeners do or throw is not the deed of whoever ended it. */
function abort(gone: Process, aborter: AbortController): void {
  runAs(gone, () => aborter.abort(new Exit(gone.exitReason ?? normal, gone.describe())))
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

/** @returns `doomed` with those whom this end takes along */
function endOne(process: Process, reason: ExitReason, doomed: Doomed): Doomed {
  const { node } = process
  const starting = process.phase === 'starting'
  process.phase = 'dead'
  node.processes.delete(process)
  node.contexts?.forget(process)
  node.counters.ended += 1
  process.exitReason = reason
  node.observer?.ended(process, starting)
  freeNames(process)
  let fallen = endLeases(process, reason, doomed)
  dropTimersAndMonitors(process)
  dropAliases(process)
  settleCallers(process, reason)
  // Whoever starts it learns of the end by the outcome of the start.
  if (starting) process.parentLinked = false
  fallen = cutLinks(process, fallen)
  reportDown(process, reason)
  node.observer?.gone(process)
  if (starting) process.extrasIfAny?.onStartFailed?.(reason)
  return fallen
}

/** Unties it from everyone before the first of them is told. */
function cutLinks(process: Process, doomed: Doomed): Doomed {
  const { parent } = process
  const hearer = process.parentLinked ? parent : undefined
  const others = linkedBeside(process)
  process.parentLinked = false
  for (const other of others) unlink(other, process)
  if (parent !== undefined) disown(parent, process)
  let fallen = doomed
  if (hearer !== undefined) fallen = tellLinked(hearer, process, fallen)
  for (const other of others) fallen = tellLinked(other, process, fallen)
  return fallen
}

function tellLinked(linked: Process, gone: Process, doomed: Doomed): Doomed {
  const reason = gone.exitReason ?? normal
  return arrives(linked, gone.pid, reason) ? doom(doomed, linked, reason) : doomed
}

function doom(doomed: Doomed, process: Process, reason: ExitReason): Doom[] {
  if (doomed === undefined) return [{ process, reason }]
  doomed.push({ process, reason })
  return doomed
}

/** Delivers a signal; true if the receiver must end of it. */
function arrives(target: Process, from: Pid, reason: ExitReason): boolean {
  if (!target.alive) return false
  if (target.trapping) {
    target.node.deliverNext(target, exitNote({ from, reason }))
    return false
  }
  return reason.kind !== 'normal' || from === target.pid
}

function dropTimersAndMonitors(process: Process): void {
  const extras = process.extrasIfAny
  if (extras === undefined) return
  const { timers, watching } = extras
  timers?.each((timer) => process.node.timers.cancel(timer))
  extras.timers = undefined
  if (watching !== undefined) {
    for (const own of watching) own.target.extrasIfAny?.watchers?.delete(own)
  }
  extras.watching = undefined
}

function endLeases(process: Process, reason: ExitReason, doomed: Doomed): Doomed {
  const extras = process.extrasIfAny
  if (extras?.leases === undefined) return doomed
  let fallen = doomed
  for (const lease of extras.leases) {
    for (const dependant of lease.dependants ?? []) fallen = doom(fallen, dependant, killed)
    lease.ownerEnded(reason)
  }
  extras.leases = undefined
  return fallen
}

function settleCallers(process: Process, reason: ExitReason): void {
  const extras = process.extrasIfAny
  const lastWords = extras?.lastWords
  if (extras !== undefined && lastWords !== undefined) {
    extras.lastWords = undefined
    if (!lastWords.request.answer(lastWords.value)) process.node.counters.lateReplies += 1
  }
  const { handling } = process
  if (handling !== undefined && isRequest(handling)) handling.targetEnded(reason)
  const deferred = extras?.deferred
  if (extras !== undefined && deferred !== undefined) {
    extras.deferred = undefined
    for (const request of deferred) request.targetEnded(reason)
  }
  const { scheduler } = process.node
  for (let left = scheduler.take(process); left !== undefined; left = scheduler.take(process)) {
    if (isRequest(left)) left.targetEnded(reason)
    else {
      process.node.counters.dropped += 1
      process.node.observer?.dropped(process, left)
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
  watchers.each((watch) => watch.targetEnded(reason))
}

/** Ends a process because its code threw, with the reason it chose if that was `context.exit`. */
export function crashed(process: Process, error: unknown): void {
  end(process, endingOf(error))
}

/** Whether an end calls for a crash report. */
export function isCrash(reason: ExitReason): boolean {
  return isAbnormal(reason) && reason.kind !== 'killed'
}
