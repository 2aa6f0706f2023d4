/**
 * `defineServer`: the door through which handlers enter the runtime.
 *
 * Invariant: a definition is checked once, here, and inert: the same one starts any number of
 * processes on any number of nodes.
 */
import {
  argumentError,
  checkCount,
  checkDuration,
  checkFunction,
  checkName,
  checkOptions,
  copyPlain,
} from '../core/argument-error.ts'
import type { ExitReason } from '../core/exit.ts'
import { quote } from '../core/show.ts'
import { trust } from '../core/trust.ts'
import type { Down, ExitSignal } from '../process/envelope.ts'
import type { Context } from './context.ts'
import type {
  CallHandler,
  CastHandler,
  CastStep,
  LooseHandler,
  MaybePromise,
  ProtocolFrom,
  Server,
} from './protocol.ts'
import { type Handlers, ServerBehaviour } from './serve.ts'
import type { Ignore, Next, Stop } from './steps.ts'

/** What a server does besides its calls and casts. */
export interface ServerLife<Arg, State> {
  /** Names the kind of server in reports and messages. */
  readonly name: string
  /** Makes the first state; runs in the new process, after its name is taken. */
  readonly init: (
    arg: Arg,
    context: Context,
  ) => MaybePromise<State | Next<State> | Stop<never, State> | Ignore>
  /** Raw messages sent with `send`. Left out: they are dropped, with an event. */
  readonly info?: (
    state: State,
    message: unknown,
    context: Context,
  ) => MaybePromise<CastStep<NoInfer<State>>>
  /** The report of a monitor. */
  readonly down?: (
    state: State,
    down: Down,
    context: Context,
  ) => MaybePromise<CastStep<NoInfer<State>>>
  /** An exit signal, when trapping; the one of the parent ends the server instead. */
  readonly exit?: (
    state: State,
    signal: ExitSignal,
    context: Context,
  ) => MaybePromise<CastStep<NoInfer<State>>>
  /** The idle time-out that a step asked for has passed. */
  readonly timeout?: (state: State, context: Context) => MaybePromise<CastStep<NoInfer<State>>>
  /**
   * Last words: after a stop step, a crash, or the parent's exit signal when trapping. Not after
   * `kill`, nor after an exit signal that was not trapped.
   */
  readonly terminate?: (state: State, reason: ExitReason, context: Context) => MaybePromise<void>
  /** What operators may see of the state; without it the state is never shown. */
  readonly format?: (state: State) => unknown
  /** Messages that may wait; a sender beyond is refused. Default 131,072. */
  readonly maxMailboxSize?: number
  /**
   * Hibernates a process when it had no message for so many milliseconds (at the latest after twice
   * as long); default `'infinity'`. Until then its timer is pending, like any other.
   */
  readonly hibernateAfterMs?: number | 'infinity'
}

const lifeNames = ['init', 'info', 'down', 'exit', 'timeout', 'terminate', 'format'] as const
const optionNames = ['name', 'calls', 'casts', 'maxMailboxSize', 'hibernateAfterMs', ...lifeNames]
const defaultMailboxSize = 131_072

/**
 * Defines a kind of server: state, and handlers that take it from one message to the next.
 *
 * A handler gets the state first, then the payload, then the context, and gives back a step
 * (`reply`, `next`, `stop`, `later`), or a promise of one, which holds the mailbox until it
 * settles. Keep handlers thin: rules belong into plain functions. Annotate the payloads and, if the
 * state is a union, the result of `init`; everything else is inferred.
 *
 * Do not use a server for code that has no state of its own: a function does.
 *
 * @returns the definition, for `child`, `fleet` and `drive`
 * @throws ArgumentError FLOTILLA_INVALID_ARGUMENT, FLOTILLA_INVALID_OPTION, FLOTILLA_UNKNOWN_OPTION
 *
 * Source: OTP `gen_server`; the handlers are its callbacks.
 */
// What handlers must be stands beside Calls and Casts: said with `extends`, an `init` that names
// its context leaves every `state` unknown; a default would do the same.
export function defineServer<Arg, State, Calls, Casts>(
  definition: ServerLife<Arg, State> & {
    readonly calls?: Calls & Readonly<Record<string, CallHandler<State>>>
    readonly casts?: Casts & Readonly<Record<string, CastHandler<State>>>
  },
): Server<Arg, State, ProtocolFrom<Calls, Casts>> {
  const attempted = 'define a server'
  const given = checkOptions(attempted, definition, optionNames)
  checkName(attempted, given.name)
  const named = `${attempted} "${given.name}"`
  checkFunction(named, given.init, 'init')
  for (const name of lifeNames) {
    if (given[name] !== undefined) checkFunction(named, given[name], name)
  }
  const { maxMailboxSize = defaultMailboxSize, hibernateAfterMs = 'infinity' } = given
  checkCount(named, maxMailboxSize, { option: 'maxMailboxSize', min: 1, max: 2 ** 30 })
  checkDuration(named, hibernateAfterMs, { option: 'hibernateAfterMs', allowInfinity: true })
  const handlers: Handlers = trust({
    ...given,
    calls: readHandlers(named, 'calls', given.calls),
    casts: readHandlers(named, 'casts', given.casts),
  })
  const limits = { maxMailboxSize, hibernateAfterMs }
  return new ServerDefinition(given.name, new ServerBehaviour(given.name, limits, handlers))
}

/** A server as the runtime knows it. */
export class ServerDefinition {
  readonly name: string
  readonly #behaviour: ServerBehaviour

  constructor(name: string, behaviour: ServerBehaviour) {
    this.name = name
    this.#behaviour = behaviour
  }

  /** The loop behind a definition. @throws ArgumentError FLOTILLA_INVALID_ARGUMENT */
  static behaviourOf(attempted: string, value: unknown): ServerBehaviour {
    if (typeof value === 'object' && value !== null && #behaviour in value) return value.#behaviour
    throw argumentError('invalid_argument', {
      attempted,
      subject: 'the server',
      given: value,
      wanted: 'what defineServer gave back',
    })
  }
}

function readHandlers(
  attempted: string,
  option: string,
  given: object | undefined,
): ReadonlyMap<string, LooseHandler> {
  const handlers = new Map<string, LooseHandler>()
  if (given === undefined) return handlers
  const copy = copyPlain(given)
  if (copy === undefined || Object.getOwnPropertySymbols(copy).length > 0) {
    throw argumentError('invalid_option', {
      attempted,
      subject: `option "${option}"`,
      given,
      wanted: 'a plain object whose properties are handlers',
    })
  }
  for (const [name, handler] of Object.entries(copy)) {
    if (typeof handler !== 'function') throw noHandler(attempted, `${option}.${name}`, handler)
    handlers.set(name, trust(handler))
  }
  return handlers
}

function noHandler(attempted: string, option: string, given: unknown): Error {
  const subject = `option ${quote(option, 80)}`
  return argumentError('invalid_option', { attempted, subject, given, wanted: 'a function' })
}
