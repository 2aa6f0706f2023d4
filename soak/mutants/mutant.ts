/**
 * What a mutant is: one bug as exact changes of the source, and which invariant should see it.
 *
 * Invariant: what is planted stands in the copy exactly as written here; source that has moved
 * on is
 * an error, never a bug that was quietly not planted.
 */
import { type Change, planted } from '../../tools/plants/bugs.ts'

/** One bug. */
export interface Mutant {
  /** In the words of `--only`. */
  readonly id: string
  /** The mistake, in one sentence. */
  readonly bug: string
  /** Whose violation it is: ids of invariants. */
  readonly targets: readonly string[]
  readonly changes: readonly Change[]
  /** For what no simulation can see by its nature: which test should, and why. */
  readonly test?: { readonly path: string; readonly because: string }
  /** Why nobody can tell it from the original, if that is so. */
  readonly equivalent?: string
}

/** A file with what becomes of it. */
export interface PlantedFile {
  readonly path: string
  readonly text: string
}

/**
 * Makes the changes of a mutant.
 *
 * @param read the text of a file of the source
 * @returns the files that differ, each with all of its changes made
 * @throws Error if a file is none of `src`, or the text of a change does not stand there exactly
 * once
 */
export function plant(mutant: Mutant, read: (path: string) => string): readonly PlantedFile[] {
  const texts = new Map<string, string>()
  for (const change of mutant.changes) {
    // What is planted must not leave the copy.
    const isSource = /^src\/[\w./-]+$/.test(change.path) && !change.path.includes('..')
    if (!isSource) throw new Error(`${change.path} is no file of src`)
    if (change.before === '') throw new Error(`a change of ${change.path} has no text to replace`)
    const text = texts.get(change.path) ?? read(change.path)
    texts.set(change.path, planted(text, change))
  }
  return Array.from(texts, ([path, text]) => ({ path, text }))
}

/** Every mutant that cannot be planted in this source, in words. */
export function misfits(
  mutants: readonly Mutant[],
  read: (path: string) => string,
): readonly string[] {
  const problems: string[] = []
  const seen = new Set<string>()
  for (const mutant of mutants) {
    if (seen.has(mutant.id)) problems.push(`${mutant.id}: two mutants have this id`)
    seen.add(mutant.id)
    try {
      plant(mutant, read)
    } catch (error) {
      problems.push(`${mutant.id}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  return problems
}
