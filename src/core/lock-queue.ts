/**
 * Locks: for each key one holder, and behind it those who wait, first come first served.
 *
 * Invariant: a subject stands in at most one queue; the first of a queue has the lock, and a key
 * for which nobody asks takes no memory. Leaving costs the same wherever in the queue one stands.
 */
import type { Key } from './key.ts'
import { KeyMap } from './key-map.ts'

interface Queue<T> {
  readonly key: Key
  first: Place<T> | undefined
  last: Place<T> | undefined
}

interface Place<T> {
  readonly subject: T
  readonly queue: Queue<T>
  before: Place<T> | undefined
  after: Place<T> | undefined
}

/** The queues of all keys; `T` is what asks. */
export class LockQueues<T> {
  readonly #queues = new KeyMap<Queue<T>>()
  readonly #places = new Map<T, Place<T>>()

  /** How many there are who hold a lock or wait for one. */
  get size(): number {
    return this.#places.size
  }

  /** How many keys are locked; for leak tests. */
  get keyCount(): number {
    return this.#queues.size
  }

  /** Who has the lock of the key. */
  holder(key: Key): T | undefined {
    return this.#queues.get(key)?.first?.subject
  }

  /** Everybody who holds or waits, in the order of their coming. */
  subjects(): T[] {
    return [...this.#places.keys()]
  }

  /** Asks for the lock of the key, once for each subject; says whether it has it at once. */
  join(key: Key, subject: T): boolean {
    const queue = this.#queueOf(key)
    const place: Place<T> = { subject, queue, before: queue.last, after: undefined }
    this.#places.set(subject, place)
    if (queue.last === undefined) queue.first = place
    else queue.last.after = place
    queue.last = place
    return queue.first === place
  }

  /**
   * Gives the lock back, or stops waiting for it.
   *
   * @returns who has the lock because of that, if anybody
   */
  leave(subject: T): T | undefined {
    const place = this.#places.get(subject)
    if (place === undefined) return undefined
    const { queue, before, after } = place
    this.#places.delete(subject)
    if (before === undefined) queue.first = after
    else before.after = after
    if (after === undefined) queue.last = before
    else after.before = before
    if (queue.first === undefined) this.#queues.delete(queue.key)
    return before === undefined ? after?.subject : undefined
  }

  #queueOf(key: Key): Queue<T> {
    const present = this.#queues.get(key)
    if (present !== undefined) return present
    const queue: Queue<T> = { key, first: undefined, last: undefined }
    this.#queues.set(key, queue)
    return queue
  }
}
