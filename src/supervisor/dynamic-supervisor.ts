/**
 * `dynamicSupervisor`: children that come and go.
 */
import { argumentError, checkName, checkOptions } from '../core/argument-error.ts'
import { checkLife, type Life, type LifeOptions, lifeOptionNames } from '../core/child-spec.ts'
import type { Pid } from '../core/pid.ts'
import type { Protocol, SilentProtocol } from '../core/protocol.ts'
import { show } from '../core/show.ts'
import { trust } from '../core/trust.ts'
import type { Via, ViaName } from '../process/address.ts'
import type { Process } from '../process/process.ts'
import { checkPid } from '../process/signals.ts'
import type { StartOutcome } from '../process/spawn.ts'
import { launch, Startable } from '../process/startable.ts'
import type { Started } from '../process/started.ts'
import { Binding } from './binding.ts'
import type { ChildCounts, ChildInfo } from './child-record.ts'
import { DynamicBehaviour } from './dynamic-behaviour.ts'
import {
  type DynamicLimits,
  type LimitSource,
  limitNames,
  limitSource,
  type MakeLimits,
} from './dynamic-limits.ts'
import { type ChildUnder, ExtendedChild } from './extended-child.ts'
import type { SupervisorHandle } from './supervisor.ts'
import { checkRegisterAs } from './supervisor-options.ts'

/**
 * A dynamic supervisor, as a child specification and as the place to start children; `Extra` are
 * the extra arguments that each of them gets before its own.
 */
export interface DynamicSupervisor<in Extra extends readonly unknown[] = readonly []>
  extends SupervisorHandle {
  /**
   * Starts a child; resolves when its `init` is over. Until then other requests wait.
   *
   * @param spec from `child` and the like; from `extendedChild` if there are extra arguments
   * @returns the pid, or why nothing was started
   * @throws ArgumentError (at once) FLOTILLA_INVALID_CHILD, FLOTILLA_NOT_STARTED
   * @throws Exit (as a rejection) `noproc` while the supervisor is down, or its exit reason
   */
  startChild<P extends Protocol>(spec: ChildUnder<Extra, P>): Promise<Started<P>>
  /**
   * Stops a child as its specification says; it is not restarted. Of one that is being restarted,
   * which is known by the pid it had last, the tries end.
   *
   * @returns false: not a child of mine
   */
  terminateChild(pid: Pid): Promise<boolean>
}

/** The choices of a dynamic supervisor. */
export interface DynamicSupervisorOptions<Extra extends readonly unknown[] = readonly []>
  extends DynamicLimits,
    LifeOptions {
  readonly name: string
  /** Come before the own argument of every child, at each start and restart. */
  readonly extraArguments?: Extra
  /** The limits of each start anew; see `MakeLimits`. */
  readonly init?: MakeLimits
  /** A name it takes before it runs and loses in the step in which it ends. */
  readonly registerAs?: Via<SilentProtocol>
}

/**
 * A supervisor for children on demand, with OTP's exact behaviour: one budget for all children, and
 * after giving up it comes back empty. Where a fleet of keyed workers must survive that, use
 * `fleet`.
 *
 * @param options name; maxChildren; maxRestarts (default 3) in maxSeconds (default 5);
 * extraArguments; init; registerAs; its own restart and shutdownMs as a child
 * @throws ArgumentError FLOTILLA_INVALID_ARGUMENT, FLOTILLA_INVALID_OPTION,
 * FLOTILLA_UNKNOWN_OPTION, FLOTILLA_INVALID_ADDRESS
 *
 * Source: Elixir `DynamicSupervisor`.
 */
export function dynamicSupervisor<const Extra extends readonly unknown[] = readonly []>(
  options: DynamicSupervisorOptions<Extra>,
): DynamicSupervisor<Extra> {
  const attempted = 'make a dynamic supervisor'
  const given = checkOptions(attempted, options, optionNames)
  checkName(attempted, given.name)
  const named = `${attempted} "${given.name}"`
  return new DynamicHandle(checkLife(named, { id: given.name, type: 'supervisor' }, given), {
    limits: limitSource(named, given, given.init),
    extra: checkExtra(named, given.extraArguments),
    name: checkRegisterAs(named, given.registerAs),
  })
}

const optionNames = [
  'name',
  'extraArguments',
  'init',
  'registerAs',
  ...limitNames,
  ...lifeOptionNames,
]

/** Read once and kept as it was. */
function checkExtra(attempted: string, given: unknown): readonly unknown[] | undefined {
  if (given === undefined) return undefined
  try {
    if (Array.isArray(given) && given.length <= extraMax) return Array.from(given)
  } catch {
    // A revoked Proxy, or a trap that throws: no list.
  }
  throw argumentError('invalid_option', {
    attempted,
    subject: 'option "extraArguments"',
    given,
    wanted: `an array of at most ${extraMax} values`,
  })
}

/** Far more than anybody passes on by hand. */
const extraMax = 255

interface DynamicPlan {
  readonly limits: LimitSource
  readonly extra: readonly unknown[] | undefined
  readonly name: ViaName | undefined
}

class DynamicHandle<Extra extends readonly unknown[]>
  extends Startable
  implements DynamicSupervisor<Extra>
{
  readonly #plan: DynamicPlan
  readonly #binding: Binding<DynamicBehaviour>

  constructor(life: Life, plan: DynamicPlan) {
    super(life)
    this.#plan = plan
    this.#binding = new Binding(`dynamic supervisor "${life.id}"`, plan.name)
  }

  startChild<P extends Protocol>(spec: ChildUnder<Extra, P>): Promise<Started<P>> {
    const attempted = `start a child of ${this.id}`
    const checked = ExtendedChild.completed(attempted, spec, this.#plan.extra)
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
    return this.#binding.behaviour('count children').count()
  }

  whichChildren(): readonly ChildInfo[] {
    return this.#binding.behaviour('list children').list()
  }

  [launch](parent: Process, record: unknown): StartOutcome | Promise<StartOutcome> {
    const behaviour = new DynamicBehaviour(this.id, this.#plan.limits)
    return this.#binding.start(behaviour, { parent, record })
  }

  #ask<T>(name: string, payload: unknown): Promise<T> {
    return trust(this.#binding.ask({ name, payload, concurrent: false }))
  }
}
