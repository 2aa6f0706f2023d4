/**
 * A map by structural key.
 *
 * Invariant: two keys are the same entry exactly when they have the same canonical text. Plain keys
 * are their own map key, so only composite ones pay for the text.
 */
import { isComposite, type Key, keyText } from './key.ts'

/** Values by key, in the order of their first insertion, plain keys before composite ones. */
export class KeyMap<T> {
  readonly #plain = new Map<Key, T>()
  readonly #composite = new Map<string, T>()

  /** How many entries there are. */
  get size(): number {
    return this.#plain.size + this.#composite.size
  }

  get(key: Key): T | undefined {
    return isComposite(key) ? this.#composite.get(keyText(key)) : this.#plain.get(key)
  }

  set(key: Key, value: T): void {
    if (isComposite(key)) this.#composite.set(keyText(key), value)
    else this.#plain.set(key, value)
  }

  delete(key: Key): boolean {
    return isComposite(key) ? this.#composite.delete(keyText(key)) : this.#plain.delete(key)
  }

  clear(): void {
    this.#plain.clear()
    this.#composite.clear()
  }

  *values(): IterableIterator<T> {
    yield* this.#plain.values()
    yield* this.#composite.values()
  }
}
