/**
 * Which names a process holds, as far as the process itself knows it.
 *
 * Invariant: a slot is here exactly while its holder is this process, so that the step of the end
 * frees each name once. Most workers have one name: it needs no table.
 */
import type { Slot } from '../core/name-table.ts'
import type { NameOwner, Process } from './process.ts'

/** Notes a name that leads to the process; the first one is what reports call it. */
export function holdName(process: Process, slot: Slot<Process>, owner: NameOwner): void {
  if (process.slot === undefined) {
    process.slot = slot
    process.slotOwner = owner
  } else holdEntry(process, slot, owner)
}

/** Notes an entry that does not name the process, since others may hold its key as well. */
export function holdEntry(process: Process, slot: Slot<Process>, owner: NameOwner): void {
  const { extras } = process
  extras.names ??= new Map()
  extras.names.set(slot, owner)
}

/** Forgets a name that the process gave up while it lives on. */
export function dropName(process: Process, slot: Slot<Process>): void {
  if (process.slot === slot) {
    process.slot = undefined
    process.slotOwner = undefined
  } else process.extrasIfAny?.names?.delete(slot)
}

/** The slots that a process holds in one table. */
export function heldIn(process: Process, owner: NameOwner): Slot<Process>[] {
  const slots: Slot<Process>[] = []
  if (process.slotOwner === owner && process.slot !== undefined) slots.push(process.slot)
  for (const [slot, other] of process.extrasIfAny?.names ?? []) {
    if (other === owner) slots.push(slot)
  }
  return slots
}

/** Gives back every name of a process that ends. */
export function freeNames(process: Process): void {
  // What it was called stays on the record, for the report of its end.
  if (process.slot !== undefined) process.slotOwner?.free(process.slot, process)
  const names = process.extrasIfAny?.names
  if (names === undefined) return
  for (const [slot, owner] of names) owner.free(slot, process)
}
