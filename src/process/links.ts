/**
 * Links: ends that spread in both directions.
 *
 * Invariant: a link is known to both sides or to neither; linking twice is linking once.
 * Source: Erlang reference manual, "Processes", links.
 */
import type { Process } from './process.ts'

/** Ties two living processes; to itself it does nothing. */
export function link(left: Process, right: Process): void {
  if (left === right) return
  left.node.observer?.linked(left, right)
  if (left.parent === right) left.parentLinked = true
  else if (right.parent === left) right.parentLinked = true
  else {
    const leftExtras = left.extras
    const rightExtras = right.extras
    leftExtras.links ??= new Set()
    rightExtras.links ??= new Set()
    leftExtras.links.add(right)
    rightExtras.links.add(left)
  }
}

/** Unties two processes; nothing happens if they were not linked. */
export function unlink(left: Process, right: Process): void {
  // The end of one of them tells of all of its links at once.
  if (right.alive) left.node.observer?.unlinked(left, right)
  if (left.parent === right) left.parentLinked = false
  else if (right.parent === left) right.parentLinked = false
  else {
    left.extrasIfAny?.links?.delete(right)
    right.extrasIfAny?.links?.delete(left)
  }
}

/** Everyone linked to this process: its parent, its children, then the others in order. */
export function linkedTo(process: Process): Process[] {
  const { parent, parentLinked } = process
  const beside = linkedBeside(process)
  return parent !== undefined && parentLinked ? [parent, ...beside] : [...beside]
}

/** As `linkedTo`, without the parent. */
export function linkedBeside(process: Process): readonly Process[] {
  const extras = process.extrasIfAny
  // Most processes have neither, and one list for all of them costs none at each end.
  if (extras?.firstChild === undefined && extras?.links === undefined) return nobody
  const linked: Process[] = []
  for (let child = extras.firstChild; child !== undefined; child = child.nextSibling) {
    if (child.parentLinked) linked.push(child)
  }
  if (extras.links !== undefined) for (const other of extras.links) linked.push(other)
  return linked
}

const nobody: readonly Process[] = []
