/**
 * `child`: a server as a child of a supervisor.
 */
import { checkOptions } from '../core/argument-error.ts'
import type { Life } from '../core/child-spec.ts'
import { type ChildSpec, checkLife, type LifeOptions, lifeOptionNames } from '../core/child-spec.ts'
import type { Protocol } from '../core/protocol.ts'
import { ServerDefinition } from '../gen-server/define-server.ts'
import type { Server } from '../gen-server/protocol.ts'
import type { ServerBehaviour } from '../gen-server/serve.ts'
import { checkVia, type Via, type ViaName } from '../process/address.ts'
import type { Process } from '../process/process.ts'
import { type StartOutcome, spawn } from '../process/spawn.ts'
import { launch, Startable } from '../process/startable.ts'

/** How a server lives as a child. */
export interface ChildOptions<P extends Protocol> extends LifeOptions {
  /** The name it takes before `init` runs and loses in the step in which it ends. */
  readonly name?: Via<P>
  /** What its supervisor calls it; default the name of the server. */
  readonly id?: string
}

/**
 * A server with its start argument, as a child of a supervisor.
 *
 * @param server from `defineServer`
 * @param arg what `init` gets, at every restart again
 * @param options name, id, restart (default `permanent`), shutdownMs (default 5000)
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
  const attempted = 'make a child'
  const behaviour = ServerDefinition.behaviourOf(attempted, server)
  const { name, id = behaviour.label, ...life } = checkOptions(attempted, options, optionNames)
  return new ServerChild(checkLife(attempted, { id, type: 'worker' }, life), behaviour, {
    argument: arg,
    name: name === undefined ? undefined : checkVia(attempted, name),
  })
}

const optionNames = ['name', 'id', ...lifeOptionNames]

interface Start {
  readonly argument: unknown
  readonly name: ViaName | undefined
}

class ServerChild extends Startable {
  readonly #behaviour: ServerBehaviour
  readonly #start: Start

  constructor(life: Life, behaviour: ServerBehaviour, start: Start) {
    super(life)
    this.#behaviour = behaviour
    this.#start = start
  }

  [launch](supervisor: Process, record: unknown): StartOutcome | Promise<StartOutcome> {
    const { argument, name } = this.#start
    const behaviour = this.#behaviour
    return spawn({ node: supervisor.node, parent: supervisor, behaviour, argument, name, record })
  }
}
