/**
 * What happens in a simulation, as plain values: what its invariants see and its hash covers.
 *
 * Invariant: every event is published in the step in which it happens, in the order in which things
 * happen, and tells of processes by references that are the same in every run of a seed.
 */
import type { ExitReason } from '../../core/exit.ts'
import type { Key } from '../../core/key.ts'
import type { FlotillaEvent } from '../../process/events.ts'
import type { FaultKind } from './fault.ts'

/**
 * A process of a simulation as text, such as `a/12`: the name of its node and its serial there. Of
 * the second life of a node and later ones, `a~2/12`.
 */
export type ProcessReference = string

/** What lies in a mailbox. `own`: a `continueWith` of itself. `idle`: an idle time-out. */
export type MessageKind = 'call' | 'cast' | 'info' | 'exit' | 'down' | 'idle' | 'own' | 'system'

/** When something happened, and where. */
interface EventHead {
  /** Counts the events of a run from 1. */
  readonly sequence: number
  /** Milliseconds of the time of the world since the start; no clock of any node. */
  readonly atMs: number
}

/** Something that happened on one node, or to it. */
interface OfNode {
  readonly node: string
  /** Which life of the node: 1, and one more after each crash. */
  readonly life: number
}

/** A message on its way; the numbers are given in the order of sending, across all nodes. */
interface OfMessage extends OfNode {
  readonly message: number
  /** Whose mailbox it is for. */
  readonly to: ProcessReference
  /**
   * Who sent it, where the runtime knows: a process, or `client player 1`; of `exit` and `down`,
   * whose end it tells of.
   */
  readonly from: ProcessReference | undefined
  readonly messageKind: MessageKind
  /** Of a call, a cast, an `own` or a request of the system; otherwise empty. */
  readonly name: string
}

/** What a `down` message says. */
export interface DownNotice {
  /** As in `monitor_made`. */
  readonly monitor: number
  /** Whose end it tells of; undefined if nobody was there. */
  readonly process: ProcessReference | undefined
  readonly reason: ExitReason
}

/** The life of a node. */
export type NodeEvent =
  | (OfNode & { readonly kind: 'node_starting' })
  | (OfNode & { readonly kind: 'node_started' })
  /** The tree has ended, or its start has failed; `residue` is what it left behind. */
  | (OfNode & {
      readonly kind: 'node_ended'
      readonly reason: ExitReason
      readonly residue: NodeResidue
    })
  /** A fault: it is gone with everything in it; none of its code runs any more. */
  | (OfNode & { readonly kind: 'node_crashed' })
  /** A fault: it gets no turns while time passes. */
  | (OfNode & { readonly kind: 'node_paused' })
  | (OfNode & { readonly kind: 'node_resumed' })

/** What is left in the tables of a node; all 0 after an end in order. */
export interface NodeResidue {
  readonly processes: number
  /** Timers of the host that the runtime has set and not taken back. */
  readonly timers: number
  /** Entries of registries and fleets, rows of tables. */
  readonly rows: number
  readonly aliases: number
  /** Calls to its processes that have not settled. */
  readonly calls: number
  /** Whether it still listens to errors that nobody handled. */
  readonly escapeListeners: number
}

/** The life of a process. */
export type ProcessEvent =
  /** Its `init` is about to run; its name, if it has one, was taken before. */
  | (OfNode & {
      readonly kind: 'process_starting'
      readonly process: ProcessReference
      /** Undefined for the process that stands for the node. */
      readonly parent: ProcessReference | undefined
      readonly label: string
      /** `server`: its code is a user's, from `defineServer`. */
      readonly behaviour: 'server' | 'supervisor' | 'other'
      readonly maxMailboxSize: number
    })
  /** Its `init` has succeeded. */
  | (OfNode & { readonly kind: 'process_started'; readonly process: ProcessReference })
  /** Nothing was started, because a living process has the name, or there is no room for it. */
  | (OfNode & {
      readonly kind: 'start_refused'
      readonly parent: ProcessReference | undefined
      readonly registry: string | undefined
      readonly key: Key | undefined
      /** Who has the name, if that is why. */
      readonly holder: ProcessReference | undefined
      /** Whether the holder lives. */
      readonly isHolderAlive: boolean
    })
  /**
   * It is over: the first event of its end. What follows of it in the same step: its names are
   * freed, its monitors and links go, its callers are answered.
   */
  | (OfNode & {
      readonly kind: 'process_ended'
      readonly process: ProcessReference
      readonly label: string
      readonly reason: ExitReason
      /** Whether its `init` had not succeeded. */
      readonly wasStarting: boolean
    })
  /** The step of its end is complete; `traces` is what the tables of the node still say of it. */
  | (OfNode & {
      readonly kind: 'process_gone'
      readonly process: ProcessReference
      readonly traces: ProcessTraces
    })

/** Where a process still appears in the tables of its node; all 0 after its end. */
export interface ProcessTraces {
  readonly names: number
  readonly timers: number
  /** Monitors that it holds, and that others hold on it. */
  readonly monitors: number
  readonly links: number
  readonly aliases: number
  readonly queued: number
  readonly deferredCalls: number
}

/** Names, of registries and of fleets. */
export type NameEvent =
  | (OfNode & {
      readonly kind: 'name_taken'
      readonly registry: string
      readonly key: Key
      readonly process: ProcessReference
      /** False in a registry of duplicate keys. */
      readonly isUnique: boolean
    })
  | (OfNode & {
      readonly kind: 'name_freed'
      readonly registry: string
      readonly key: Key
      readonly process: ProcessReference
      readonly isUnique: boolean
    })

/** Messages and handlers. */
export type MessageEvent =
  /** It reached the mailbox. */
  | (OfMessage & {
      readonly kind: 'message_sent'
      /** With this message. */
      readonly mailboxSize: number
      readonly maxMailboxSize: number
      /** Of a call: how long its caller waits, in milliseconds. */
      readonly timeoutMs: number | 'infinity' | undefined
      readonly down: DownNotice | undefined
    })
  /** The mailbox was full. */
  | (OfNode & {
      readonly kind: 'message_refused'
      readonly to: ProcessReference
      readonly mailboxSize: number
      readonly maxMailboxSize: number
    })
  /** It was for a process that has ended, or lay in the mailbox of one that ends. */
  | (OfNode & {
      readonly kind: 'message_dropped'
      readonly to: ProcessReference
      /** Undefined if it never reached the mailbox. */
      readonly message: number | undefined
    })
  /** A process takes it into its hands: for a `down`, its delivery. */
  | (OfMessage & {
      readonly kind: 'handler_began'
      /** By the monotonic clock of the node, in milliseconds. */
      readonly nodeMs: number
      readonly down: DownNotice | undefined
      /** Of a call: whether its caller has stopped waiting. */
      readonly isSettled: boolean
    })
  /** The process is done with it, awaits included; also when the process ended of it. */
  | (OfNode & {
      readonly kind: 'handler_ended'
      readonly message: number
      readonly to: ProcessReference
      readonly isProcessAlive: boolean
    })
  /** A caller has its answer: `reply`, or the kind of exit in its place. */
  | (OfNode & {
      readonly kind: 'call_settled'
      readonly message: number | undefined
      readonly to: ProcessReference
      readonly from: ProcessReference | undefined
      readonly outcome: 'reply' | ExitReason['kind']
      /** By the monotonic clock of the node of the receiver: since the call was made. */
      readonly afterMs: number
      readonly timeoutMs: number | 'infinity'
    })

/** Monitors and links. */
export type TieEvent =
  | (OfNode & {
      readonly kind: 'monitor_made'
      /** Unique among the monitors of the node. */
      readonly monitor: number
      readonly watcher: ProcessReference
      /** Undefined if nobody was there, which is then reported at once. */
      readonly target: ProcessReference | undefined
    })
  | (OfNode & {
      readonly kind: 'monitor_removed'
      readonly monitor: number
      readonly watcher: ProcessReference
      /** Whether a report that lay in the mailbox was taken out of it. */
      readonly flush: boolean
    })
  /** Beside the link that every started process has with its parent. */
  | (OfNode & {
      readonly kind: 'link_made'
      readonly one: ProcessReference
      readonly other: ProcessReference
    })
  | (OfNode & {
      readonly kind: 'link_removed'
      readonly one: ProcessReference
      readonly other: ProcessReference
    })

/** What the simulation itself does. */
export type WorldEvent =
  /** An event of the feed that `watchEvents` gives: reports of crashes and supervisors, … */
  | (OfNode & { readonly kind: 'reported'; readonly event: FlotillaEvent })
  | {
      readonly kind: 'fault'
      readonly fault: FaultKind
      /** A node, a process, a path between two nodes. */
      readonly target: string
      /** How long it lasts, how far a clock jumps, …; empty if there is nothing to say. */
      readonly detail: string
    }
  /** From here on no faults: everything must settle. */
  | { readonly kind: 'faults_over' }
  | { readonly kind: 'client_started'; readonly client: string }
  | { readonly kind: 'client_ended'; readonly client: string; readonly error: string | undefined }
  /** Something that the scenario noted with `world.note` or `client.note`. */
  | { readonly kind: 'noted'; readonly by: string; readonly note: string }
  | {
      readonly kind: 'frame_sent' | 'frame_delivered' | 'frame_lost'
      readonly from: string
      readonly to: string
      /** Which connection between the two, counted from 1. */
      readonly link: number
      readonly frame: number
      readonly bytes: number
    }
  | {
      readonly kind: 'link_up' | 'link_down'
      readonly from: string
      readonly to: string
      readonly link: number
      readonly reason: string
    }
  /** An external that was registered was used. */
  | { readonly kind: 'external'; readonly name: string; readonly outcome: 'done' | 'failed' }

/** What an event says, without its place in the run. */
export type SimulationEventContent =
  | NodeEvent
  | ProcessEvent
  | NameEvent
  | MessageEvent
  | TieEvent
  | WorldEvent

/** One event of a simulation; told apart by `kind`. */
export type SimulationEvent = EventHead & SimulationEventContent
