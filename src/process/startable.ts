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
export abstract class Startable implements ChildSpec {
  readonly id: string
  readonly restart: Restart
  readonly shutdownMs: Shutdown
  readonly significant: boolean
  readonly type: ChildType
  readonly label: string
  readonly #checked = true

  constructor(life: Life) {
    this.id = life.id
    this.restart = life.restart
    this.shutdownMs = life.shutdownMs
    this.significant = life.significant
    this.type = life.type
    this.label = life.label
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
    if (typeof value === 'object' && value !== null && #checked in value) return value
    throw argumentError('invalid_child', {
      attempted,
      subject: 'the child',
      given: value,
      wanted: 'a child specification',
      fix: 'make it with child(server, arg), supervisor(...), fleet(...) or the like',
    })
  }
}
