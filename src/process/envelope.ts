/**
 * What lies in an inbox.
 *
 * Invariant: an envelope is in at most one inbox and is itself the link of the list, so that an
 * idle process owns no queue. One class serves every signal that wants no answer: a handful of
 * different shapes in one list would cost more than the two fields that mostly stay empty.
 */
import type { ExitReason } from '../core/exit.ts'
import type { Pid } from '../core/pid.ts'
import type { Address } from './address.ts'
import type { Request } from './request.ts'

/** A handle on one monitor; give it to `demonitor`. */
export interface Monitor {
  readonly id: number
}

/**
 * What a monitor reports, once: the process ended, or was not there (`noproc`).
 *
 * `address` is what was monitored, `pid` the process behind it if there was one.
 */
export interface Down {
  readonly monitor: Monitor
  readonly address: Address
  readonly pid: Pid | undefined
  readonly reason: ExitReason
}

/** An exit signal turned into a message, because the receiver traps exits. */
export interface ExitSignal {
  readonly from: Pid
  readonly reason: ExitReason
}

/** A message or signal waiting for its receiver. */
export type Envelope = Request | Note

/** Signals that want no answer. */
export type NoteKind = 'cast' | 'info' | 'exit' | 'down' | 'idle' | 'own'

/** A signal that wants no answer. */
export class Note {
  next: Envelope | undefined = undefined
  readonly kind: NoteKind
  readonly name: string
  readonly payload: unknown
  down: Down | undefined = undefined
  signal: ExitSignal | undefined = undefined

  constructor(kind: NoteKind, name: string, payload: unknown) {
    this.kind = kind
    this.name = name
    this.payload = payload
  }
}

/** An exit signal that arrived at a process that traps exits. */
export function exitNote(signal: ExitSignal): Note {
  const note = new Note('exit', '', undefined)
  note.signal = signal
  return note
}

/** A monitor's report. */
export function downNote(down: Down): Note {
  const note = new Note('down', '', undefined)
  note.down = down
  return note
}
