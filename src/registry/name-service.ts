/**
 * Names of one registry or fleet on the node it is started on.
 *
 * Invariant: a name is taken before `init` of its holder runs and free in the step in which the
 * holder ends, so a look-up never returns a dead process; the feed of changes has no gaps.
 */
import { type Key, ownKey } from '../core/key.ts'
import { type HeldSlot, NameTable } from '../core/name-table.ts'
import type { Pid } from '../core/pid.ts'
import { type Resolver, ValuedVia, ViaName } from '../process/address.ts'
import { holdEntry, holdName } from '../process/held-names.ts'
import { LocalPid } from '../process/local-pid.ts'
import type { Process } from '../process/process.ts'
import { EntryService, type EntryServiceOptions, type Refusal } from './entry-service.ts'

/** What makes one name service differ from another. */
export interface NameServiceOptions extends EntryServiceOptions {
  /** What a name holds that is taken without a value. */
  readonly initialValue?: unknown
}

/** A table of names with one holder each. */
export class NameService extends EntryService implements Resolver {
  /** Set by a fleet that starts absent workers on demand. */
  startOnDemand?: (key: Key) => Promise<Pid>
  readonly lastPlans = new WeakMap<object, unknown>()
  protected readonly resolver = this
  readonly #initialValue: unknown
  // Made once: a look-up costs less than putting a text together.
  readonly #makingVia: string
  readonly #lookingUp: string
  readonly #table = new NameTable<LocalPid>()

  constructor(options: NameServiceOptions) {
    super(options)
    this.#makingVia = `make a via of ${options.name}`
    this.#lookingUp = `look a name up in ${options.name}`
    this.#initialValue = options.initialValue
  }

  get rowCount(): number {
    return this.#table.size
  }

  slotsOf(key: Key): readonly HeldSlot<LocalPid>[] {
    const slot = this.#table.peek(key)
    return slot === undefined ? [] : [slot]
  }

  slotsOfHolder(key: Key, holder: Process): readonly HeldSlot<LocalPid>[] {
    const slot = this.#table.holder(key) === holder.pid ? this.#table.slotOf(key) : undefined
    return slot === undefined ? [] : [slot]
  }

  slots(): Iterable<HeldSlot<LocalPid>> {
    return this.#table.entries()
  }

  holder(key: Key): Process | undefined {
    const pid = this.pidOf(key)
    return pid === undefined ? undefined : LocalPid.processOf(pid)
  }

  /** The pid of its holder now. @throws ArgumentError FLOTILLA_NOT_STARTED if it never was */
  pidOf(key: Key): LocalPid | undefined {
    const pid = this.#table.holder(key)
    // Only the absent: this is asked for every message to a name.
    if (pid === undefined && this.home === undefined) throw this.notStarted('look a name up')
    return pid
  }

  hasRoom(): boolean {
    return this.#table.size < this.maxNames
  }

  claim(key: Key, process: Process, value: unknown): void {
    const held = value === undefined ? this.#initialValue : value
    this.#table.claim(key, process.pid, held)
    if (!holdName(process, key, this)) {
      const slot = this.#table.slotOf(key)
      if (slot !== undefined) holdEntry(process, slot, this)
    }
    process.node.observer?.nameTaken(process, { registry: this.name, key, isUnique: true })
    this.changes.registered(process, key, held)
  }

  register(process: Process, key: Key, value: unknown): Refusal | undefined {
    const pid = this.#table.holder(key)
    if (pid !== undefined) return { kind: 'already_registered', pid }
    if (!this.hasRoom()) return { kind: 'limit', maxNames: this.maxNames }
    this.claim(key, process, value)
    return undefined
  }

  free(key: Key, process: Process): void {
    if (!this.#table.release(key, process.pid)) return
    process.node.observer?.nameFreed(process, { registry: this.name, key, isUnique: true })
    this.changes.unregistered(process, key)
  }

  /** The name as an address. @throws ArgumentError FLOTILLA_INVALID_KEY */
  via(key: Key): ViaName {
    return new ViaName(this, ownKey(this.#makingVia, key))
  }

  /** The name with what it is to hold once taken. @throws ArgumentError FLOTILLA_INVALID_KEY */
  viaWith(key: Key, value: unknown): ViaName {
    return new ValuedVia(this, ownKey(this.#makingVia, key), value)
  }

  /** @throws ArgumentError FLOTILLA_INVALID_KEY, FLOTILLA_NOT_STARTED if it never was */
  find(key: Key): Process | undefined {
    return this.holder(ownKey(this.#lookingUp, key))
  }

  /** Every name held now. */
  keys(): IterableIterator<Key> {
    return this.#table.keys()
  }

  protected clear(): void {
    this.#table.clear()
  }
}
