/**
 * What a name may do: it is free, or one process holds it. The workers of a fleet and locks are
 * held in the same way, so all three have one model.
 *
 * Invariant: a state is 0 or the serial of the holder; serials are never given twice.
 */
import type { Key } from 'flotilla'
import type { Model, Operation } from 'flotilla/testing'

/** One of the things that are held: of the registry, the fleet or the locks, under a key. */
export type Held = readonly ['name' | 'worker' | 'lock', string]

/** What an operation is about. */
export interface Subject {
  readonly held: Held
  /** The serial of the process that takes or gives up; 0 where nobody does. */
  readonly who: number
}

/**
 * What happens to something held:
 *
 * - `look` gives the serial of the holder, or 0; -2: two ways to look it up disagree;
 * - `register` takes it, which gives 0, or is refused, which gives the holder; -1: whoever asked
 *   had ended; -2: refused for no reason;
 * - `unregister` gives it up and says whether it was held;
 * - `claim` is noticed by a process that has been started as the holder;
 * - `end` of a process, however it came about, gives up whatever it held;
 * - `see` gives the holder at some moment of a longer operation, such as a start that is refused;
 * - `acquire` and `release` are the first and the last moment of work under a lock;
 * - `trespass` is such work of a process that has ended, which must not happen.
 */
export type HeldOperation = Operation<Subject, number | boolean>

/** The model of names, workers and locks, each of which is an object of its own. */
export const namesModel: Model<number, HeldOperation> = {
  initial: 0,
  objectOf: ({ argument }: HeldOperation): Key => argument.held,
  next(holder, { operation, argument: { who }, result }) {
    switch (operation) {
      case 'look':
      case 'see':
        return result === undefined || result === holder ? [holder] : []
      case 'register':
        if (result === -1) return [holder]
        if (result === 0) return holder === 0 ? [who] : []
        return result === holder ? [holder] : []
      case 'unregister':
        if (result === true) return holder === who ? [0] : []
        return holder === who ? [] : [holder]
      case 'claim':
      case 'acquire':
        return holder === 0 ? [who] : []
      case 'end':
      case 'release':
        return [holder === who ? 0 : holder]
      default:
        return []
    }
  },
}
