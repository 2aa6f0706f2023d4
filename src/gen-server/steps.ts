/**
 * Steps: what a handler gives back.
 *
 * Invariant: a step is data; nothing happens until the server loop applies it. The loop takes only
 * steps made by the functions below, so it never runs a getter or a proxy of a user.
 */
import { checkReason, type ExitReason, normal } from '../core/exit.ts'
import { trust } from '../core/trust.ts'

/** What may accompany a step. */
export interface StepOptions {
  /** Run this cast handler before anything already queued (OTP's `{:continue, _}`). */
  readonly continueWith?: readonly [cast: string, payload?: unknown]
  /** Run `timeout` if no message arrives for this long, in milliseconds. */
  readonly idleTimeoutMs?: number
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
 * Source: OTP `gen_server`, `{reply, Reply, NewState}`.
 */
export function reply<const R, S>(value: R, state: S, options?: StepOptions): Reply<R, S> {
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
  const parts = { reason: checked, reply: value[0], replies: value.length > 0 }
  return trust(new Step('stop', state, parts))
}

/**
 * Keeps `state` and leaves the caller waiting for `port.send`.
 *
 * @param port from `context.replyPort()` in the handler of the call
 */
export function later<R, S>(port: ReplyPort<R>, state: S, options?: StepOptions): Later<R, S> {
  void port
  return trust(new Step('later', state, { options }))
}

/** From `init` only: do not start, without an error (OTP's `:ignore`). */
export function ignore(): Ignore {
  return trust(new Step('ignore', undefined, {}))
}
