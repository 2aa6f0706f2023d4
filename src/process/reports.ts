/**
 * Makes the events of one node.
 *
 * Invariant: each method costs one check when nobody listens.
 */
import { describeError, type ExitReason } from '../core/exit.ts'
import type { KeptContext } from './attribution.ts'
import { runAs, runAsNobody } from './current.ts'
import { type EndCause, isCrash } from './dying.ts'
import {
  type EventBase,
  type EventContent,
  type FlotillaEvent,
  isHeard,
  publish,
} from './events.ts'
import { ancestorsOf } from './origins.ts'
import type { Process } from './process.ts'

/** The events of one node. */
export class Reports {
  /** What every event of the node begins with. */
  readonly base: EventBase
  readonly #nobody: KeptContext | undefined

  /** @param nobody a context that belongs to nobody, if one is kept */
  constructor(base: EventBase, nobody: KeptContext | undefined) {
    this.base = base
    this.#nobody = nobody
  }

  /** Whether anybody listens. */
  get heard(): boolean {
    return isHeard()
  }

  emit(content: EventContent): void {
    if (!isHeard()) return
    // Not a spread: with `incarnation` in it that takes Node 20 twenty times as long.
    this.publish(Object.assign({}, this.base, content))
  }

  /** As `emit`, for frequent events: a whole literal costs a tenth of putting one together. */
  publish(event: FlotillaEvent): void {
    // As nobody: what listeners do or throw is not the deed of the process that they hear of.
    runAsNobody(this.#nobody, publish, event)
  }

  started(process: Process): void {
    if (!isHeard()) return
    const { node, incarnation } = this.base
    const { pid, behaviour } = process
    this.publish({ node, incarnation, kind: 'process_started', pid, label: behaviour.label })
  }

  ended(process: Process, cause: EndCause): void {
    const reason = process.exitReason
    if (reason === undefined || !isHeard()) return
    const { node, incarnation } = this.base
    const { pid } = process
    const { label } = process.behaviour
    if (cause === 'itself' && isCrash(reason)) this.#crashReport(process, reason)
    const processLabel = process.extrasIfAny?.label
    const kind = 'process_ended'
    this.publish({ node, incarnation, kind, pid, label, processLabel, reason })
  }

  unhandled(process: Process, message: 'info' | 'down' | 'exit' | 'cast'): void {
    if (!isHeard()) return
    const { label } = process.behaviour
    this.emit({ kind: 'unhandled_message', pid: process.pid, label, message })
  }

  overload(process: Process, message: 'call' | 'cast' | 'info' | 'system'): void {
    if (!isHeard()) return
    const { label } = process.behaviour
    this.emit({ kind: 'overload', pid: process.pid, label, message, mailboxSize: process.size })
  }

  #crashReport(process: Process, reason: ExitReason): void {
    const { nameKey, nameOwner } = process
    this.emit({
      kind: 'crash_report',
      pid: process.pid,
      label: process.behaviour.label,
      processLabel: process.extrasIfAny?.label,
      name:
        nameKey === undefined || nameOwner === undefined
          ? undefined
          : { registry: nameOwner.name, key: nameKey },
      reason,
      ancestors: ancestorsOf(process),
      lastMessage: process.lastMessage,
      client: process.handling?.kind === 'call' ? process.handling.caller?.pid : undefined,
      state: lastStateOf(process),
    })
  }
}

/** What its behaviour tells of the state it ended with. */
function lastStateOf(process: Process): unknown {
  // An init that failed left none.
  if (process.state === undefined) return undefined
  try {
    return runAs(process, () => process.behaviour.describe?.(process))
  } catch (error) {
    return `not shown, because format failed: ${describeError(error)}`
  }
}
