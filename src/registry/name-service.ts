/**
 * Names of one registry or fleet on the node it is started on.
 *
 * Invariant: a name is taken before `init` of its holder runs and free in the step in which the
 * holder ends, so a look-up never returns a dead process; the feed of changes has no gaps. The
 * table belongs to the node and not to a process that could crash.
 */
import { type Key, ownKey } from '../core/key.ts'
import { NameTable, type Slot } from '../core/name-table.ts'
import type { Pid } from '../core/pid.ts'
import { type Resolver, ViaName } from '../process/address.ts'
import type { Holding, NodeRuntime } from '../process/node-runtime.ts'
import type { Process } from '../process/process.ts'
import { Tenancy } from '../process/tenancy.ts'
import type { Timers } from '../process/timers.ts'
import { Listeners } from './listeners.ts'

/** A change of a name. */
export type RegistryEvent<K extends Key = Key> = {
  readonly kind: 'register' | 'unregister'
  readonly key: K
  readonly pid: Pid
}

/** What makes one name service differ from another. */
export interface NameServiceOptions {
  readonly name: string
  readonly maxNames: number
}

/** A table of names, bound to a node while that runs. */
export class NameService implements Resolver, Holding {
  readonly name: string
  /** Set by a fleet that starts absent workers on demand. */
  startOnDemand?: (key: Key) => Promise<Pid>
  readonly #maxNames: number
  // Made once: a look-up costs less than putting a text together.
  readonly #makingVia: string
  readonly #lookingUp: string
  readonly #table = new NameTable<Process>()
  readonly #listeners = new Listeners<RegistryEvent>()
  readonly #tenancy: Tenancy

  constructor(options: NameServiceOptions) {
    this.name = options.name
    this.#tenancy = new Tenancy('registry or fleet', options.name)
    this.#makingVia = `make a via of ${options.name}`
    this.#lookingUp = `look a name up in ${options.name}`
    this.#maxNames = options.maxNames
  }

  get timers(): Timers | undefined {
    return this.#tenancy.node?.timers
  }

  /** How many names are held now. */
  get rowCount(): number {
    return this.#table.size
  }

  /**
   * Binds the names to a node; doing so again on the same node changes nothing.
   *
   * @throws ArgumentError FLOTILLA_ALREADY_STARTED, FLOTILLA_NAME_TAKEN
   */
  attach(node: NodeRuntime): void {
    this.#tenancy.enter(node, this)
    node.resolvers.set(this.name, this)
  }

  /** Lets go of the node if no name is held any more. */
  detachIfEmpty(): void {
    if (this.#table.size === 0) this.release()
  }

  /** The node has ended. */
  release(): void {
    this.#table.clear()
    this.#tenancy.node?.resolvers.delete(this.name)
    this.#tenancy.leave()
  }

  holder(key: Key): Process | undefined {
    if (!this.#tenancy.wasStarted) throw this.#tenancy.notStarted('look a name up')
    return this.#table.holder(key)
  }

  hasRoom(): boolean {
    return this.#table.size < this.#maxNames
  }

  claim(key: Key, process: Process): void {
    const slot = this.#table.claim(key, process, undefined)
    if (process.slot === undefined) {
      process.slot = slot
      process.slotOwner = this
    } else {
      process.extras.names ??= []
      process.extras.names.push({ slot, owner: this })
    }
    this.#announce(process, { kind: 'register', key, pid: process.pid })
  }

  free(slot: Slot<Process>, process: Process): void {
    if (!this.#table.release(slot, process)) return
    this.#announce(process, { kind: 'unregister', key: slot.key, pid: process.pid })
  }

  /** The name as an address. @throws ArgumentError FLOTILLA_INVALID_KEY */
  via(key: Key): ViaName {
    return new ViaName(this, ownKey(this.#makingVia, key))
  }

  /** @throws ArgumentError FLOTILLA_INVALID_KEY, FLOTILLA_NOT_STARTED */
  find(key: Key): Process | undefined {
    return this.holder(ownKey(this.#lookingUp, key))
  }

  /** The names a process holds here. */
  keysOf(process: Process | undefined): Key[] {
    const keys: Key[] = []
    if (process === undefined || !process.alive) return keys
    if (process.slotOwner === this && process.slot !== undefined) keys.push(process.slot.key)
    for (const held of process.extrasIfAny?.names ?? []) {
      if (held.owner === this) keys.push(held.slot.key)
    }
    return keys
  }

  /** Every name held now. */
  keys(): IterableIterator<Key> {
    return this.#table.keys()
  }

  /** Listens to changes from now on; allowed before the start. */
  watch(listener: (event: RegistryEvent) => void): { stop(): void } {
    return this.#listeners.add(listener)
  }

  #announce(process: Process, event: RegistryEvent): void {
    this.#listeners.tell(process.node, event)
  }
}
