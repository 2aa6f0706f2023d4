/**
 * What belongs to a node although a handle holds it: the names of a registry, the rows of a table.
 *
 * Invariant: a tenant lives on at most one node at a time, and under a name of its own there.
 */
import { argumentError } from '../core/argument-error.ts'
import { show } from '../core/show.ts'
import type { Holding, NodeRuntime } from './node-runtime.ts'

/** Where a tenant lives now. */
export class Tenancy {
  readonly #what: string
  readonly #name: string
  #node: NodeRuntime | undefined = undefined
  #home: NodeRuntime | undefined = undefined

  /**
   * @param what the kind of tenant, such as `table`
   * @param name its name, which no other tenant of that kind may have on the same node
   */
  constructor(what: string, name: string) {
    this.#what = what
    this.#name = name
  }

  /** The node it lives on. */
  get node(): NodeRuntime | undefined {
    return this.#node
  }

  /** The node it lives on, or lived on last; undefined: it never lived on one. */
  get home(): NodeRuntime | undefined {
    return this.#home
  }

  /** Another tenant of that kind and name on the node. */
  occupant(node: NodeRuntime, holding: Holding): Holding | undefined {
    const other = node.holdings.get(this.#label)
    return other === holding ? undefined : other
  }

  /**
   * Moves in; doing so again on the same node changes nothing.
   *
   * @throws ArgumentError FLOTILLA_ALREADY_STARTED, FLOTILLA_NAME_TAKEN
   */
  enter(node: NodeRuntime, holding: Holding): void {
    const attempted = `start the ${this.#what} ${show(this.#name)}`
    if (this.#node !== undefined && this.#node !== node) {
      throw argumentError('already_started', {
        attempted,
        problem: `it runs on the node ${show(this.#node.name)}`,
        fix: 'make one handle for each node, for example in a makeTree() function',
      })
    }
    if (this.occupant(node, holding) !== undefined) {
      throw argumentError('name_taken', {
        attempted,
        problem: `another ${this.#what} of this node has the same name`,
        fix: `give each ${this.#what} a name of its own`,
      })
    }
    this.#node = node
    this.#home = node
    node.holdings.set(this.#label, holding)
  }

  /** Moves out. */
  leave(): void {
    this.#node?.holdings.delete(this.#label)
    this.#node = undefined
  }

  /** The error for a use without a node. */
  notStarted(attempted: string): Error {
    const state = this.#home !== undefined ? 'is not running any more' : 'was never started'
    return argumentError('not_started', {
      attempted,
      problem: `the ${this.#what} ${show(this.#name)} ${state}`,
      fix: 'put it into a tree and start that with startNode(tree)',
    })
  }

  get #label(): string {
    return `${this.#what} ${this.#name}`
  }
}
