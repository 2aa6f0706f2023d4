/**
 * What is stored about a registry itself.
 *
 * Invariant: it belongs to the node, as the entries do: it outlives the process that stands for the
 * registry, ends with the node and begins again as the options say.
 */
import { argumentError } from '../core/argument-error.ts'
import type { Key } from '../core/key.ts'
import { KeyMap } from '../core/key-map.ts'

interface MetaRow {
  readonly value: unknown
}

/** How many keys of metadata a registry may have. */
export const metaRowsMax = 10_000

/** The metadata of one registry. */
export class Metadata {
  readonly #initial: Readonly<Record<string, unknown>>
  readonly #rows = new KeyMap<MetaRow>()

  /** @param initial what there is whenever the registry comes to a node */
  constructor(initial: Readonly<Record<string, unknown>>) {
    this.#initial = initial
  }

  /** Begins anew. */
  reset(): void {
    this.#rows.clear()
    for (const [key, value] of Object.entries(this.#initial)) this.#rows.set(key, { value })
  }

  clear(): void {
    this.#rows.clear()
  }

  get(key: Key): MetaRow | undefined {
    return this.#rows.get(key)
  }

  /** @throws ArgumentError FLOTILLA_LIMIT */
  put(attempted: string, key: Key, value: unknown): void {
    if (this.#rows.size >= metaRowsMax && this.#rows.get(key) === undefined) {
      throw argumentError('limit', {
        attempted,
        problem: `there are ${metaRowsMax} keys of metadata, as many as there may be`,
        fix: 'use a table for what grows',
      })
    }
    this.#rows.set(key, { value })
  }

  delete(key: Key): boolean {
    return this.#rows.delete(key)
  }
}
