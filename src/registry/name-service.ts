/**
 * Names of one registry or fleet on the node it is started on.
 *
 * Invariant: a name is taken before `init` of its holder runs and free in the step in which the
 * holder ends, so a look-up never returns a dead process; the feed of changes has no gaps. The
 * table belongs to the node and not to a process that could crash.
 */
import { argumentError } from '../core/argument-error.ts'
import { checkKey, type Key } from '../core/key.ts'
import { NameTable, type Slot } from '../core/name-table.ts'
import type { Pid } from '../core/pid.ts'
import { show } from '../core/show.ts'
import { type Resolver, ViaName } from '../process/address.ts'
import type { Holding, NodeRuntime } from '../process/node-runtime.ts'
import type { Process } from '../process/process.ts'
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
  #node: NodeRuntime | undefined = undefined
  #wasStarted = false

  constructor(options: NameServiceOptions) {
    this.name = options.name
    this.#makingVia = `make a via of ${options.name}`
    this.#lookingUp = `look a name up in ${options.name}`
    this.#maxNames = options.maxNames
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
    const attempted = `start the registry ${show(this.name)}`
    if (this.#node !== undefined && this.#node !== node) {
      throw argumentError('already_started', {
        attempted,
        problem: `it runs on the node ${show(this.#node.name)}`,
        fix: 'make one handle for each node, for example in a makeTree() function',
      })
    }
    const other = node.resolvers.get(this.name)
    if (other !== undefined && other !== this) {
      throw argumentError('name_taken', {
        attempted,
        problem: 'another registry or fleet of this node has the same name',
        fix: 'give each registry and fleet a name of its own',
      })
    }
    this.#node = node
    this.#wasStarted = true
    node.resolvers.set(this.name, this)
    node.holdings.set(`names of ${this.name}`, this)
  }

  /** Lets go of the node if no name is held any more. */
  detachIfEmpty(): void {
    if (this.#node === undefined || this.#table.size > 0) return
    this.#node.resolvers.delete(this.name)
    this.#node.holdings.delete(`names of ${this.name}`)
    this.release()
  }

  /** The node has ended. */
  release(): void {
    this.#table.clear()
    this.#node = undefined
  }

  holder(key: Key): Process | undefined {
    if (this.#node === undefined && !this.#wasStarted) throw this.#notStarted('look a name up')
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
    checkKey(this.#makingVia, key)
    return new ViaName(this, key)
  }

  /** @throws ArgumentError FLOTILLA_INVALID_KEY, FLOTILLA_NOT_STARTED */
  find(key: Key): Process | undefined {
    checkKey(this.#lookingUp, key)
    return this.holder(key)
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

  #notStarted(attempted: string): Error {
    return argumentError('not_started', {
      attempted,
      problem: `the registry ${show(this.name)} was never started`,
      fix: 'put it into a tree and start that with startNode(tree)',
    })
  }
}
