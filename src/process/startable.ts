/**
 * A child specification that knows how to start its process.
 *
 * Invariant: supervisors start children through this class alone and know nothing else of them, so
 * that whatever has a life (a server, a supervisor, a registry, a fleet) can be a child.
 */
import { argumentError } from '../core/argument-error.ts'
import type { ChildSpec, ChildType, Life, Restart, Shutdown } from '../core/child-spec.ts'
import type { Process } from './process.ts'
import type { StartOutcome } from './spawn.ts'

/** The method that starts the process; a symbol, since handles show it to users otherwise. */
export const launch: unique symbol = Symbol('flotilla.launch')

/** The base of every child specification. */
export abstract class Startable implements ChildSpec, Life {
  /** What there is to know of it before it runs; children made alike share it. */
  readonly #life: Life

  constructor(life: Life) {
    this.#life = life
  }

  get id(): string {
    return this.#life.id
  }

  get restart(): Restart {
    return this.#life.restart
  }

  get shutdownMs(): Shutdown {
    return this.#life.shutdownMs
  }

  get significant(): boolean {
    return this.#life.significant
  }

  get type(): ChildType {
    return this.#life.type
  }

  get label(): string {
    return this.#life.label
  }

  /** What stays of a specification when its start argument is forgotten. */
  static lifeOf(spec: Startable): Life {
    return spec.#life
  }

  /**
   * Starts the process, linked to the supervisor.
   *
   * @param record what the supervisor keeps about the child
   */
  abstract [launch](supervisor: Process, record: unknown): StartOutcome | Promise<StartOutcome>

  /**
   * The specification behind a value a user gave.
   *
   * @throws ArgumentError FLOTILLA_INVALID_CHILD
   */
  static check(attempted: string, value: unknown): Startable {
    if (typeof value === 'object' && value !== null && #life in value) return value
    throw argumentError('invalid_child', {
      attempted,
      subject: 'the child',
      given: value,
      wanted: 'a child specification',
      fix: 'make it with child(server, arg), supervisor(...), fleet(...) or the like',
    })
  }
}

/** What is left of a specification whose start argument is forgotten: it starts nobody. */
export class Spent extends Startable {
  constructor(spec: Startable) {
    super(Startable.lifeOf(spec))
  }

  [launch](): StartOutcome {
    return { kind: 'ignored' }
  }
}
