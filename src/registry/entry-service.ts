/**
 * What every table of entries has in common: the node it lives on while that runs, its limit, and
 * who hears of its changes.
 *
 * Invariant: entries belong to the node and not to a process that could crash; the process that
 * stands for the table in a tree may come and go.
 */
import { argumentError } from '../core/argument-error.ts'
import { ignore } from '../core/ignore.ts'
import { type Key, ownKey } from '../core/key.ts'
import type { HeldSlot, Slot } from '../core/name-table.ts'
import type { Pid } from '../core/pid.ts'
import { show } from '../core/show.ts'
import type { Address, Resolver } from '../process/address.ts'
import { dropName, keysIn } from '../process/held-names.ts'
import { LocalPid } from '../process/local-pid.ts'
import type { Holding, NodeRuntime } from '../process/node-runtime.ts'
import type { NameOwner, Process } from '../process/process.ts'
import { Tenancy } from '../process/tenancy.ts'
import { Changes, type RegistryEvent } from './changes.ts'

/** What makes one table of entries differ from another. */
export interface EntryServiceOptions {
  readonly name: string
  readonly maxNames: number
  /** Processes that are told of every change. */
  readonly listeners?: readonly Address[]
}

/** Why an entry was not made. */
export type Refusal =
  /** The key has a holder, perhaps the very process. */
  | { readonly kind: 'already_registered'; readonly pid: Pid }
  /** The registry holds as many entries as it may. */
  | { readonly kind: 'limit'; readonly maxNames: number }
  /** The process has ended; its code does not know yet. */
  | { readonly kind: 'noproc' }

/** A table of entries, bound to a node while that runs. */
export abstract class EntryService implements Holding, NameOwner {
  readonly name: string
  readonly maxNames: number
  protected readonly changes: Changes
  /** Called when it serves no node any more. */
  onRelease: () => void = ignore
  readonly #tenancy: Tenancy
  #node: NodeRuntime | undefined = undefined
  /** The process that stands for it, or did last. */
  #anchor: Process | undefined = undefined

  constructor(options: EntryServiceOptions) {
    const { name, maxNames, listeners = [] } = options
    this.name = name
    this.maxNames = maxNames
    this.changes = new Changes(name, listeners)
    this.#tenancy = new Tenancy('registry or fleet', name)
  }

  /** How many entries there are now. */
  abstract get rowCount(): number

  /** The entries of a key, to read. */
  abstract slotsOf(key: Key): readonly HeldSlot<LocalPid>[]

  /** The entries that one process has of a key. */
  abstract slotsOfHolder(key: Key, holder: Process): readonly HeldSlot<LocalPid>[]

  /** Every entry, to read. */
  abstract slots(): Iterable<HeldSlot<LocalPid>>

  /** Makes an entry for a living process of the node, or says why not. */
  abstract register(process: Process, key: Key, value: unknown): Refusal | undefined

  /** Frees an entry of a process that ends or gives it up. */
  abstract free(key: Key, process: Process, slot?: Slot<LocalPid>): void

  /** How vias that are plain data find it. */
  protected abstract readonly resolver: Resolver | 'duplicates'

  /** Forgets every entry. */
  protected abstract clear(): void

  /** The node it serves. */
  get node(): NodeRuntime | undefined {
    return this.#node
  }

  /** The node it serves, or served last; undefined: it never served one. */
  get home(): NodeRuntime | undefined {
    return this.#tenancy.home
  }

  /**
   * Binds the entries to the node of the process that stands for them; doing so again on the same
   * node changes nothing.
   *
   * @throws ArgumentError FLOTILLA_ALREADY_STARTED, FLOTILLA_NAME_TAKEN
   */
  attach(anchor: Process): void {
    this.#tenancy.enter(anchor.node, this)
    this.#node = anchor.node
    this.#anchor = anchor
    anchor.node.resolvers.set(this.name, this.resolver)
  }

  /** The living process that stands for this table, or for another of its name, on the node. */
  occupant(node: NodeRuntime): Process | undefined {
    const other = this.#tenancy.occupant(node, this)
    const owner = other instanceof EntryService ? other : this
    const anchor = owner.#anchor
    return anchor?.alive && anchor.node === node && anchor.parent?.alive ? anchor : undefined
  }

  /**
   * It is stopped while its node may go on: nobody is registered any more. Its name stays taken on
   * the node until it moves out.
   */
  close(): void {
    for (const slot of [...this.slots()]) {
      const holder = LocalPid.processOf(slot.holder)
      if (holder !== undefined) this.drop(slot, holder)
    }
    this.#forgetNode()
  }

  /** Gives its place on the node free, for another of its name, or for itself on another node. */
  moveOut(): void {
    this.#tenancy.leave()
  }

  /** The node has ended. */
  release(): void {
    this.clear()
    this.#forgetNode()
    this.moveOut()
  }

  /** The node it runs on. @throws ArgumentError FLOTILLA_NOT_STARTED */
  running(attempted: string): NodeRuntime {
    if (this.#node === undefined) throw this.notStarted(attempted)
    return this.#node
  }

  /**
   * A key as our own, of a table that runs.
   *
   * @throws ArgumentError FLOTILLA_INVALID_KEY, FLOTILLA_NOT_STARTED
   */
  open(attempted: string, key: Key): Key {
    const own = ownKey(attempted, key)
    this.running(attempted)
    return own
  }

  /** Refuses a process of another node. @throws ArgumentError FLOTILLA_NOT_STARTED */
  checkIsHere(attempted: string, process: Process): void {
    if (this.running(attempted) === process.node) return
    throw argumentError('not_started', {
      attempted,
      problem: `the registry ${show(this.name)} does not run on the node of the process`,
      fix: 'use a registry of that node: make one handle for each node',
    })
  }

  /** The keys that a process holds here, one for each entry. */
  keysHeldBy(process: Process | undefined): Key[] {
    return process?.alive === true ? keysIn(process, this) : []
  }

  /** Gives up an entry of a process that lives on; false: it has it no more. */
  drop(slot: Slot<LocalPid>, process: Process): boolean {
    if (slot.holder !== process.pid) return false
    dropName(process, slot, this)
    this.free(slot.key, process, slot)
    return true
  }

  /** Listens to changes from now on; allowed before the start. */
  watch(listener: (event: RegistryEvent<Key, unknown>) => void): { stop(): void } {
    return this.changes.watch(listener)
  }

  #forgetNode(): void {
    this.#anchor = undefined
    this.#node?.resolvers.delete(this.name)
    this.#node = undefined
    this.onRelease()
  }

  /** The error for a use without a node. */
  protected notStarted(attempted: string): Error {
    return this.#tenancy.notStarted(attempted)
  }
}
