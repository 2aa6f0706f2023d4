/**
 * `supervisor`: children in a fixed order, more of which may be added while it runs.
 */
import { argumentError, checkName, checkOptions } from '../core/argument-error.ts'
import {
  type ChildSpec,
  checkLife,
  intensityNames,
  type Life,
  type LifeOptions,
  lifeOptionNames,
} from '../core/child-spec.ts'
import type { Protocol, SilentProtocol } from '../core/protocol.ts'
import { trust } from '../core/trust.ts'
import type { Via, ViaName } from '../process/address.ts'
import { LocalPid } from '../process/local-pid.ts'
import type { Process } from '../process/process.ts'
import type { StartOutcome } from '../process/spawn.ts'
import { launch, Startable } from '../process/startable.ts'
import { Binding } from './binding.ts'
import { type ChildCounts, type ChildInfo, ChildRecord } from './child-record.ts'
import { andThen } from './hold.ts'
import type { ChildDeleted, ChildRestarted, ChildStarted, ChildTerminated } from './started.ts'
import { StaticBehaviour, type StaticPlan } from './static-behaviour.ts'
import { checkSignificance, childSource, type MakeChildren } from './static-children.ts'
import type { StaticRequest } from './static-requests.ts'
import { checkPolicy, checkRegisterAs, type PolicyOptions } from './supervisor-options.ts'

/** Any supervisor, as a child specification and as something to look into while it runs. */
export interface SupervisorHandle extends ChildSpec {
  /** @throws ArgumentError FLOTILLA_NOT_STARTED; Exit `noproc` while it is down */
  countChildren(): ChildCounts
  /** In start order. @throws ArgumentError FLOTILLA_NOT_STARTED; Exit `noproc` while it is down */
  whichChildren(): readonly ChildInfo[]
}

/**
 * A supervisor of children in a fixed order, and how its children are changed while it runs.
 *
 * A request is carried out between two other actions of the supervisor, and settles when the child
 * has started or stopped. It concerns one child: no strategy is triggered by it, and nothing of the
 * restart budget is used up. If the supervisor itself is restarted, it starts again with the
 * children it was made with.
 *
 * Each throws ArgumentError (at once) FLOTILLA_NOT_STARTED before the first start, and rejects with
 * an Exit: `noproc` while the supervisor is down, or the reason with which it ends meanwhile.
 */
export interface StaticSupervisor extends SupervisorHandle {
  /**
   * Starts a child and adds it at the end of the start order.
   *
   * @returns its pid, or why there is no new child. One that fails to start is dropped; one that
   * chose not to start is kept, unless it is temporary
   * @throws ArgumentError (at once) FLOTILLA_INVALID_CHILD
   *
   * Source: OTP `supervisor:start_child/2`. For children without an id use `dynamicSupervisor`.
   */
  startChild<P extends Protocol>(spec: ChildSpec<P>): Promise<ChildStarted<P>>
  /**
   * Stops a child as its specification says. Its specification stays, for `restartChild`; that of a
   * temporary one goes. Of one that is being restarted the tries end. Also ok if it is stopped.
   *
   * @throws ArgumentError (at once) FLOTILLA_INVALID_ARGUMENT
   *
   * Source: OTP `supervisor:terminate_child/2`.
   */
  terminateChild(id: string): Promise<ChildTerminated>
  /**
   * Starts a stopped child again, in its old place.
   *
   * @throws ArgumentError (at once) FLOTILLA_INVALID_ARGUMENT
   *
   * Source: OTP `supervisor:restart_child/2`.
   */
  restartChild(id: string): Promise<ChildRestarted>
  /**
   * Forgets a stopped child.
   *
   * @throws ArgumentError (at once) FLOTILLA_INVALID_ARGUMENT
   *
   * Source: OTP `supervisor:delete_child/2`.
   */
  deleteChild(id: string): Promise<ChildDeleted>
  /**
   * The child of an id as it is now; undefined: there is none.
   *
   * @throws ArgumentError FLOTILLA_INVALID_ARGUMENT, FLOTILLA_NOT_STARTED
   * @throws Exit `noproc` while the supervisor is down
   *
   * Source: OTP 28 `supervisor:which_child/2`.
   */
  child(id: string): ChildInfo | undefined
}

/** The choices of a static supervisor. */
export interface SupervisorOptions extends PolicyOptions, LifeOptions {
  readonly name: string
  /** A name it takes before its children start and loses in the step in which it ends. */
  readonly registerAs?: Via<SilentProtocol>
}

/**
 * A supervisor over children that are known when it starts.
 *
 * @param options name; strategy (`one_for_one`, `one_for_all`, `rest_for_one`); maxRestarts
 * (default 3) in maxSeconds (default 5); autoShutdown; registerAs; its own restart and shutdownMs
 * as a child
 * @param children started in this order, stopped in reverse; or a function that gives them at every
 * start of the supervisor, or `ignore()`. If it throws or gives anything else, the start fails
 * @throws ArgumentError FLOTILLA_INVALID_ARGUMENT, FLOTILLA_INVALID_OPTION,
 * FLOTILLA_UNKNOWN_OPTION, FLOTILLA_INVALID_CHILD, FLOTILLA_DUPLICATE_CHILD,
 * FLOTILLA_INVALID_ADDRESS
 *
 * Source: OTP `supervisor`. For children that come and go use `dynamicSupervisor` or `fleet`.
 */
export function supervisor(
  options: SupervisorOptions,
  children: readonly ChildSpec[] | MakeChildren,
): StaticSupervisor {
  const attempted = 'make a supervisor'
  const given = checkOptions(attempted, options, optionNames)
  checkName(attempted, given.name)
  const named = `${attempted} "${given.name}"`
  const policy = checkPolicy(named, given)
  const life = checkLife(named, { id: given.name, type: 'supervisor' }, given)
  const source = childSource(named, policy.autoShutdown, children)
  const firstChildren = () =>
    andThen(source(), (specs) => specs?.map((spec) => new ChildRecord(spec)))
  const name = checkRegisterAs(named, given.registerAs)
  return new StaticHandle(life, { policy, firstChildren }, name)
}

const optionNames = [
  'name',
  'strategy',
  'autoShutdown',
  'registerAs',
  ...intensityNames,
  ...lifeOptionNames,
]

class StaticHandle extends Startable implements StaticSupervisor {
  readonly #plan: StaticPlan
  readonly #binding: Binding<StaticBehaviour>

  constructor(life: Life, plan: StaticPlan, name: ViaName | undefined) {
    super(life)
    this.#plan = plan
    this.#binding = new Binding(`supervisor "${life.id}"`, name)
  }

  countChildren(): ChildCounts {
    return this.#binding.behaviour('count children').count()
  }

  whichChildren(): readonly ChildInfo[] {
    return this.#binding.behaviour('list children').list()
  }

  child(id: string): ChildInfo | undefined {
    const attempted = `look a child of ${this.id} up`
    const known = checkId(attempted, id)
    return this.#binding.behaviour(attempted).show(known)
  }

  startChild<P extends Protocol>(spec: ChildSpec<P>): Promise<ChildStarted<P>> {
    const attempted = `start a child of ${this.id}`
    const checked = Startable.check(attempted, spec)
    checkSignificance(attempted, this.#plan.policy.autoShutdown, checked)
    return this.#ask('start_child', checked)
  }

  terminateChild(id: string): Promise<ChildTerminated> {
    return this.#ask('terminate_child', checkId(`terminate a child of ${this.id}`, id))
  }

  restartChild(id: string): Promise<ChildRestarted> {
    return this.#ask('restart_child', checkId(`restart a child of ${this.id}`, id))
  }

  deleteChild(id: string): Promise<ChildDeleted> {
    return this.#ask('delete_child', checkId(`delete a child of ${this.id}`, id))
  }

  [launch](parent: Process, record: unknown): StartOutcome | Promise<StartOutcome> {
    return this.#binding.start(new StaticBehaviour(this.id, this.#plan), { parent, record })
  }

  #ask<T>(name: StaticRequest, payload: unknown): Promise<T> {
    return trust(this.#binding.ask({ name, payload, concurrent: false }))
  }
}

/**
 * The id of a child. A pid is no id, but it is the mistake of those who know a dynamic supervisor:
 * as in OTP it is the id of nobody.
 */
function checkId(attempted: string, id: unknown): string {
  if (typeof id === 'string') return id
  const isPid = typeof id === 'object' && id !== null && LocalPid.processOf(id) !== undefined
  if (isPid) return idOfNobody
  throw argumentError('invalid_argument', {
    attempted,
    subject: 'the id',
    given: id,
    wanted: 'the id of a child',
  })
}

/** No child can have it: an id has at least one character. */
const idOfNobody = ''
