/**
 * The event feed: what happens in a node, as plain values.
 *
 * Invariant: events are published after the step they tell of is complete, on the channel
 * `flotilla` of `node:diagnostics_channel`; nobody listening, nothing is built. The channel is one
 * for the OS process, so every event names its node. The runtime emits and never reads.
 */
import { channel } from 'node:diagnostics_channel'
import { argumentError } from '../core/argument-error.ts'
import type { Shutdown } from '../core/child-spec.ts'
import type { ExitReason } from '../core/exit.ts'
import type { Key } from '../core/key.ts'
import type { Pid } from '../core/pid.ts'
import { trust } from '../core/trust.ts'

/** What every event has. */
export interface EventBase {
  readonly node: string
  readonly incarnation: number
}

/** A child as its supervisor's reports show it. */
export interface Offender {
  readonly id: string
  readonly pid: Pid | undefined
  readonly restart: string
  readonly shutdownMs: Shutdown
  readonly type: string
  /** What it starts: the name of its server, or its own if it is something else. */
  readonly label: string
}

/** What happened; told apart by `kind`. */
export type EventContent =
  | { readonly kind: 'node_started' }
  | { readonly kind: 'node_ended'; readonly reason: ExitReason }
  | { readonly kind: 'process_started'; readonly pid: Pid; readonly label: string }
  | {
      readonly kind: 'process_ended'
      readonly pid: Pid
      readonly label: string
      /** What the process called itself, with `context.setLabel`. */
      readonly processLabel: Key | undefined
      readonly reason: ExitReason
    }
  /** A process ended by an error of its code. */
  | {
      readonly kind: 'crash_report'
      readonly pid: Pid
      readonly label: string
      readonly processLabel: Key | undefined
      readonly name: { readonly registry: string; readonly key: Key } | undefined
      readonly reason: ExitReason
      readonly ancestors: readonly Pid[]
      /** The kind and name of the message in hand, never its payload. */
      readonly lastMessage: string | undefined
      /** Who made the call in hand, if a process did. */
      readonly client: Pid | undefined
      /** What `format` of the server makes of its last state; without it the state is not shown. */
      readonly state: unknown
    }
  /** A child ended, failed to start or did not stop as asked, or its supervisor gives up. */
  | {
      readonly kind: 'supervisor_report'
      readonly supervisor: string
      readonly pid: Pid
      readonly context: 'child_terminated' | 'start_error' | 'shutdown_error' | 'shutdown'
      readonly reason: ExitReason
      readonly offender: Offender
    }
  /** A fleet stopped trying to keep one key alive, or takes it up again. */
  | {
      readonly kind: 'parked'
      readonly fleet: string
      readonly key: Key
      readonly reason: ExitReason
    }
  | { readonly kind: 'released'; readonly fleet: string; readonly key: Key }
  /** A message was refused because the mailbox was full. */
  | {
      readonly kind: 'overload'
      readonly pid: Pid
      readonly label: string
      readonly message: 'call' | 'cast' | 'info' | 'system'
      readonly mailboxSize: number
    }
  /** A message arrived for which the server has no handler; it was dropped. */
  | {
      readonly kind: 'unhandled_message'
      readonly pid: Pid
      readonly label: string
      readonly message: 'info' | 'down' | 'exit' | 'cast'
    }
  /** A reply came after its caller had stopped waiting, or a second time; it was dropped. */
  | { readonly kind: 'late_reply'; readonly pid: Pid; readonly label: string }
  /** A hook of `sys.install` said that it is done, or failed; it is not called any more. */
  | {
      readonly kind: 'hook_removed'
      readonly pid: Pid
      readonly label: string
      readonly hook: string
      readonly because: 'done' | 'failed'
      /** What it threw, if it failed. */
      readonly error?: unknown
    }
  /** Code outside any process that the node calls back threw; it was ignored. */
  | { readonly kind: 'listener_failed'; readonly listener: string; readonly error: unknown }

/** One event of the feed. */
export type FlotillaEvent = EventBase & EventContent

/** The name of the channel, for use with `node:diagnostics_channel` directly. */
export const eventChannel = 'flotilla'

const feed = channel(eventChannel)
const watching = 'watchEvents'

/** Whether anybody listens; ask before building an event. */
export function isHeard(): boolean {
  return feed.hasSubscribers
}

/** Puts an event on the feed; everybody gets the same, so nobody may change it. */
export function publish(event: FlotillaEvent): void {
  feed.publish(Object.freeze(event))
}

/**
 * Listens to the events of every node in this OS process.
 *
 * @param listener called in the turn of the event, with a plain value; keep it short, and do not
 * call back into the node from it: put what you want to do into a later turn
 * @returns a handle whose `stop` ends it
 * @throws ArgumentError FLOTILLA_INVALID_ARGUMENT
 */
export function watchEvents(listener: (event: FlotillaEvent) => void): { stop(): void } {
  if (typeof listener !== 'function') {
    throw argumentError('invalid_argument', {
      attempted: 'watch the events',
      subject: 'the listener',
      given: listener,
      wanted: 'a function',
    })
  }
  const receive = (message: unknown): void => {
    const event: FlotillaEvent = trust(message)
    try {
      listener(event)
    } catch (error) {
      // The step that the event tells of is not the listener's to break; nor is its own complaint.
      if (event.kind === 'listener_failed' && event.listener === watching) return
      const { node, incarnation } = event
      publish({ node, incarnation, kind: 'listener_failed', listener: watching, error })
    }
  }
  feed.subscribe(receive)
  return { stop: () => void feed.unsubscribe(receive) }
}
