/**
 * Steps: what a handler gives back.
 *
 * Invariant: a step is data; nothing happens until the server loop applies it. The loop takes only
 * steps made by the functions below, so it never runs a getter or a proxy of a user.
 */
import { argumentError } from '../core/argument-error.ts'
import { checkReason, type ExitReason, normal } from '../core/exit.ts'
import { trust } from '../core/trust.ts'

/** What may accompany a step. */
export interface StepOptions {
  /** Run this cast handler before anything already queued (OTP's `{:continue, _}`). */
  readonly continueWith?: readonly [cast: string, payload?: unknown]
  /**
   * Run `timeout` if no message arrives for this long, in milliseconds. What `continueWith` runs is
   * a message, too: ask for the time-out in its step.
   */
  readonly idleTimeoutMs?: number
  /**
   * Whether to give back memory that the process can do without until its next message; for
   * servers that will be idle for long, and of which there are many.
   */
  readonly hibernate?: boolean
  /**
   * From `init` only: handed to whoever starts the process, as `info` beside the pid (OTP's
   * `{ok, Pid, Info}`), such as the port it listens on.
   */
  readonly startInfo?: unknown
}

/** Answer the caller and go on with a new state. */
export interface Reply<out R, out S> {
  readonly step: 'reply'
  readonly reply: R
  readonly state: S
}

/** Go on with a new state. */
export interface Next<out S> {
  readonly step: 'next'
  readonly state: S
}

/** Run `terminate` and end. */
export interface Stop<out R, out S> {
  readonly step: 'stop'
  readonly reason: ExitReason
  readonly reply: R
  readonly state: S
}

/** Go on with a new state; the caller is answered later through its reply port. */
export interface Later<out R, out S> {
  readonly step: 'later'
  readonly state: S
  readonly reply?: R
}

/** Do not start, without an error. */
export interface Ignore {
  readonly step: 'ignore'
}

/** Where the answer of one call goes; the first one counts, whoever sends it. */
export interface ReplyPort<in R> {
  /** @throws ArgumentError FLOTILLA_INVALID_ARGUMENT for a promise: await it first */
  send(reply: R): void
}

/** The parts of a step, by name. */
interface StepParts {
  readonly reply?: unknown
  readonly reason?: ExitReason
  readonly replies?: boolean
  readonly options?: StepOptions | undefined
}

/** Every step there is, in one shape. */
export class Step {
  readonly step: 'reply' | 'next' | 'stop' | 'later' | 'ignore'
  readonly state: unknown
  readonly reply: unknown
  readonly reason: ExitReason
  readonly replies: boolean
  readonly options: StepOptions | undefined
  readonly #made = true

  constructor(step: Step['step'], state: unknown, parts: StepParts) {
    this.step = step
    this.state = state
    this.reply = parts.reply
    this.reason = parts.reason ?? normal
    this.replies = parts.replies ?? false
    this.options = parts.options
  }

  /**
   * Whether a value was made by `reply`, `next`, `stop`, `later` or `ignore`; runs no user code.
   */
  static is(value: unknown): value is Step {
    return typeof value === 'object' && value !== null && #made in value
  }
}

/**
 * Answers the caller and keeps `state`.
 *
 * @throws ArgumentError FLOTILLA_INVALID_ARGUMENT for a promise: await it in the handler first
 *
 * Source: OTP `gen_server`, `{reply, Reply, NewState}`.
 */
export function reply<const R, S>(value: R, state: S, options?: StepOptions): Reply<R, S> {
  checkReply(value)
  return trust(new Step('reply', state, { reply: value, options }))
}

/**
 * Keeps `state` and waits for the next message.
 *
 * Not for calls, whose caller would wait in vain: use `reply` or `later`.
 * Source: OTP `gen_server`, `{noreply, NewState}`.
 */
export function next<S>(state: S, options?: StepOptions): Next<S> {
  return trust(new Step('next', state, { options }))
}

/**
 * Ends the process after `terminate` has run.
 *
 * Without a reply a waiting caller exits with the reason; with one it gets the reply after
 * `terminate` has run. Source: OTP `gen_server`, `{stop, Reason, Reply, NewState}`.
 */
export function stop<S>(reason: ExitReason, state: S): Stop<never, S>
export function stop<const R, S>(reason: ExitReason, state: S, value: R): Stop<R, S>
export function stop<S>(reason: ExitReason, state: S, ...value: unknown[]): Stop<unknown, S> {
  const checked = checkReason('stop a server', reason)
  checkReply(value[0])
  const parts = { reason: checked, reply: value[0], replies: value.length > 0 }
  return trust(new Step('stop', state, parts))
}

/**
 * Keeps `state` and leaves the caller waiting for `port.send`.
 *
 * @param port from `context.replyPort()` in the handler of the call
 * @throws ArgumentError FLOTILLA_INVALID_ARGUMENT
 */
export function later<R, S>(port: ReplyPort<R>, state: S, options?: StepOptions): Later<R, S> {
  checkPort(port)
  return trust(new Step('later', state, { options }))
}

/** From `init` only: do not start, without an error (OTP's `:ignore`). */
export function ignore(): Ignore {
  return trust(new Step('ignore', undefined, {}))
}

/** Whether a value was made by `ignore`; runs no user code. */
export function isIgnore(value: unknown): value is Ignore {
  return Step.is(value) && value.step === 'ignore'
}

/**
 * Refuses a reply that the caller would await once more: it may never settle, or fail with
 * anything.
 *
 * @throws ArgumentError FLOTILLA_INVALID_ARGUMENT
 */
export function checkReply(value: unknown): void {
  if (!isAwaited(value)) return
  throw argumentError('invalid_argument', {
    attempted: 'reply',
    subject: 'the reply',
    given: value,
    wanted: 'anything but a promise or what "await" takes for one',
    fix: 'await it in the handler and reply with the result',
  })
}

/** Whether `await` would wait for a value, or fail by it: then no promise can carry it. */
export function isAwaited(value: unknown): boolean {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false
  try {
    return 'then' in value && typeof value.then === 'function'
  } catch {
    return true // a getter or trap that throws would throw at the caller
  }
}

function checkPort(port: unknown): void {
  try {
    const isPort = typeof port === 'object' && port !== null && 'send' in port
    if (isPort && typeof port.send === 'function') return
  } catch {
    // A getter or trap that throws: no port.
  }
  throw argumentError('invalid_argument', {
    attempted: 'reply later',
    subject: 'the reply port',
    given: port,
    wanted: 'what context.replyPort() gave back in the handler of the call',
  })
}
