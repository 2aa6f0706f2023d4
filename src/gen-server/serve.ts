/**
 * The server loop: message → handler → step → effects.
 *
 * Invariant: the state a handler sees is the one its predecessor left, also across awaits, and a
 * step of a process that has ended meanwhile has no effect. Source: OTP `gen_server`.
 */
import { argumentError } from '../core/argument-error.ts'
import { crash, type ExitReason, endingOf, normal } from '../core/exit.ts'
import { unshift } from '../core/inbox.ts'
import { trust } from '../core/trust.ts'
import { enter, leave } from '../process/current.ts'
import { end } from '../process/dying.ts'
import { type DownSource, isExitOfParent, type Message, Note } from '../process/envelope.ts'
import {
  type Behaviour,
  type InitResult,
  isRunning,
  type LastWords,
  type Process,
} from '../process/process.ts'
import { type Context, ServerContext } from './context.ts'
import { HandlerTable } from './handler-table.ts'
import { HibernationTimer, hibernate } from './hibernation.ts'
import { IdleTimer } from './idle-timer.ts'
import { answer } from './messages.ts'
import type { LooseHandler } from './protocol.ts'
import { showStep } from './show-out.ts'
import { asStep, checkFirstOptions, checkStepOptions, wrongFirstStep } from './step-check.ts'
import { Step, type StepOptions } from './steps.ts'

/** The handlers of a server, without their types. */
export interface Handlers {
  readonly init: (argument: unknown, context: Context) => unknown
  readonly calls: ReadonlyMap<string, LooseHandler>
  readonly casts: ReadonlyMap<string, LooseHandler>
  readonly info: LooseHandler | undefined
  readonly down: LooseHandler | undefined
  readonly exit: LooseHandler | undefined
  readonly timeout: ((state: unknown, context: Context) => unknown) | undefined
  readonly terminate: LooseHandler | undefined
  readonly format: ((state: unknown) => unknown) | undefined
}

/** What every process of a server is held to. */
export interface ServerLimits {
  readonly maxMailboxSize: number
  readonly hibernateAfterMs: number | 'infinity'
}

/** One definition at work; serves all its processes. */
export class ServerBehaviour implements Behaviour {
  readonly label: string
  readonly maxMailboxSize: number
  readonly hibernateAfterMs: number | 'infinity'
  readonly keepsState = true
  readonly calls: HandlerTable
  readonly casts: HandlerTable
  readonly handlers: Handlers
  /** Kept for whoever makes children of it: what those without a name have in common. */
  lastPlan: unknown = undefined

  constructor(label: string, limits: ServerLimits, handlers: Handlers) {
    this.label = label
    this.maxMailboxSize = limits.maxMailboxSize
    this.hibernateAfterMs = limits.hibernateAfterMs
    this.handlers = handlers
    this.calls = new HandlerTable(handlers.calls)
    this.casts = new HandlerTable(handlers.casts)
  }

  init(process: Process, argument: unknown): InitResult | Promise<InitResult> {
    const result = this.handlers.init(argument, this.#contextOf(process))
    return isThenable(result)
      ? this.#awaitFirst(process, result)
      : this.#initialised(process, result)
  }

  async #awaitFirst(process: Process, result: PromiseLike<unknown>): Promise<InitResult> {
    return this.#initialised(process, await result)
  }

  terminate(process: Process, reason: ExitReason): void {
    this.#stop(process, reason)
  }

  describe(process: Process): unknown {
    return this.handlers.format?.(process.state)
  }

  resumed(process: Process): void {
    IdleTimer.restart(process)
  }

  /** Calls the handler itself: each call between would stand in the ten lines of a user's stack. */
  receive(process: Process, envelope: Message): void {
    if (envelope.kind === 'exit' && isExitOfParent(process, envelope)) {
      this.#stop(process, envelope.signal?.reason ?? normal)
      return
    }
    if (envelope.kind === 'idle' && envelope.payload !== process.turn) return
    const handler = this.#handlerOf(envelope)
    if (handler === undefined) {
      this.#unhandled(process, envelope)
      return
    }
    const before = enter(process)
    let result: unknown
    try {
      result = handler(process.state, envelope.payload, this.#contextOf(process))
    } catch (error) {
      this.#stop(process, endingOf(error))
      return
    } finally {
      leave(before)
    }
    if (!process.alive) return
    if (isThenable(result)) void this.#await(process, result, envelope)
    else this.#apply(process, result, envelope)
  }

  #handlerOf(envelope: Message): LooseHandler | undefined {
    switch (envelope.kind) {
      case 'call':
        return this.calls.get(envelope.name)
      case 'cast':
      case 'own':
        return this.casts.get(envelope.name)
      case 'info':
        return this.handlers.info
      case 'down':
        return this.handlers.down === undefined ? undefined : this.#down
      case 'exit':
        return this.handlers.exit
      case 'idle':
        return this.#timeout
    }
  }

  readonly #down: LooseHandler = (state, source, context) =>
    this.handlers.down?.(state, trust<DownSource>(source).down, context)

  readonly #timeout: LooseHandler = (state, _payload, context) =>
    this.handlers.timeout?.(state, context)

  /** By `await`, which a promise that was tampered with cannot make throw or go on twice. */
  async #await(process: Process, result: PromiseLike<unknown>, envelope: Message): Promise<void> {
    process.busy = true
    let step: unknown
    try {
      step = await result
    } catch (error) {
      if (process.alive) this.#stop(process, endingOf(error))
      return
    }
    if (!process.alive) return
    this.#apply(process, step, envelope)
    if (process.phase === 'running') process.node.resume(process)
  }

  #apply(process: Process, result: unknown, envelope: Message): void {
    const step = asStep(result, envelope.kind === 'call' ? 'call' : 'other')
    if (step === undefined) {
      this.#stop(process, crash(this.#badStep(envelope, result)))
      return
    }
    process.state = step.state
    if (process.oversight !== undefined && !showStep(process, envelope, step)) return
    if (step.step === 'stop') {
      if (envelope.kind === 'call' && step.replies) {
        this.#stop(process, step.reason, { request: envelope, value: step.reply })
      } else this.#stop(process, step.reason)
      return
    }
    if (envelope.kind === 'call') {
      if (step.step === 'reply') answer(process, envelope, step.reply)
      else if (!envelope.settled) {
        process.extras.deferred ??= new Set()
        process.extras.deferred.add(envelope)
      }
    }
    if (step.options !== undefined) this.#applyOptions(process, step.options)
  }

  #applyOptions(process: Process, given: StepOptions): void {
    const options = checkStepOptions(given, this.label, this.handlers)
    if (options instanceof Error) this.#stop(process, crash(options))
    else this.#follow(process, options)
  }

  #follow(process: Process, options: StepOptions): void {
    if (options.continueWith !== undefined) {
      const [name, payload] = options.continueWith
      process.node.scheduler.gather(process)
      unshift(process, new Note('own', name, payload))
    }
    if (options.idleTimeoutMs !== undefined) IdleTimer.of(process).set(options.idleTimeoutMs)
    if (options.hibernate === true) hibernate(process)
  }

  #initialised(process: Process, result: unknown): InitResult {
    if (!process.alive) return isRunning
    const step = asStep(result, 'init')
    if (step === undefined) {
      const error = wrongFirstStep(result, this.label)
      if (error !== undefined) return { kind: 'failed', reason: crash(error) }
      process.state = result
      return isRunning
    }
    if (step.step === 'ignore') return { kind: 'ignored' }
    if (step.step === 'stop') return { kind: 'failed', reason: step.reason }
    process.state = step.state
    if (step.options === undefined) return isRunning
    const options = checkFirstOptions(step.options, this.label, this.handlers)
    if (options instanceof Error) return { kind: 'failed', reason: crash(options) }
    this.#follow(process, options)
    return { kind: 'running', info: options.startInfo }
  }

  /** Runs `terminate` and ends the process; a reply given with `stop` leaves in the same step. */
  #stop(process: Process, reason: ExitReason, lastWords?: LastWords): void {
    if (process.phase !== 'running') return
    process.phase = 'terminating'
    const { terminate } = this.handlers
    if (terminate === undefined) {
      endWith(process, reason, lastWords)
      return
    }
    const before = enter(process)
    let result: unknown
    try {
      result = terminate(process.state, reason, this.#contextOf(process))
    } catch (error) {
      endWith(process, endingOf(error), lastWords)
      return
    } finally {
      leave(before)
    }
    if (!isThenable(result)) {
      endWith(process, reason, lastWords)
      return
    }
    void this.#endAfter(process, result, { reason, lastWords })
  }

  async #endAfter(process: Process, last: PromiseLike<unknown>, ending: Ending): Promise<void> {
    process.busy = true
    try {
      await last
    } catch (error) {
      endWith(process, endingOf(error), ending.lastWords)
      return
    }
    endWith(process, ending.reason, ending.lastWords)
  }

  #contextOf(process: Process): ServerContext {
    // Nobody else writes it; to ask the object what it is would be a cache miss per message.
    if (process.context !== undefined) return trust(process.context)
    const context = new ServerContext(process)
    process.context = context
    if (this.hibernateAfterMs !== 'infinity') HibernationTimer.start(process, this.hibernateAfterMs)
    return context
  }

  #unhandled(process: Process, envelope: Message): void {
    const { kind } = envelope
    if (kind === 'call' || kind === 'own' || kind === 'idle') return
    process.node.reports.unhandled(process, kind)
  }

  #badStep(envelope: Message, given: unknown): Error {
    const isCall = envelope.kind === 'call'
    const handler =
      isCall || envelope.kind === 'cast' || envelope.kind === 'own'
        ? `${isCall ? 'calls' : 'casts'}.${envelope.name}`
        : envelope.kind
    return argumentError('invalid_step', {
      attempted: `go on with server "${this.label}"`,
      subject: `the result of ${handler}`,
      given,
      wanted: isCall
        ? 'reply(value, state), later(port, state) or stop(reason, state)'
        : 'next(state) or stop(reason, state)',
    })
  }
}

/** How a server means to end, unless somebody ends it first. */
interface Ending {
  readonly reason: ExitReason
  readonly lastWords: LastWords | undefined
}

/** The end that a server comes to by itself: only then does a reply given with `stop` leave. */
function endWith(process: Process, reason: ExitReason, lastWords: LastWords | undefined): void {
  if (lastWords !== undefined && process.alive) process.extras.lastWords = lastWords
  end(process, reason)
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  if (typeof value !== 'object' || value === null || Step.is(value)) return false
  try {
    return 'then' in value && typeof value.then === 'function'
  } catch {
    // A proxy or getter that throws: whatever it is, it cannot be waited for.
    return false
  }
}
