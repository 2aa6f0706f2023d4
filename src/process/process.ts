/**
 * One process: identity, inbox, state, and whom it is tied to.
 *
 * Invariant: a process runs one handler at a time (`busy` holds from the start of an asynchronous
 * handler until its promise has settled), and once `phase` is `dead` nothing changes it any more.
 * The record has no behaviour of its own: dying.ts, links.ts and scheduler.ts act on it.
 *
 * Rare parts live in `Extras`, made on first use, so that an idle worker stays small. The link
 * between parent and child, which every process has, is a flag and a sibling list for the same
 * reason.
 */

import { DenseTable } from '../core/dense-table.ts'
import type { ExitReason } from '../core/exit.ts'
import type { Inbox } from '../core/inbox.ts'
import { type Key, showKey } from '../core/key.ts'
import type { Slot } from '../core/name-table.ts'
import { formatPid, type Pid } from '../core/pid.ts'
import { SmallSet } from '../core/small-set.ts'
import type { AliasKind } from './alias.ts'
import type { Envelope, Message } from './envelope.ts'
import { LocalPid } from './local-pid.ts'
import type { MonitorTable, Watch } from './monitors.ts'
import type { NodeRuntime } from './node-runtime.ts'
import type { Oversight } from './oversight.ts'
import type { Request, RequestKind } from './request.ts'
import type { Expiring } from './timers.ts'

/** What a start came to, before it is put into words for a user. */
export type InitResult =
  /** `info`: what it has to say to whoever starts it. */
  | { readonly kind: 'running'; readonly info?: unknown }
  | { readonly kind: 'ignored' }
  | { readonly kind: 'failed'; readonly reason: ExitReason }

/** It runs, and there is nothing more to say: one for all, since nearly every start comes to it. */
export const isRunning: InitResult = Object.freeze({ kind: 'running' })

/**
 * What a kind of process does with its messages; one instance may serve many processes.
 *
 * `receive` handles exactly one envelope. If it goes on asynchronously it sets `process.busy` first
 * and calls `resume` when it is done. It must not throw: an error of user code ends the process.
 */
export interface Behaviour {
  /** The name of the server or supervisor, for reports. */
  readonly label: string
  readonly maxMailboxSize: number
  /** The names of the calls and casts it understands; a sender of another is refused. */
  readonly calls: { has(name: string): boolean; keys(): Iterable<string> }
  readonly casts: { has(name: string): boolean; keys(): Iterable<string> }
  init(process: Process, argument: unknown): InitResult | Promise<InitResult>
  receive(process: Process, envelope: Message): void
  /**
   * Ends the process in order and with this reason: its last words are said and what it stands
   * above is stopped first. Called between two messages, whether it traps exits or not.
   */
  terminate(process: Process, reason: ExitReason): void
  /**
   * Whether `process.state` and what it is sent are values of a user, who may look at them and
   * replace the state. Left out: they are the runtime's own.
   */
  readonly keepsState?: boolean
  /** On whose behalf its process runs, as `callersWith` gives it; tasks have that. */
  readonly callers?: readonly Pid[]
  /** What people may be told of it, as plain data; left out: nothing but its label. */
  describe?(process: Process): unknown
  /** A suspension has ended. */
  resumed?(process: Process): void
}

/** A registry, as far as a dying process needs to know it. */
export interface NameOwner {
  readonly name: string
  /** @param slot which entry, where a key may have several */
  free(key: Key, process: Process, slot?: Slot<LocalPid>): void
}

/** A registry whose keys name one process each. */
export interface Naming extends NameOwner {
  /** Who holds the key now. */
  holder(key: Key): Process | undefined
}

/** Something else that is given back in the step in which its owner ends, such as a lock. */
export interface Lease {
  /** Processes that live no longer than the owner, whatever the reason: they are killed. */
  readonly dependants?: Iterable<Process>
  ownerEnded(reason: ExitReason): void
}

/** The reply of a `stop` step, and to whom; it is given when `terminate` has run. */
export interface LastWords {
  readonly request: Request
  readonly value: unknown
}

/** The parts that most processes never need. */
export class Extras {
  /** Calls whose reply was put off with `later`. */
  deferred: Set<Request<RequestKind>> | undefined = undefined
  timers: SmallSet<Expiring> | undefined = undefined
  /** Monitors that others hold on this process. */
  watchers: SmallSet<Watch> | undefined = undefined
  /** Monitors that this process holds on others. */
  watching: MonitorTable | undefined = undefined
  /** Its open aliases, by number. */
  aliases: Map<number, AliasKind> | undefined = undefined
  /** Links other than those between parent and child. */
  links: Set<Process> | undefined = undefined
  /** Names beyond the first, and entries that name nobody, with the table that has each. */
  names: Map<Slot<LocalPid>, NameOwner> | undefined = undefined
  leases: Set<Lease> | undefined = undefined
  aborter: AbortController | undefined = undefined
  /** The reply of a `stop` step: delivered in the same step as the end. */
  lastWords: LastWords | undefined = undefined
  /** Who started it, if that is not its parent. */
  starter: Process | undefined = undefined
  /** What it calls itself. */
  label: Key | undefined = undefined
  /** The processes it started that still live, oldest first, linked through the children. */
  firstChild: Process | undefined = undefined
  lastChild: Process | undefined = undefined
  /** Called once if the process ends before its `init` has. */
  onStartFailed: ((reason: ExitReason) => void) | undefined = undefined
}

/** The life of a process; only `running` processes take messages from their inbox. */
export type Phase = 'starting' | 'running' | 'terminating' | 'dead'

/** Adds a process to the children of its parent. */
export function adopt(parent: Process, child: Process): void {
  const { extras } = parent
  child.previousSibling = extras.lastChild
  if (extras.lastChild === undefined) extras.firstChild = child
  else extras.lastChild.nextSibling = child
  extras.lastChild = child
}

/** Takes a process out of the children of its parent. */
export function disown(parent: Process, child: Process): void {
  const { extras } = parent
  if (child.previousSibling === undefined) {
    if (extras.firstChild !== child) return
    extras.firstChild = child.nextSibling
  } else child.previousSibling.nextSibling = child.nextSibling
  if (child.nextSibling === undefined) extras.lastChild = child.previousSibling
  else child.nextSibling.previousSibling = child.previousSibling
  child.previousSibling = undefined
  child.nextSibling = undefined
}

/** The living processes it started, oldest first; a copy, safe while they end. */
export function childrenOf(parent: Process): Process[] {
  const children: Process[] = []
  for (let child = parent.extrasIfAny?.firstChild; child !== undefined; child = child.nextSibling) {
    children.push(child)
  }
  return children
}

const Flag = { busy: 1, trapping: 2, parentLinked: 4, goesFirst: 8 } as const
/** The bits above the flags. */
const placeShift = 4
const flagMask = (1 << placeShift) - 1

/** A process of one node. */
export class Process implements Inbox<Envelope> {
  // What every look-up and every message touches comes first: it shares the cache lines.
  readonly pid: LocalPid
  head: Envelope | undefined = undefined
  tail: Envelope | undefined = undefined
  /** How many messages wait, the one in the run queue included. */
  size = 0
  /** All that is true or false of it, in one field, since there are very many processes. */
  #flags = 0
  readonly node: NodeRuntime
  readonly behaviour: Behaviour
  phase: Phase = 'starting'
  /** The message in hand of a handler that waits for something. */
  held: Envelope | undefined = undefined
  /** What the behaviour keeps: the state of a server. */
  state: unknown = undefined
  /** What user code is handed as its third parameter; made by the behaviour. */
  context: unknown = undefined
  /** What there is of it while it is looked at from outside, such as a suspension. */
  oversight: Oversight | undefined = undefined
  /** Its place in the run queue, or -1; the queue alone writes it. */
  queuedAt = -1
  /** Where it stands in the table of processes. */
  place = 0
  /** Counts handled messages; an idle time-out or a cycle check compares it. */
  turn = 0
  #extras: Extras | undefined = undefined
  /** Who started it or, if they are not linked, the process above the root. */
  parent: Process | undefined
  /** Why it ended, once it has. */
  exitReason: ExitReason | undefined = undefined
  /** What the supervisor keeps about this child. */
  record: unknown = undefined
  previousSibling: Process | undefined = undefined
  nextSibling: Process | undefined = undefined
  /** The first name it took; most workers have exactly one. */
  nameKey: Key | undefined = undefined
  /** Where it took that; both stay on the record of a dead process, for the report of its end. */
  nameOwner: Naming | undefined = undefined

  constructor(node: NodeRuntime, behaviour: Behaviour, parent: Process | undefined) {
    this.node = node
    this.behaviour = behaviour
    this.parent = parent
    this.pid = new LocalPid(node, this)
  }

  get alive(): boolean {
    return this.phase !== 'dead'
  }

  /** Whether an asynchronous handler is under way. */
  get busy(): boolean {
    return (this.#flags & Flag.busy) !== 0
  }

  set busy(isSo: boolean) {
    this.#flags = isSo ? this.#flags | Flag.busy : this.#flags & ~Flag.busy
  }

  /** Whether exit signals become messages. */
  get trapping(): boolean {
    return (this.#flags & Flag.trapping) !== 0
  }

  set trapping(isSo: boolean) {
    this.#flags = isSo ? this.#flags | Flag.trapping : this.#flags & ~Flag.trapping
  }

  /** Whether it is among those that go before the run queue; it may be in the queue as well. */
  get goesFirst(): boolean {
    return (this.#flags & Flag.goesFirst) !== 0
  }

  set goesFirst(isSo: boolean) {
    this.#flags = isSo ? this.#flags | Flag.goesFirst : this.#flags & ~Flag.goesFirst
  }

  /** Whether it and its parent are linked; a started process is, until one of them unlinks. */
  get parentLinked(): boolean {
    return (this.#flags & Flag.parentLinked) !== 0
  }

  set parentLinked(isSo: boolean) {
    this.#flags = isSo ? this.#flags | Flag.parentLinked : this.#flags & ~Flag.parentLinked
  }

  /** Where its asynchronous context may be kept: a number that is its own only if that says so. */
  get contextPlace(): number {
    return this.#flags >> placeShift
  }

  set contextPlace(place: number) {
    this.#flags = (this.#flags & flagMask) | (place << placeShift)
  }

  /** The rare parts, made on first use. */
  get extras(): Extras {
    this.#extras ??= new Extras()
    return this.#extras
  }

  /** The rare parts if there are any. */
  get extrasIfAny(): Extras | undefined {
    return this.#extras
  }

  /** The message in hand, until its handler is done. */
  get handling(): Envelope | undefined {
    return this.held ?? this.node.scheduler.inHandOf(this)
  }

  /** The kind and name of the message in hand, for reports. */
  get lastMessage(): string | undefined {
    const { handling } = this
    if (handling === undefined) return undefined
    const { kind, name } = handling
    const isNamed = kind === 'call' || kind === 'cast' || kind === 'system'
    return isNamed ? `${kind} "${name}"` : kind
  }

  /** For messages: the name it holds if it has one, else its pid. */
  describe(): string {
    return this.nameKey === undefined || this.nameOwner === undefined
      ? `${this.behaviour.label} ${formatPid(this.pid)}`
      : `${this.nameOwner.name} ${showKey(this.nameKey)}`
  }

  /** Lets go of rare parts that hold nothing now. */
  trim(): void {
    const extras = this.#extras
    if (extras === undefined) return
    let isNeeded = false
    for (const [name, part] of Object.entries(extras)) {
      if (isTable(part) && part.size === 0) Reflect.set(extras, name, undefined)
      else if (part !== undefined) isNeeded = true
    }
    if (!isNeeded) this.#extras = undefined
  }

  /** Drops a settled call from the list of those to be answered later. */
  forget(request: Request<RequestKind>): void {
    this.#extras?.deferred?.delete(request)
  }
}

function isTable(part: unknown): part is { readonly size: number } {
  return [Map, Set, SmallSet, DenseTable].some((Table) => part instanceof Table)
}
