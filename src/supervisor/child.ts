/**
 * `child`: a server as a child of a supervisor.
 */
import { checkDuration, checkOptions } from '../core/argument-error.ts'
import type { Life } from '../core/child-spec.ts'
import { type ChildSpec, checkLife, type LifeOptions, lifeOptionNames } from '../core/child-spec.ts'
import type { AnyProtocol, Protocol } from '../core/protocol.ts'
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
  return (argument) => new ServerChild(life, behaviour, { argument, name: via, startTimeoutMs })
}

const optionNames = ['name', 'id', 'startTimeoutMs', ...lifeOptionNames]

interface Start {
  readonly argument: unknown
  readonly name: ViaName | undefined
  readonly startTimeoutMs: number | 'infinity'
}

class ServerChild extends Startable {
  readonly #behaviour: ServerBehaviour
  // Not as one object: there are as many of these as there are workers.
  readonly #argument: unknown
  readonly #name: ViaName | undefined
  readonly #startTimeoutMs: number | 'infinity'

  constructor(life: Life, behaviour: ServerBehaviour, start: Start) {
    super(life)
    this.#behaviour = behaviour
    this.#argument = start.argument
    this.#name = start.name
    this.#startTimeoutMs = start.startTimeoutMs
  }

  [launch](supervisor: Process, record: unknown): StartOutcome | Promise<StartOutcome> {
    return spawn({
      node: supervisor.node,
      parent: supervisor,
      behaviour: this.#behaviour,
      argument: this.#argument,
      name: this.#name,
      record,
      startTimeoutMs: this.#startTimeoutMs,
    })
  }
}
