/**
 * `child`: a server as a child of a supervisor.
 */
import { checkDuration, checkOptions } from '../core/argument-error.ts'
import type { Life } from '../core/child-spec.ts'
import { type ChildSpec, checkLife, type LifeOptions, lifeOptionNames } from '../core/child-spec.ts'
import type { Key } from '../core/key.ts'
import type { AnyProtocol, Protocol } from '../core/protocol.ts'
import { ServerDefinition } from '../gen-server/define-server.ts'
import type { Server } from '../gen-server/protocol.ts'
import type { ServerBehaviour } from '../gen-server/serve.ts'
import { checkVia, type Resolver, ValuedVia, type Via, ViaName } from '../process/address.ts'
import type { Process } from '../process/process.ts'
import { type StartOutcome, spawn } from '../process/spawn.ts'
import { launch, Startable } from '../process/startable.ts'

/** How a server lives as a child. */
export interface ChildOptions<P extends Protocol> extends LifeOptions {
  /** The name it takes before `init` runs and loses in the step in which it ends. */
  readonly name?: Via<P>
  /** What its supervisor calls it; default the name of the server. */
  readonly id?: string
  /**
   * How long `init` may take, in milliseconds; default `'infinity'`. After that the process is
   * killed, its name is free and the start has failed with `timeout`.
   */
  readonly startTimeoutMs?: number | 'infinity'
}

/**
 * A server with its start argument, as a child of a supervisor.
 *
 * @param server from `defineServer`
 * @param arg what `init` gets, at every restart again
 * @param options name, id, restart (default `permanent`), shutdownMs (default 5000),
 * startTimeoutMs (default `'infinity'`)
 * @throws ArgumentError FLOTILLA_INVALID_ARGUMENT, FLOTILLA_INVALID_OPTION,
 * FLOTILLA_UNKNOWN_OPTION, FLOTILLA_INVALID_ADDRESS
 *
 * Source: OTP `supervisor`, "Child specification".
 */
export function child<Arg, State, P extends Protocol>(
  server: Server<Arg, State, P>,
  arg: NoInfer<Arg>,
  options: ChildOptions<NoInfer<P>> = {},
): ChildSpec<P> {
  const { plan, called } = plannedChild('make a child', server, options)
  return new ServerChild(plan, arg, called)
}

/**
 * Checks a server and how it lives as a child.
 *
 * @returns makes the child of a start argument
 * @throws ArgumentError as `child` does
 */
export function childMaker(
  attempted: string,
  server: unknown,
  options: ChildOptions<AnyProtocol>,
): (argument: unknown) => Startable {
  const { plan, called } = plannedChild(attempted, server, options)
  return (argument) => new ServerChild(plan, argument, called)
}

/** A child of a server, but for its start argument. */
interface PlannedChild {
  readonly plan: ServerPlan
  readonly called: Key | ViaName | undefined
}

function plannedChild(
  attempted: string,
  server: unknown,
  options: ChildOptions<AnyProtocol>,
): PlannedChild {
  const behaviour = ServerDefinition.behaviourOf(attempted, server)
  const given = checkOptions(attempted, options, optionNames)
  const via = given.name === undefined ? undefined : checkVia(attempted, given.name)
  const resolver = via === undefined ? undefined : ViaName.resolverOf(via)
  const isPlain = via === undefined || ValuedVia.valueIn(via) === undefined
  const called = isPlain ? via?.key : via
  // Most of many children are made alike: what was checked for the last one is not checked again.
  const lastPlan = resolver === undefined ? behaviour.lastPlan : resolver.lastPlans.get(behaviour)
  if (lastPlan instanceof ServerPlan && lastPlan.isFor(given)) return { plan: lastPlan, called }
  const checked = checkGiven(attempted, behaviour, given)
  const plan = new ServerPlan(behaviour, { ...checked, given, resolver })
  // A plan with a registry is kept by that one, since the definition outlives every node.
  if (resolver === undefined) behaviour.lastPlan = plan
  else resolver.lastPlans.set(behaviour, plan)
  return { plan, called }
}

const optionNames = ['name', 'id', 'startTimeoutMs', ...lifeOptionNames]

/** How a child is to live, as far as that was said. */
type GivenLife = {
  readonly [N in keyof Omit<ChildOptions<AnyProtocol>, 'name'>]:
    | ChildOptions<AnyProtocol>[N]
    | undefined
}

/** That alone: the name and its value belong to one child. */
function lifeIn({ id, restart, shutdownMs, significant, startTimeoutMs }: GivenLife): GivenLife {
  return Object.freeze({ id, restart, shutdownMs, significant, startTimeoutMs })
}

/** What was made of that. */
type CheckedLife = Pick<ServerPlan, 'life' | 'startTimeoutMs'>

function checkGiven(attempted: string, { label }: ServerBehaviour, given: GivenLife): CheckedLife {
  const { id = label, startTimeoutMs = 'infinity' } = given
  checkDuration(attempted, startTimeoutMs, { option: 'startTimeoutMs', allowInfinity: true })
  const life = checkLife(attempted, { id, type: 'worker', label }, given)
  return { life, startTimeoutMs }
}

interface PlanParts extends CheckedLife {
  readonly given: GivenLife
  readonly resolver: Resolver | undefined
}

/** What children of a server have in common that are made alike. */
class ServerPlan {
  readonly behaviour: ServerBehaviour
  readonly life: Life
  readonly resolver: Resolver | undefined
  readonly startTimeoutMs: number | 'infinity'
  readonly #given: GivenLife

  constructor(behaviour: ServerBehaviour, { life, resolver, startTimeoutMs, given }: PlanParts) {
    this.behaviour = behaviour
    this.life = life
    this.resolver = resolver
    this.startTimeoutMs = startTimeoutMs
    this.#given = lifeIn(given)
  }

  isFor(given: GivenLife): boolean {
    return (
      this.#given.id === given.id &&
      this.#given.restart === given.restart &&
      this.#given.shutdownMs === given.shutdownMs &&
      this.#given.significant === given.significant &&
      this.#given.startTimeoutMs === given.startTimeoutMs
    )
  }
}

/** There are as many of these as there are workers. */
class ServerChild extends Startable {
  readonly #plan: ServerPlan
  readonly #argument: unknown
  /** Its name by key alone, or the via with the value that it is to hold. */
  readonly #called: Key | ViaName | undefined

  constructor(plan: ServerPlan, argument: unknown, called: Key | ViaName | undefined) {
    super(plan.life)
    this.#plan = plan
    this.#argument = argument
    this.#called = called
  }

  [launch](supervisor: Process, record: unknown): StartOutcome | Promise<StartOutcome> {
    const { behaviour, startTimeoutMs } = this.#plan
    return spawn({
      node: supervisor.node,
      parent: supervisor,
      behaviour,
      argument: this.#argument,
      name: this.#name(),
      record,
      startTimeoutMs,
    })
  }

  #name(): ViaName | undefined {
    const called = this.#called
    const { resolver } = this.#plan
    if (called === undefined || resolver === undefined) return undefined
    return ViaName.is(called) ? called : new ViaName(resolver, called)
  }
}
