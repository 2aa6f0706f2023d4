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
  return childMaker('make a child', server, options)(arg)
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
  const behaviour = ServerDefinition.behaviourOf(attempted, server)
  const checked = checkOptions(attempted, options, optionNames)
  const { name, id = behaviour.label, startTimeoutMs = 'infinity' } = checked
  checkDuration(attempted, startTimeoutMs, { option: 'startTimeoutMs', allowInfinity: true })
  const life = checkLife(attempted, { id, type: 'worker', label: behaviour.label }, checked)
  const via = name === undefined ? undefined : checkVia(attempted, name)
  const plan = sharedPlan(behaviour, { life, resolver: resolverIn(via), startTimeoutMs })
  const isPlain = via === undefined || ValuedVia.valueIn(via) === undefined
  const called = isPlain ? via?.key : via
  return (argument) => new ServerChild(plan, argument, called)
}

const optionNames = ['name', 'id', 'startTimeoutMs', ...lifeOptionNames]

/** What children of a server have in common that are made alike. */
class ServerPlan {
  readonly behaviour: ServerBehaviour
  readonly life: Life
  readonly resolver: Resolver | undefined
  readonly startTimeoutMs: number | 'infinity'

  constructor(behaviour: ServerBehaviour, parts: PlanParts) {
    this.behaviour = behaviour
    this.life = parts.life
    this.resolver = parts.resolver
    this.startTimeoutMs = parts.startTimeoutMs
  }

  isOf({ life, resolver, startTimeoutMs }: PlanParts): boolean {
    return (
      this.resolver === resolver &&
      this.startTimeoutMs === startTimeoutMs &&
      this.life.id === life.id &&
      this.life.restart === life.restart &&
      this.life.shutdownMs === life.shutdownMs &&
      this.life.significant === life.significant
    )
  }
}

type PlanParts = Pick<ServerPlan, 'life' | 'resolver' | 'startTimeoutMs'>

/** The plan made last for the server if it is the same: most of many children are made alike. */
function sharedPlan(behaviour: ServerBehaviour, parts: PlanParts): ServerPlan {
  const { lastPlan } = behaviour
  if (lastPlan instanceof ServerPlan && lastPlan.isOf(parts)) return lastPlan
  const plan = new ServerPlan(behaviour, parts)
  behaviour.lastPlan = plan
  return plan
}

function resolverIn(via: ViaName | undefined): Resolver | undefined {
  return via === undefined ? undefined : ViaName.resolverOf(via)
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
