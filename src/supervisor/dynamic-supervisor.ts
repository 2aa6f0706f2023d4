/**
 * `dynamicSupervisor`: children that come and go.
 */
import { argumentError, checkCount, checkName, checkOptions } from '../core/argument-error.ts'
import {
  type ChildSpec,
  checkIntensity,
  checkLife,
  type Intensity,
  intensityNames,
  type Life,
  type LifeOptions,
  lifeOptionNames,
} from '../core/child-spec.ts'
import type { Pid } from '../core/pid.ts'
import type { Protocol } from '../core/protocol.ts'
import { show } from '../core/show.ts'
import { trust } from '../core/trust.ts'
import type { Process } from '../process/process.ts'
import { checkPid } from '../process/signals.ts'
import { type StartOutcome, spawn } from '../process/spawn.ts'
import { launch, Startable } from '../process/startable.ts'
import { Binding } from './binding.ts'
import { type ChildCounts, type ChildInfo, countRecords, showRecord } from './child-record.ts'
import { DynamicBehaviour, type DynamicPolicy } from './dynamic-behaviour.ts'
import type { Started } from './started.ts'
import type { SupervisorHandle } from './supervisor.ts'

/** A dynamic supervisor, as a child specification and as the place to start children. */
export interface DynamicSupervisor extends SupervisorHandle {
  /**
   * Starts a child; resolves when its `init` is over. Until then other requests wait.
   *
   * @returns the pid, or why nothing was started
   * @throws ArgumentError (at once) FLOTILLA_INVALID_CHILD, FLOTILLA_NOT_STARTED
   * @throws Exit (as a rejection) `noproc` while the supervisor is down, or its exit reason
   */
  startChild<P extends Protocol>(spec: ChildSpec<P>): Promise<Started<P>>
  /**
   * Stops a child as its specification says; it is not restarted.
   *
   * @returns false: not a child of mine
   */
  terminateChild(pid: Pid): Promise<boolean>
}

/** The choices of a dynamic supervisor. */
export interface DynamicSupervisorOptions extends Intensity, LifeOptions {
  readonly name: string
  /** How many children there may be, those being restarted included; default no limit. */
  readonly maxChildren?: number
}

/**
 * A supervisor for children on demand, with OTP's exact behaviour: one budget for all children, and
 * after giving up it comes back empty. Where a fleet of keyed workers must survive that, use
 * `fleet`.
 *
 * @param options name; maxChildren; maxRestarts (default 3) in maxSeconds (default 5); its own
 * restart and shutdownMs as a child
 * @throws ArgumentError FLOTILLA_INVALID_ARGUMENT, FLOTILLA_INVALID_OPTION, FLOTILLA_UNKNOWN_OPTION
 *
 * Source: Elixir `DynamicSupervisor`.
 */
export function dynamicSupervisor(options: DynamicSupervisorOptions): DynamicSupervisor {
  const attempted = 'make a dynamic supervisor'
  const known = ['name', 'maxChildren', ...intensityNames, ...lifeOptionNames]
  const given = checkOptions(attempted, options, known)
  checkName(attempted, given.name)
  const named = `${attempted} "${given.name}"`
  const { maxChildren = childrenMax } = given
  checkCount(named, maxChildren, { option: 'maxChildren', min: 0, max: childrenMax })
  const life = checkLife(named, { id: given.name, type: 'supervisor' }, given)
  return new DynamicHandle(life, { maxChildren, limits: checkIntensity(named, given) })
}

/** What the tables of one node can hold. */
const childrenMax = 2 ** 24

class DynamicHandle extends Startable implements DynamicSupervisor {
  readonly #policy: DynamicPolicy
  readonly #binding: Binding<DynamicBehaviour>

  constructor(life: Life, policy: DynamicPolicy) {
    super(life)
    this.#policy = policy
    this.#binding = new Binding(`dynamic supervisor "${life.id}"`)
  }

  startChild<P extends Protocol>(spec: ChildSpec<P>): Promise<Started<P>> {
    const attempted = `start a child of ${this.id}`
    const checked = Startable.check(attempted, spec)
    if (checked.significant) {
      throw argumentError('invalid_child', {
        attempted,
        problem: `the child ${show(checked.id)} is significant, which means nothing here`,
        fix: 'put it under a supervisor with autoShutdown',
      })
    }
    return this.#ask('start_child', checked)
  }

  terminateChild(pid: Pid): Promise<boolean> {
    const target = checkPid('terminate a child', pid)
    return this.#ask('terminate_child', target?.pid ?? pid)
  }

  countChildren(): ChildCounts {
    return countRecords(this.#binding.behaviour('count children').records())
  }

  whichChildren(): readonly ChildInfo[] {
    const records = this.#binding.behaviour('list children').records()
    return Array.from(records, (record) => showRecord(record, undefined))
  }

  [launch](parent: Process, record: unknown): StartOutcome | Promise<StartOutcome> {
    const behaviour = new DynamicBehaviour(this.id, this.#policy)
    return this.#binding.start(behaviour, () => {
      return spawn({ node: parent.node, parent, behaviour, argument: undefined, record })
    })
  }

  #ask<T>(name: string, payload: unknown): Promise<T> {
    return trust(this.#binding.ask({ name, payload, concurrent: false }))
  }
}
