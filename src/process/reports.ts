/**
 * Makes the events of one node.
 *
 * Invariant: each method costs one check when nobody listens.
 */
import type { ExitReason } from '../core/exit.ts'
import type { Pid } from '../core/pid.ts'
import { runAs } from './current.ts'
import { type EndCause, isCrash } from './dying.ts'
import {
  type EventBase,
  type EventContent,
  type FlotillaEvent,
  isHeard,
  publish,
} from './events.ts'
import type { Process } from './process.ts'

/** The events of one node. */
export class Reports {
  readonly #base: EventBase

  constructor(base: EventBase) {
    this.#base = base
  }

  /** Whether anybody listens. */
  get heard(): boolean {
    return isHeard()
  }

  emit(content: EventContent): void {
    if (!isHeard()) return
    // Not a spread: with `incarnation` in it that takes Node 20 twenty times as long.
    const event: FlotillaEvent = Object.assign({}, this.#base, content)
    // As nobody: what listeners do or throw is not the deed of the process that they hear of.
    runAs(undefined, () => publish(event))
  }

  started(process: Process): void {
    if (isHeard()) {
      this.emit({ kind: 'process_started', pid: process.pid, label: process.behaviour.label })
    }
  }

  ended(process: Process, cause: EndCause): void {
    const reason = process.exitReason
    if (reason === undefined || !isHeard()) return
    const { pid } = process
    const { label } = process.behaviour
    if (cause === 'itself' && isCrash(reason)) this.#crashReport(process, reason)
    this.emit({ kind: 'process_ended', pid, label, reason })
  }

  overload(process: Process, message: 'call' | 'cast' | 'info'): void {
    if (!isHeard()) return
    const { label } = process.behaviour
    this.emit({ kind: 'overload', pid: process.pid, label, message, mailboxSize: process.size })
  }

  #crashReport(process: Process, reason: ExitReason): void {
    const { slot, slotOwner } = process
    this.emit({
      kind: 'crash_report',
      pid: process.pid,
      label: process.behaviour.label,
      name:
        slot === undefined || slotOwner === undefined
          ? undefined
          : { registry: slotOwner.name, key: slot.key },
      reason,
      ancestors: ancestorsOf(process),
      lastMessage: process.lastMessage,
    })
  }
}

function ancestorsOf(process: Process): Pid[] {
  const ancestors: Pid[] = []
  for (let parent = process.parent; parent !== undefined; parent = parent.parent) {
    ancestors.push(parent.pid)
  }
  return ancestors
}
