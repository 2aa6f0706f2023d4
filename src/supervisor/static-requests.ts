/**
 * What a static supervisor does when it is asked to start, stop, restart or forget one child.
 *
 * Invariant: a request touches one child and never its siblings, costs nothing of the restart
 * budget and triggers no strategy. Source: OTP `supervisor`, `start_child/2`, `terminate_child/2`,
 * `restart_child/2`, `delete_child/2`.
 */
import {
  decideOnStopped,
  decideStart,
  decideTerminate,
  isKeptStopped,
} from '../core/child-requests.ts'
import { trust } from '../core/trust.ts'
import type { Process } from '../process/process.ts'
import type { Request } from '../process/request.ts'
import { Startable } from '../process/startable.ts'
import { toStarted } from '../process/started.ts'
import { ChildRecord, stopChild } from './child-record.ts'
import { type ChildTable, childrenMax } from './child-table.ts'
import { andThen, type Work } from './hold.ts'
import type { ChildDeleted, ChildRestarted, ChildStarted, ChildTerminated } from './started.ts'

/** The requests there are; each has one payload, a specification or an id. */
export type StaticRequest = 'start_child' | 'terminate_child' | 'restart_child' | 'delete_child'

/** Carries a request out; the answer is one of the outcomes in started.ts. */
export function carryOut(
  process: Process,
  children: ChildTable,
  { name, payload }: Request,
): Work<unknown> {
  switch (name) {
    case 'start_child':
      return startChild(process, children, Startable.check('start a child', payload))
    case 'terminate_child':
      return terminateChild(process, children, trust(payload))
    case 'restart_child':
      return restartChild(process, children, trust(payload))
    default:
      return deleteChild(children, trust(payload))
  }
}

function startChild(process: Process, children: ChildTable, spec: Startable): Work<ChildStarted> {
  const refusal = decideStart(children.find(spec.id), children.size < childrenMax)
  if (refusal?.kind === 'already_started') {
    const { kind, child } = refusal
    return { ok: false, reason: { kind, pid: trust(child.process?.pid) } }
  }
  if (refusal !== undefined) return { ok: false, reason: refusal }
  const record = new ChildRecord(spec)
  return andThen(record.launch(process), (outcome) => {
    const isKept = outcome.kind === 'ignored' && isKeptStopped(record)
    if (isKept || outcome.kind === 'started') children.add(record)
    return toStarted(outcome, spec.id)
  })
}

function terminateChild(process: Process, children: ChildTable, id: string): Work<ChildTerminated> {
  const decision = decideTerminate(children.find(id))
  if (decision.kind !== 'granted') return { ok: false, reason: decision }
  const record = decision.child
  record.restarting = false
  return andThen(stopChild(process, record), () => {
    if (!isKeptStopped(record)) children.forget(record)
    return { ok: true }
  })
}

function restartChild(process: Process, children: ChildTable, id: string): Work<ChildRestarted> {
  const decision = decideOnStopped(children.find(id))
  if (decision.kind !== 'granted') return { ok: false, reason: decision }
  return andThen(decision.child.launch(process), (outcome) => toStarted(outcome, id))
}

function deleteChild(children: ChildTable, id: string): ChildDeleted {
  const decision = decideOnStopped(children.find(id))
  if (decision.kind !== 'granted') return { ok: false, reason: decision }
  children.forget(decision.child)
  return { ok: true }
}
