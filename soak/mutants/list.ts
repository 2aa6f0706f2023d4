/**
 * Mutants out of a file of the user.
 */

import { textAt, valueAt } from '../../tools/json.ts'
import type { Change } from '../../tools/plants/bugs.ts'
import type { Mutant } from './mutant.ts'

/** Reads a list of mutants; undefined if it is none. */
export function readList(document: unknown): readonly Mutant[] | undefined {
  if (!Array.isArray(document) || document.length === 0) return undefined
  const mutants = document.map(readMutant)
  return mutants.includes(undefined) ? undefined : mutants.filter((each) => each !== undefined)
}

function readMutant(value: unknown): Mutant | undefined {
  const [id, bug] = [textAt(value, 'id'), textAt(value, 'bug')]
  const targets = valueAt(value, 'targets')
  const changes = valueAt(value, 'changes')
  if (id === '' || !Array.isArray(targets) || !Array.isArray(changes)) return undefined
  const texts = targets.filter((target) => typeof target === 'string')
  return { id, bug, targets: texts, changes: changes.map(readChange) }
}

/** What is missing is empty, and an empty text does not stand anywhere exactly once. */
function readChange(value: unknown): Change {
  const [path, before, after] = ['path', 'before', 'after'].map((key) => textAt(value, key))
  return { path: path ?? '', before: before ?? '', after: after ?? '' }
}
