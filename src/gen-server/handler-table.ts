/**
 * The handlers of a server by the name of their message.
 *
 * Invariant: it never changes, and gives what the map that it was made of would give. Every message
 * is looked up twice, by its sender and by its receiver, and the next one is mostly named like the
 * last one: comparing two names costs a tenth of asking a `Map`.
 */
import type { LooseHandler } from './protocol.ts'

/** Handlers by name; remembers which one was asked for last. */
export class HandlerTable {
  readonly #handlers: ReadonlyMap<string, LooseHandler>
  #lastName: string | undefined = undefined
  #last: LooseHandler | undefined = undefined

  /** @param handlers by name; not to be changed any more */
  constructor(handlers: ReadonlyMap<string, LooseHandler>) {
    this.#handlers = handlers
  }

  /** Whether there is a handler of this name. */
  has(name: string): boolean {
    return name === this.#lastName || this.#handlers.has(name)
  }

  /** The handler of this name, if there is one. */
  get(name: string): LooseHandler | undefined {
    return name === this.#lastName ? this.#last : this.#find(name)
  }

  /** The names, in the order of the definition. */
  keys(): Iterable<string> {
    return this.#handlers.keys()
  }

  #find(name: string): LooseHandler | undefined {
    const handler = this.#handlers.get(name)
    if (handler === undefined) return undefined
    this.#lastName = name
    this.#last = handler
    return handler
  }
}
