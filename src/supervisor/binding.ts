/**
 * The tie between a handle, which is a value, and the process that it stands for while it runs.
 *
 * Invariant: a handle stands for at most one living process; starting it a second time is a failed
 * start with a clear error. A process that has lost its supervisor is on its way out and is waited
 * for, since whoever starts the handle again does so to bring back what was lost.
 */
import { argumentError } from '../core/argument-error.ts'
import { crash, Exit } from '../core/exit.ts'
import type { ViaName } from '../process/address.ts'
import { ask, type Question } from '../process/ask.ts'
import { watchEnd } from '../process/monitors.ts'
import type { Process } from '../process/process.ts'
import { refused } from '../process/refusals.ts'
import { type StartOutcome, spawn } from '../process/spawn.ts'
import type { Work } from './hold.ts'
import type { Supervising } from './supervising.ts'

/** Under whom a process is started, and what that one keeps about it. */
export interface Place {
  readonly parent: Process
  readonly record: unknown
}

/** What a handle knows of its process. */
export class Binding<B extends Supervising> {
  readonly #what: string
  readonly #name: ViaName | undefined
  #behaviour: B | undefined = undefined

  /**
   * @param what the handle in words, such as `supervisor "games"`
   * @param name what its process is registered as, from before its `init` to its end
   */
  constructor(what: string, name?: ViaName) {
    this.#what = what
    this.#name = name
  }

  /** The present behaviour. @throws ArgumentError FLOTILLA_NOT_STARTED; Exit `noproc` */
  behaviour(attempted: string): B {
    const behaviour = this.last(attempted)
    if (behaviour.process?.alive) return behaviour
    throw this.#absent(attempted)
  }

  /** Asks the present process. @throws ArgumentError FLOTILLA_NOT_STARTED (at once) */
  ask(question: Question): Promise<unknown> {
    const process = this.#behaviour?.process
    if (process?.alive) return ask(process, question)
    const attempted = question.name.replace('_', ' ')
    this.last(attempted)
    return refused(process?.node, this.#absent(attempted))
  }

  /** Starts a process for the handle, unless it has one that stays. */
  start(behaviour: B, place: Place): Work<StartOutcome> {
    const present = this.#behaviour?.process
    if (present?.alive && present.parent?.alive === false) {
      // Its supervisor was killed, so it is stopping what is below it, and then ends.
      const over = new Promise<void>((resolve) => watchEnd(present, () => resolve()))
      return over.then(() => this.start(behaviour, place))
    }
    if (present?.alive) {
      const error = argumentError('already_started', {
        attempted: `start ${this.#what}`,
        problem: 'it is running already',
        fix: 'make one handle for each place in a tree, for example in a makeTree() function',
      })
      return { kind: 'failed', reason: crash(error) }
    }
    this.#behaviour = behaviour
    const { parent, record } = place
    const name = this.#name
    return spawn({ node: parent.node, parent, behaviour, argument: undefined, name, record })
  }

  #absent(attempted: string): Exit {
    return new Exit({ kind: 'noproc', address: this.#what }, `Attempt to ${attempted}`)
  }

  /** The present behaviour, or the last one. @throws ArgumentError FLOTILLA_NOT_STARTED */
  last(attempted: string): B {
    if (this.#behaviour !== undefined) return this.#behaviour
    throw argumentError('not_started', {
      attempted,
      problem: `${this.#what} was never started`,
      fix: 'put it into a tree and start that with startNode(tree)',
    })
  }
}
