/**
 * Whether runs went as in an earlier command: on another day, machine or version of Node.
 *
 * Invariant: a run that only one of the two has done counts as different.
 */
import { readFileSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import type { RunChoices } from './choices.ts'
import type { RunLine } from './seed-tally.ts'

/** What identifies a run on every machine, and how it went. */
interface HashedRun {
  readonly file: string
  readonly name: string
  readonly seed: number
  readonly hash: string
}

/** A run that went another way than it did earlier. */
export interface Difference {
  readonly name: string
  readonly seed: number
  /** The hash then; undefined if it was not run. */
  readonly earlier: string | undefined
  /** The hash now; undefined if it was not run. */
  readonly now: string | undefined
}

/** The runs of an earlier command, or why there are none. */
export type Earlier =
  | { readonly ok: true; readonly runs: readonly HashedRun[] }
  | { readonly ok: false; readonly message: string }

/**
 * Reads the document that `flotilla sim run --json` printed.
 *
 * @param path of the document, from the folder on
 * @param folder the current one
 * @param options those of the runs that are to be compared
 */
export function readEarlier(path: string, folder: string, options: RunChoices['options']): Earlier {
  const document = readDocument(resolve(folder, path))
  const runs: unknown = Reflect.get(Object(document), 'runs')
  if (!Array.isArray(runs) || !runs.every(isHashedRun)) {
    return { ok: false, message: `Cannot read ${path}: want what flotilla sim run --json prints` }
  }
  const earlier = JSON.stringify(Reflect.get(Object(document), 'options'))
  const now = JSON.stringify(options)
  if (earlier === now) return { ok: true, runs }
  const message = `The runs of ${path} had the options ${earlier}, and these have ${now}`
  return { ok: false, message }
}

/**
 * Compares runs with earlier ones.
 *
 * @param earlier from `readEarlier`
 * @param now in any order
 */
export function differences(
  earlier: readonly HashedRun[],
  now: readonly RunLine[],
): readonly Difference[] {
  const left = new Map(earlier.map((run) => [identityOf(run), run]))
  const found: Difference[] = []
  for (const run of now) {
    const { name, seed, hash } = run
    const before = left.get(identityOf(run))?.hash
    left.delete(identityOf(run))
    if (before !== hash) found.push({ name, seed, earlier: before, now: hash })
  }
  for (const { name, seed, hash } of left.values()) {
    found.push({ name, seed, earlier: hash, now: undefined })
  }
  return found
}

/** A difference in a line. */
export function differenceLine({ name, seed, earlier, now }: Difference): string {
  return `${name} seed ${seed}: ${earlier ?? 'not run'} then and ${now ?? 'not run'} now`
}

/** Undefined if there is none. */
function readDocument(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return undefined
  }
}

function isHashedRun(value: unknown): value is HashedRun {
  const [file, name, seed, hash] = ['file', 'name', 'seed', 'hash'].map((part): unknown =>
    Reflect.get(Object(value), part),
  )
  return [file, name, hash].every((text) => typeof text === 'string') && typeof seed === 'number'
}

/** The folders of another machine have other names. */
function identityOf({ file, name, seed }: HashedRun): string {
  return JSON.stringify([basename(file), name, seed])
}
