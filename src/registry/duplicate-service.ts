/**
 * Entries of a registry in which a key may have several holders, and a holder a key several times.
 *
 * Invariant: an entry is gone in the step in which its holder ends or gives it up. Keys lead to
 * groups and not to somebody, so they are no addresses and no process is called by one.
 */
import { BagTable } from '../core/bag-table.ts'
import type { Key } from '../core/key.ts'
import type { HeldSlot, Slot } from '../core/name-table.ts'
import { holdEntry } from '../process/held-names.ts'
import type { LocalPid } from '../process/local-pid.ts'
import type { Process } from '../process/process.ts'
import { EntryService, type Refusal } from './entry-service.ts'

/** A table of entries with any number of holders each. */
export class DuplicateService extends EntryService {
  protected readonly resolver = 'duplicates'
  readonly #table = new BagTable<LocalPid>()

  get rowCount(): number {
    return this.#table.size
  }

  slotsOf(key: Key): readonly HeldSlot<LocalPid>[] {
    return this.#table.of(key)
  }

  slotsOfHolder(key: Key, holder: Process): readonly HeldSlot<LocalPid>[] {
    return this.#table.heldBy(key, holder.pid)
  }

  slots(): Iterable<HeldSlot<LocalPid>> {
    return this.#table.slots()
  }

  register(process: Process, key: Key, value: unknown): Refusal | undefined {
    if (this.#table.size >= this.maxNames) return { kind: 'limit', maxNames: this.maxNames }
    holdEntry(process, this.#table.add(key, process.pid, value), this)
    process.node.observer?.nameTaken(process, { registry: this.name, key, isUnique: false })
    this.changes.registered(process, key, value)
    return undefined
  }

  free(key: Key, process: Process, slot?: Slot<LocalPid>): void {
    if (slot === undefined || !this.#table.remove(slot, process.pid)) return
    process.node.observer?.nameFreed(process, { registry: this.name, key, isUnique: false })
    this.changes.unregistered(process, key)
  }

  protected clear(): void {
    this.#table.clear()
  }
}
