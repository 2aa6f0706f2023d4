/**
 * Which names a process holds, as far as the process itself knows it.
 *
 * Invariant: a name or entry is here exactly while its holder is this process, so that the step of
 * the end frees each once. Most workers have one name: it needs neither a table nor a slot.
 */
import type { Key } from '../core/key.ts'
import type { Slot } from '../core/name-table.ts'
import type { LocalPid } from './local-pid.ts'
import type { NameOwner, Naming, Process } from './process.ts'

/**
 * Notes the first name that leads to the process, which is what reports call it.
 *
 * @returns false if it has one already: a further name is noted with its slot, as `holdEntry` does
 */
export function holdName(process: Process, key: Key, owner: Naming): boolean {
  if (process.nameOwner !== undefined) return false
  process.nameKey = key
  process.nameOwner = owner
  return true
}

/** Notes a further name, or an entry that does not name the process. */
export function holdEntry(process: Process, slot: Slot<LocalPid>, owner: NameOwner): void {
  const { extras } = process
  extras.names ??= new Map()
  extras.names.set(slot, owner)
}

/** Forgets an entry of `owner` that the process gave up while it lives on. */
export function dropName(process: Process, slot: Slot<LocalPid>, owner: NameOwner): void {
  if (process.extrasIfAny?.names?.delete(slot) === true) return
  if (process.nameOwner !== owner) return
  process.nameKey = undefined
  process.nameOwner = undefined
}

/** The keys that a process holds in one table, one for each entry. */
export function keysIn(process: Process, owner: NameOwner): Key[] {
  const keys: Key[] = []
  if (process.nameOwner === owner && process.nameKey !== undefined) keys.push(process.nameKey)
  for (const [slot, other] of process.extrasIfAny?.names ?? []) {
    if (other === owner) keys.push(slot.key)
  }
  return keys
}

/** Gives back every name of a process that ends. */
export function freeNames(process: Process): void {
  // What it was called stays on the record, for the report of its end.
  if (process.nameKey !== undefined) process.nameOwner?.free(process.nameKey, process)
  const names = process.extrasIfAny?.names
  if (names === undefined) return
  for (const [slot, owner] of names) owner.free(slot.key, process, slot)
}
