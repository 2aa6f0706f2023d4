/**
 * Watching a whole node from the inside: the seam for a simulation.
 *
 * Invariant: a node has an observer or not for all of its life, and without one each place pays one
 * comparison. An observer is told of a thing in the step in which it happens; it must not throw and
 * must not act on what it is told of. Deliberately not a part of `Host`: what it sees is the
 * runtime's own.
 */
import type { ExitReason } from '../core/exit.ts'
import type { Key } from '../core/key.ts'
import type { Envelope } from './envelope.ts'
import type { Host } from './host.ts'
import type { NodeRuntime } from './node-runtime.ts'
import type { Behaviour, Process } from './process.ts'
import type { Request, RequestKind } from './request.ts'

/** A name that was taken or given back. */
export interface NameNote {
  readonly registry: string
  readonly key: Key
  /** False where a key may have several holders. */
  readonly isUnique: boolean
}

/** A monitor that was made. */
export interface MonitorNote {
  readonly id: number
  /** Undefined if nobody was there. */
  readonly target: Process | undefined
}

/** A start that came to nothing before there was a process. */
export interface RefusedStart {
  readonly parent: Process | undefined
  readonly registry: string | undefined
  readonly key: Key | undefined
  /** Who has the name, if that is why. */
  readonly holder: Process | undefined
}

/** What is told of everything that happens in a node. */
export interface Observer {
  /** A node begins; its tables are empty. */
  opened(node: NodeRuntime): void
  /** Which behaviour a process is to have in the place of `behaviour`. */
  dress(behaviour: Behaviour): Behaviour
  /** Its `init` is about to run. */
  starting(process: Process): void
  started(process: Process): void
  startRefused(node: NodeRuntime, start: RefusedStart): void
  /** It is dead; nothing of its end has been done yet. */
  ended(process: Process, wasStarting: boolean): void
  /** The step of its end is complete. */
  gone(process: Process): void
  /** A message lies in its mailbox. */
  sent(process: Process, envelope: Envelope): void
  refused(process: Process): void
  /** A message was for a dead process, or lay in the mailbox of one that ends. */
  dropped(process: Process, envelope: Envelope): void
  /** It is about to handle a message. */
  began(process: Process, envelope: Envelope): void
  /** It is done with the message in hand. */
  done(process: Process): void
  /** A call has its answer: a reply, or an exit in its place. */
  settled(request: Request<RequestKind>, failure: ExitReason | undefined): void
  nameTaken(process: Process, name: NameNote): void
  nameFreed(process: Process, name: NameNote): void
  monitored(watcher: Process, note: MonitorNote): void
  demonitored(watcher: Process, id: number, flush: boolean): void
  linked(one: Process, other: Process): void
  unlinked(one: Process, other: Process): void
}

/** A host whose nodes are watched. */
export abstract class ObservedHost implements Host {
  abstract readonly clock: Host['clock']
  abstract readonly random: Host['random']
  abstract readonly scheduler: Host['scheduler']
  readonly #observer: Observer

  constructor(observer: Observer) {
    this.#observer = observer
  }

  /** Who watches the nodes of a host, if anybody does. */
  static observerOf(host: Host): Observer | undefined {
    return #observer in host ? host.#observer : undefined
  }
}
