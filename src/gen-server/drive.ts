/**
 * `drive`: handlers as plain functions.
 *
 * Invariant: no process, no timer, no promise: a handler that needs one of them is told so.
 */
import { argumentError } from '../core/argument-error.ts'
import { Exit, type ExitReason } from '../core/exit.ts'
import { ignore } from '../core/ignore.ts'
import type { Arguments, Protocol } from '../core/protocol.ts'
import { show } from '../core/show.ts'
import { trust } from '../core/trust.ts'
import type { Context } from './context.ts'
import { ServerDefinition } from './define-server.ts'
import type { LooseHandler, Server } from './protocol.ts'
import type { ServerBehaviour } from './serve.ts'
import {
  asStep,
  checkFirstOptions,
  checkStepOptions,
  type StepPlace,
  wrongFirstStep,
} from './step-check.ts'
import type { Step } from './steps.ts'

/** A server under a test's hand. */
export interface Driven<State, P extends Protocol> {
  readonly state: State
  /** The reason of the stop step that ended it, if one did. */
  readonly stopped: ExitReason | undefined
  /**
   * Runs the handler of a call and gives back its reply.
   *
   * @throws Exit if it stopped without a reply, or had stopped before
   * @throws ArgumentError FLOTILLA_UNKNOWN_MESSAGE; FLOTILLA_INVALID_STEP for a handler that is
   * asynchronous or puts its reply off
   */
  call<N extends keyof P['calls'] & string>(
    name: N,
    ...args: Arguments<P['calls'][N]['payload'], never>
  ): P['calls'][N]['reply']
  /** Runs the handler of a cast. @throws as `call` does */
  cast<N extends keyof P['casts'] & string>(
    name: N,
    ...args: Arguments<P['casts'][N]['payload'], never>
  ): void
}

/**
 * Runs handlers as plain functions: no process, no timer, no promise.
 *
 * A `continueWith` is run at once, an `idleTimeoutMs` is ignored. Whatever the handlers throw comes
 * out as it is. For servers that use their context, start a node on a `virtualHost`.
 *
 * @param server from `defineServer`
 * @param arg what `init` gets
 * @throws ArgumentError FLOTILLA_INVALID_ARGUMENT, FLOTILLA_INVALID_STEP; Exit if `init` stopped
 */
export function drive<Arg, State, P extends Protocol>(
  server: Server<Arg, State, P>,
  arg: NoInfer<Arg>,
): Driven<State, P> {
  return trust(new Driver(ServerDefinition.behaviourOf('drive a server', server), arg))
}

class Driver {
  state: unknown
  stopped: ExitReason | undefined = undefined
  readonly #behaviour: ServerBehaviour

  constructor(behaviour: ServerBehaviour, arg: unknown) {
    this.#behaviour = behaviour
    const result = behaviour.handlers.init(arg, noContext)
    refusePromise('init', result)
    const error = wrongFirstStep(result, behaviour.label)
    if (error !== undefined) throw error
    const step = asStep(result, 'init')
    this.state = step === undefined ? result : step.state
    if (step?.step === 'stop') throw new Exit(step.reason, `Start of "${behaviour.label}"`)
    if (step !== undefined) this.#follow(step, checkFirstOptions)
    if (step?.step === 'ignore') this.stopped = { kind: 'normal' }
  }

  call(name: string, payload?: unknown): unknown {
    const step = this.#run('call', this.#behaviour.calls.get(name), { name, payload })
    if (step.step === 'later') {
      throw argumentError('invalid_step', {
        attempted: driving('calls', name),
        problem: 'it puts its reply off with later(port, state)',
        fix: 'test it on a node with a virtualHost',
      })
    }
    this.#follow(step)
    if (step.step === 'stop' && !step.replies) throw new Exit(step.reason, `Call "${name}"`)
    return step.reply
  }

  cast(name: string, payload?: unknown): void {
    this.#follow(this.#run('other', this.#behaviour.casts.get(name), { name, payload }))
  }

  #run(
    place: StepPlace,
    handler: LooseHandler | undefined,
    message: { readonly name: string; readonly payload: unknown },
  ): Step {
    const { name, payload } = message
    const attempted = driving(place === 'call' ? 'calls' : 'casts', name)
    if (this.stopped !== undefined) throw new Exit(this.stopped, attempted)
    if (handler === undefined) {
      throw argumentError('unknown_message', {
        attempted,
        problem: `the server has no such ${place === 'call' ? 'call' : 'cast'}`,
      })
    }
    const result = handler(this.state, payload, noContext)
    refusePromise(attempted, result)
    const step = asStep(result, place)
    if (step === undefined) {
      throw argumentError('invalid_step', {
        attempted,
        subject: 'the result',
        given: result,
        wanted: place === 'call' ? 'reply(...) or stop(...)' : 'next(...) or stop(...)',
      })
    }
    return step
  }

  #follow(step: Step, check = checkStepOptions): void {
    this.state = step.state
    if (step.step === 'stop') this.stopped = step.reason
    if (step.options === undefined) return
    const { label, handlers } = this.#behaviour
    const options = check(step.options, label, handlers)
    if (options instanceof Error) throw options
    const continued = options.continueWith
    if (continued !== undefined) this.cast(continued[0], continued[1])
  }
}

function driving(kind: 'calls' | 'casts', name: unknown): string {
  return `drive ${kind}.${show(name).replaceAll('"', '')}`
}

/** Stands for the context: whatever is asked of it says what to do instead. */
const noContext: Context = trust(
  new Proxy(
    {},
    {
      get(_target, property) {
        throw argumentError('outside_call', {
          attempted: `use context.${show(property).replaceAll('"', '')}`,
          problem: 'a driven server has no process',
          fix: 'test it on a node with a virtualHost',
        })
      },
    },
  ),
)

function refusePromise(attempted: string, result: unknown): void {
  if (!(result instanceof Promise)) return
  // Its failure is not the subject here and must not surface elsewhere.
  result.catch(ignore)
  throw argumentError('invalid_step', {
    attempted,
    problem: 'the handler is asynchronous',
    fix: 'test it on a node with a virtualHost',
  })
}
