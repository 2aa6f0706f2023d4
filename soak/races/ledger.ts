/**
 * The history of a world: what was asked and answered, and who took and gave up what.
 *
 * Invariant: an operation that happens within one step of the runtime has the two moments of that
 * step and none in between; a longer one spans all it may have taken effect in.
 */
import type { Pid } from 'flotilla'
import { History } from 'flotilla/testing'
import type { Held, HeldOperation, Subject } from './names-model.ts'

/** What one client asks of one thing that is held. */
export interface Act extends Subject {
  readonly client: string
  readonly operation: string
}

/** Writes down what happens to everything that is held. */
export class Ledger {
  readonly #history = new History<Subject, number | boolean>()
  /** What each living process may hold, so that its end is written down for that. */
  readonly #mayHold = new Map<number, Map<string, Held>>()

  get operations(): readonly HeldOperation[] {
    return this.#history.operations
  }

  /** A moment at which something longer begins. */
  tick(): number {
    return this.#history.tick()
  }

  /** Writes down what happens in one step, with the result that `work` gives. */
  step<R extends number | boolean>(act: Act, work: () => R): R {
    const returned = this.#invoke(act)
    const result = work()
    returned(result)
    return result
  }

  /** Writes down the end of something longer. */
  since(beganAt: number, act: Act, result: number | boolean = true): void {
    this.#invoke(act, beganAt)(result)
  }

  /** From now on the end of this process is the end of its hold. */
  holds(held: Held, who: number): void {
    const known = this.#mayHold.get(who) ?? new Map<string, Held>()
    known.set(held.join(' '), held)
    this.#mayHold.set(who, known)
  }

  /** A process ends, in this very step. */
  ended({ serial }: Pid): void {
    for (const held of this.#mayHold.get(serial)?.values() ?? []) {
      this.step({ client: `process ${serial}`, operation: 'end', held, who: serial }, () => true)
    }
    this.#mayHold.delete(serial)
  }

  #invoke({ client, operation, held, who }: Act, at?: number): (result: number | boolean) => void {
    return this.#history.invoke({ process: client, operation, argument: { held, who } }, at)
  }
}
