/**
 * Messages: call, tryCall, cast, send.
 *
 * Invariant: sending only enqueues; the receiver runs in a later turn and the sender's code always
 * finishes first. A sender that has ended meanwhile sends nothing.
 */
import {
  ArgumentError,
  argumentCodes,
  argumentError,
  checkDuration,
  checkOptions,
} from '../core/argument-error.ts'
import { Exit, type ExitReason, normal, type Outcome, reasonOf } from '../core/exit.ts'
import type { Protocol } from '../core/protocol.ts'
import { quote } from '../core/show.ts'
import { trust } from '../core/trust.ts'
import { type Address, addressText, asVia, locate, resolverOf } from '../process/address.ts'
import { unheard } from '../process/ask.ts'
import { currentProcess, isLeftBehind } from '../process/current.ts'
import { Note } from '../process/envelope.ts'
import type { Process } from '../process/process.ts'
import { Request } from '../process/request.ts'
import { checkMessage, checkMessageName } from './messages.ts'
import type { CallArguments, CastArguments } from './protocol.ts'
import { WaitingCall } from './waiting-call.ts'

/** How long to wait for the reply, and who may end the wait. */
export interface CallOptions {
  /** Milliseconds, default 5000, or `'infinity'`. Only the caller gives up; the server finishes. */
  readonly timeoutMs?: number | 'infinity'
  /** Gives up waiting when aborted; the server still finishes. */
  readonly signal?: AbortSignal
}

/**
 * Sends a message and waits for its reply.
 *
 * @param to a pid, or a via for whoever holds the name now
 * @param name the name of the call
 * @param args the payload, if the call has one, then options
 * @returns the reply
 * @throws Exit (as a rejection) when there is no reply: `noproc`, `timeout`, `overload`,
 * `calling_self`, `aborted`, or the reason with which the server ended meanwhile
 * @throws ArgumentError (at once) FLOTILLA_INVALID_ADDRESS, FLOTILLA_NOT_STARTED,
 * FLOTILLA_UNKNOWN_MESSAGE, FLOTILLA_INVALID_OPTION, FLOTILLA_UNKNOWN_OPTION
 *
 * Source: OTP `gen_server:call/3`. The payload goes to the server as it is, not cloned: treat it as
 * immutable.
 */
export function call<P extends Protocol, N extends keyof P['calls'] & string>(
  to: Address<P>,
  name: N,
  ...args: CallArguments<P, N, CallOptions>
): Promise<P['calls'][N]['reply']> {
  return trust(request(to, planOf(name, args, false)))
}

/**
 * `call`, but a failed call is a value: for callers who expect failure.
 *
 * @returns `{ ok: true, value }` or `{ ok: false, exit }`
 * @throws ArgumentError (at once), as `call` does
 */
export function tryCall<P extends Protocol, N extends keyof P['calls'] & string>(
  to: Address<P>,
  name: N,
  ...args: CallArguments<P, N, CallOptions>
): Promise<Outcome<P['calls'][N]['reply']>> {
  return trust(request(to, planOf(name, args, true)))
}

/**
 * Sends a message that wants no reply.
 *
 * @returns false if it was refused because the mailbox is full (counted, and an event on the feed);
 * true says nothing about arrival: a cast to nobody is true, as in OTP
 * @throws ArgumentError FLOTILLA_INVALID_ADDRESS, FLOTILLA_UNKNOWN_MESSAGE
 *
 * Source: OTP `gen_server:cast/2`. Not for work whose failure somebody must hear of: use `call`.
 */
export function cast<P extends Protocol, N extends keyof P['casts'] & string>(
  to: Address<P>,
  name: N,
  ...args: CastArguments<P, N>
): boolean {
  checkMessageName('cast', name)
  const target = locateQuietly('cast', to)
  if (target === undefined) return true
  const { behaviour } = target
  if (!behaviour.casts.has(name)) checkMessage('cast', behaviour, { kind: 'cast', name })
  if (isRefused(target, 'cast')) return false
  return isLeftBehind() || target.node.post(target, new Note('cast', name, args[0]))
}

/**
 * Sends a raw message, handled by `info`.
 *
 * @returns as `cast` does
 * @throws ArgumentError FLOTILLA_INVALID_ADDRESS
 */
export function send(to: Address, message: unknown): boolean {
  const target = locateQuietly('send', to)
  if (target === undefined) return true
  if (isRefused(target, 'info')) return false
  return isLeftBehind() || target.node.post(target, new Note('info', '', message))
}

interface RequestPlan extends CheckedCallOptions {
  readonly name: string
  readonly payload: unknown
  readonly asOutcome: boolean
}

const attempted = 'call'
const defaultTimeoutMs = 5000

/** Reads what a caller gave, once. */
function planOf(name: string, args: readonly unknown[], asOutcome: boolean): RequestPlan {
  checkMessageName(attempted, name)
  const { timeoutMs, signal } = checkCallOptions(attempted, args[1])
  return { name, payload: args[0], asOutcome, timeoutMs, signal }
}

function request(to: Address, plan: RequestPlan): Promise<unknown> {
  const { name, payload, asOutcome, timeoutMs, signal } = plan
  const target = locate(attempted, to)
  const caller = currentProcess()
  if (caller?.phase === 'dead') return refuse(caller.exitReason ?? normal, to, plan)
  if (target === undefined) return absent(to, plan)
  checkMessage(attempted, target.behaviour, { kind: 'call', name })
  const sent = new Request(target, caller, { name, payload, timeoutMs, asOutcome })
  const refusal = caller === undefined ? undefined : cycleOf(caller, target)
  if (refusal !== undefined) sent.fail(refusal)
  else if (signal !== undefined && !listen(sent, signal)) return sent.promise
  else if (!target.node.post(target, sent)) {
    target.node.reports.overload(target, 'call')
    sent.fail({ kind: 'overload', mailboxSize: target.size })
  } else if (timeoutMs !== 'infinity') {
    target.node.timers.watch(sent)
    target.node.scheduler.openTurn()
  }
  return sent.promise
}

/** Starts the absent holder of a name if its registry does that; otherwise there is no process. */
function absent(to: Address, plan: RequestPlan): Promise<unknown> {
  const via = asVia(to)
  const resolver = via === undefined ? undefined : resolverOf(attempted, via)
  if (via === undefined || resolver?.startOnDemand === undefined) {
    return refuse({ kind: 'noproc', address: addressText(to) }, to, plan)
  }
  const waiting = new WaitingCall(plan, resolver.timers)
  return unheard(
    waiting.until(resolver.startOnDemand(via.key)).then(
      (pid) => request(pid, { ...plan, timeoutMs: waiting.leftMs }),
      (error) => refuse(reasonOf(error), to, plan),
    ),
  )
}

function refuse(reason: ExitReason, to: Address, plan: RequestPlan): Promise<unknown> {
  const exit = new Exit(reason, `Call ${quote(plan.name, 40)} to ${addressText(to)}`)
  if (plan.asOutcome) return Promise.resolve({ ok: false, exit } satisfies Outcome<unknown>)
  return unheard(Promise.reject(exit))
}

/**
 * The refusal of a call that could never be answered: to oneself, or to a process that is waiting,
 * in the very handler that is running, for what we are about to answer.
 */
function cycleOf(caller: Process, target: Process): ExitReason | undefined {
  if (caller === target) return isInHandler(caller) ? { kind: 'calling_self' } : undefined
  // Nearly every call closes no cycle: nothing is put into words before one is found.
  const waiters = [caller]
  let waiting = caller.handling
  while (waiting?.kind === 'call') {
    const asker = waiting.caller
    if (asker === undefined || waiting.settled || asker.turn !== waiting.callerTurn) {
      return undefined
    }
    if (!asker.busy && asker.phase !== 'starting') return undefined
    waiters.push(asker)
    if (asker === target) return { kind: 'calling_self', cycle: inWords(waiters) }
    waiting = asker.handling
  }
  return undefined
}

/** The way round, from the process that is called back to itself. */
function inWords(waiters: readonly Process[]): readonly string[] {
  const names = waiters.map((waiter) => waiter.describe()).reverse()
  return [...names, ...names.slice(0, 1)]
}

/** Code that a handler left behind (a timer, a socket) may well call its idle process. */
function isInHandler(process: Process): boolean {
  return process.handling !== undefined || process.phase !== 'running'
}

/** Ends the wait when the signal is aborted; false if it already is. */
function listen(sent: Request, signal: AbortSignal): boolean {
  const giveUp = (): void => void sent.fail({ kind: 'aborted', error: signal.reason })
  if (signal.aborted) {
    giveUp()
    return false
  }
  try {
    signal.addEventListener('abort', giveUp, { once: true })
  } catch {
    throw noSignal(signal)
  }
  sent.onSettled(() => {
    try {
      signal.removeEventListener('abort', giveUp)
    } catch {
      // A signal that is no real one; whoever answers the call must not pay for it.
    }
  })
  return true
}

/** Asked before anything is made for the message: a flood must not cost more than its refusal. */
function isRefused(target: Process, kind: 'cast' | 'info'): boolean {
  if (!target.node.refuses(target)) return false
  target.node.reports.overload(target, kind)
  return true
}

/** As `locate`, but a registry that was never started is an address where nobody lives. */
function locateQuietly(attempted: string, to: Address): Process | undefined {
  try {
    return locate(attempted, to)
  } catch (error) {
    if (ArgumentError.is(error) && error.code === argumentCodes.not_started) return undefined
    throw error
  }
}

interface CheckedCallOptions {
  readonly timeoutMs: number | 'infinity'
  readonly signal: AbortSignal | undefined
}

const defaultOptions: CheckedCallOptions = { timeoutMs: defaultTimeoutMs, signal: undefined }

function checkCallOptions(attempted: string, given: unknown): CheckedCallOptions {
  if (given === undefined) return defaultOptions
  const options = checkOptions<CallOptions>(attempted, trust(given), ['timeoutMs', 'signal'])
  const { timeoutMs = defaultTimeoutMs, signal } = options
  checkDuration(attempted, timeoutMs, { option: 'timeoutMs', allowInfinity: true })
  if (signal !== undefined && !isAbortSignal(signal)) throw noSignal(signal)
  return { timeoutMs, signal }
}

function noSignal(given: unknown): ArgumentError {
  const subject = 'option "signal"'
  return argumentError('invalid_option', { attempted, subject, given, wanted: 'an AbortSignal' })
}

/** Also true for a signal of another realm or of a polyfill. */
function isAbortSignal(value: unknown): value is AbortSignal {
  try {
    return (
      typeof value === 'object' &&
      value !== null &&
      'aborted' in value &&
      typeof value.aborted === 'boolean' &&
      'addEventListener' in value &&
      typeof value.addEventListener === 'function' &&
      'removeEventListener' in value &&
      typeof value.removeEventListener === 'function'
    )
  } catch {
    return false
  }
}
