/**
 * What lies in an inbox.
 *
 * Invariant: an envelope is in at most one inbox and is itself the link of the list, so that an
 * idle process owns no queue. One class serves every signal that wants no answer, and its payload
 * is what the handler of its kind gets, or what makes that (of a report): a handful of different
 * shapes in one list would cost more.
 */
import type { ExitReason } from '../core/exit.ts'
import type { Pid } from '../core/pid.ts'
import { trust } from '../core/trust.ts'
import type { Address } from './address.ts'
import type { NodeRuntime } from './node-runtime.ts'
import type { Process } from './process.ts'
import type { Request } from './request.ts'
import type { SystemRequest } from './system-request.ts'

/** A handle on one monitor; give it to `demonitor`. */
export interface Monitor {
  readonly id: number
}

/** A handle that knows its node, where others may have monitors of the same number. */
export class LocalMonitor implements Monitor {
  readonly id: number
  readonly #home: NodeRuntime

  constructor(home: NodeRuntime, id: number = home.takeMonitorId()) {
    this.id = id
    this.#home = home
  }

  /** The node of a handle; undefined for one that is mere data. */
  static homeOf(handle: object): NodeRuntime | undefined {
    return #home in handle ? handle.#home : undefined
  }
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
  /** What was given to `monitor` as `tag`; absent if nothing was. */
  readonly tag?: unknown
}

/** Whatever says what a monitor reports, at the time when that is read. */
export interface DownSource {
  readonly down: Down
}

/** An exit signal turned into a message, because the receiver traps exits. */
export interface ExitSignal {
  readonly from: Pid
  readonly reason: ExitReason
}

/** A message or signal that the behaviour of its receiver handles. */
export type Message = Request | Note

/** Whatever waits for its receiver. */
export type Envelope = Message | SystemRequest

/** Signals that want no answer. */
export type NoteKind = 'cast' | 'info' | 'exit' | 'down' | 'idle' | 'own'

/** A signal that wants no answer. */
export class Note {
  next: Envelope | undefined = undefined
  readonly kind: NoteKind
  readonly name: string
  readonly payload: unknown

  constructor(kind: NoteKind, name: string, payload: unknown) {
    this.kind = kind
    this.name = name
    this.payload = payload
  }

  /** What a monitor reports, if it is that. */
  get down(): Down | undefined {
    return this.kind === 'down' ? trust<DownSource>(this.payload).down : undefined
  }

  /** The exit signal, if it is one. */
  get signal(): ExitSignal | undefined {
    return this.kind === 'exit' ? trust(this.payload) : undefined
  }
}

/** An exit signal that arrived at a process that traps exits. */
export function exitNote(signal: ExitSignal): Note {
  return new Note('exit', '', signal)
}

/** Whether it is the order of the parent to end, at a process that traps exits. */
export function isExitOfParent(process: Process, envelope: Envelope): boolean {
  if (envelope.kind !== 'exit' || envelope.signal === undefined) return false
  return envelope.signal.from === process.parent?.pid
}

/** A monitor's report. */
export function downNote(source: DownSource): Note {
  return new Note('down', '', source)
}
