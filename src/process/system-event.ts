/**
 * What whoever debugs a process gets to see of it, as plain values.
 *
 * Invariant: an event tells of one thing that happened to one process, is never changed, and holds
 * what the process holds, not a copy: whoever looks at it must not change it either.
 * Source: OTP `sys`, `system_event()`.
 */
import type { ExitReason } from '../core/exit.ts'
import type { Pid } from '../core/pid.ts'

/** Of whom, and when. */
interface EventHead {
  readonly pid: Pid
  /** The name of the kind of server, or of the supervisor. */
  readonly label: string
  /** Milliseconds since 1970, by the clock of the node. */
  readonly wallMs: number
}

/** What happened; told apart by `kind`. */
export type SystemEventContent =
  /** It took something from its mailbox, which its behaviour is about to handle. */
  | {
      readonly kind: 'in'
      readonly message: 'call' | 'cast' | 'info' | 'down' | 'exit' | 'timeout' | 'continue'
      /** Of a call, a cast or a continuation. */
      readonly name: string | undefined
      /** As it was sent; undefined for a process of the runtime, whose messages are its own. */
      readonly payload: unknown
      /** Who called; undefined where the sender is not known. */
      readonly from: Pid | undefined
    }
  /** It answered, or a message of it has reached a mailbox. */
  | {
      readonly kind: 'out'
      readonly message: 'reply' | 'call' | 'cast' | 'info'
      /** Of the call that is answered, or of the message. */
      readonly name: string | undefined
      readonly payload: unknown
      /** Undefined for an answer to a caller that is no process. */
      readonly to: Pid | undefined
    }
  /** A step was taken; the state that it leaves, be it the same as before. */
  | { readonly kind: 'state'; readonly state: unknown }
  /** It is over; nothing comes after this. */
  | { readonly kind: 'ended'; readonly reason: ExitReason }

/** One event of one process. */
export type SystemEvent = EventHead & SystemEventContent
