/**
 * The children of the partitions: each is made once, when it is first needed, and kept.
 *
 * Invariant: what was made for a partition stays its child for as long as the handle lives, so that
 * whoever holds the handle of a partition holds the right one after a restart, too.
 */
import { argumentError } from '../core/argument-error.ts'
import { show } from '../core/show.ts'
import { trust } from '../core/trust.ts'
import { Startable } from '../process/startable.ts'

/** Made by a function of a user, one by one. */
export class PartitionChildren<C> {
  readonly #attempted: string
  readonly #make: (partition: number) => C
  readonly #made: { readonly given: C; readonly spec: Startable }[] = []

  /** @throws ArgumentError FLOTILLA_INVALID_ARGUMENT, and as `first` does for the first one */
  constructor(attempted: string, make: (partition: number) => C) {
    if (typeof make !== 'function') {
      throw argumentError('invalid_argument', {
        attempted,
        subject: 'makeChild',
        given: make,
        wanted: 'a function that gives the child of a partition',
      })
    }
    this.#attempted = attempted
    this.#make = make
    this.first(1)
  }

  /**
   * The specifications of the first partitions.
   *
   * @throws ArgumentError FLOTILLA_INVALID_CHILD, and whatever the function of the user throws
   */
  first(count: number): readonly Startable[] {
    for (let partition = this.#made.length; partition < count; partition += 1) {
      const given = this.#make(partition)
      const spec = Startable.check(this.#attempted, given)
      this.#refuseMortal(spec)
      this.#made.push({ given, spec })
    }
    return this.#made.slice(0, count).map(({ spec }) => spec)
  }

  /** What was given for a partition that has been started. */
  at(partition: number): C {
    return trust(this.#made[partition]?.given)
  }

  /** One that is forgotten when it ends would leave its keys without a process for ever. */
  #refuseMortal(spec: Startable): void {
    if (spec.restart !== 'temporary' && !spec.significant) return
    throw argumentError('invalid_child', {
      attempted: this.#attempted,
      problem: `the child ${show(spec.id)} is ${spec.significant ? 'significant' : 'temporary'}`,
      wanted: 'a permanent or transient child, since a partition has to come back',
    })
  }
}
