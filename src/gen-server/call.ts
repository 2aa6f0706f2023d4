/**
 * Messages: call, tryCall, cast, send.
 *
 * Invariant: sending only enqueues; the receiver runs in a later turn and the sender's code always
 * finishes first. A sender that has ended meanwhile sends nothing.
 */
import {
  ArgumentError,
  argumentCodes,
  checkDuration,
  checkOptions,
} from '../core/argument-error.ts'
import { CallExit, type ExitReason, normal, type Outcome, reasonOf } from '../core/exit.ts'
import type { Protocol } from '../core/protocol.ts'
import { trust } from '../core/trust.ts'
import { checkSignal, onAbort } from '../process/abort-signal.ts'
import {
  type Address,
  absenceOf,
  addressText,
  asVia,
  homeOf,
  locate,
  resolverOf,
} from '../process/address.ts'
import { type Alias, aliasUsed, pathOf } from '../process/alias.ts'
import { unheard } from '../process/attribution.ts'
import { currentProcess, isLeftBehind } from '../process/current.ts'
import { cycleOf } from '../process/cycle.ts'
import { Note } from '../process/envelope.ts'
import { demonitor } from '../process/monitors.ts'
import type { NodeRuntime } from '../process/node-runtime.ts'
import type { Process } from '../process/process.ts'
import { refused, refusedAs } from '../process/refusals.ts'
import { Request, type RequestContent } from '../process/request.ts'
import { checkMessage, checkMessageName } from './messages.ts'
import type { CallArguments, CastArguments } from './protocol.ts'
import { showSent } from './show-out.ts'
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
  return !isRefused(target, 'cast') && post(target, new Note('cast', name, args[0]))
}

/**
 * Sends a raw message, handled by `info`.
 *
 * @param to a pid, a via, or an alias; through one that leads nowhere any more nothing arrives
 * @returns as `cast` does
 * @throws ArgumentError FLOTILLA_INVALID_ADDRESS
 */
export function send(to: Address | Alias, message: unknown): boolean {
  const alias = pathOf(to)
  const target = alias === undefined ? locateQuietly('send', trust(to)) : alias.process
  if (target === undefined) return true
  // Else a message of the dead, which does not arrive, would use up the alias.
  if (alias !== undefined && isLeftBehind()) return true
  const isIn = !isRefused(target, 'info') && post(target, new Note('info', '', message))
  if (isIn && alias !== undefined && aliasUsed(target, alias.id)) demonitor(target, alias, false)
  return isIn
}

type RequestPlan = RequestContent & CheckedCallOptions

const attempted = 'call'
const defaultTimeoutMs = 5000

/** Reads what a caller gave, once. */
function planOf(name: string, args: readonly unknown[], asOutcome: boolean): RequestPlan {
  checkMessageName(attempted, name)
  const { timeoutMs, signal } = checkCallOptions(attempted, args[1])
  return { kind: 'call', name, payload: args[0], asOutcome, timeoutMs, signal }
}

function request(to: Address, plan: RequestPlan): Promise<unknown> {
  const { name, payload, timeoutMs, signal } = plan
  const target = locate(attempted, to)
  const caller = currentProcess()
  if (caller?.phase === 'dead') return refuseTheDead(caller, to, plan)
  if (target === undefined) return absent(to, plan)
  const { behaviour } = target
  if (!behaviour.calls.has(name)) checkMessage(attempted, behaviour, plan)
  const sent = new Request(target, caller, plan)
  const refusal = caller === undefined ? undefined : cycleOf(caller, target)
  if (refusal !== undefined) target.node.refusals.fail(sent, refusal)
  else if (signal !== undefined && !listen(sent, signal)) return sent.promise
  else if (!target.node.post(target, sent)) target.node.refusals.overflow(sent)
  else {
    if (caller?.oversight !== undefined)
      showSent(caller, target, { message: 'call', name, payload })
    if (timeoutMs !== 'infinity') target.node.limit(sent)
  }
  return sent.promise
}

/** Starts the absent holder of a name if its registry does that; otherwise there is no process. */
function absent(to: Address, plan: RequestPlan): Promise<unknown> {
  const via = asVia(to)
  const resolver = via === undefined ? undefined : resolverOf(attempted, via)
  if (via === undefined || resolver?.startOnDemand === undefined) {
    return refuse(homeOf(to), exitOf(absenceOf(to), to, plan), plan)
  }
  const { home } = resolver
  const waiting = new WaitingCall(plan, home?.isOver ? undefined : home?.timers)
  return unheard(
    waiting.until(resolver.startOnDemand(via.key)).then(
      (pid) => request(pid, { ...plan, timeoutMs: waiting.leftMs }),
      (error) => refuse(home, exitOf(reasonOf(error), to, plan), plan),
    ),
  )
}

/** What a process left behind when it ended may well go on for ever. */
function refuseTheDead(caller: Process, to: Address, plan: RequestPlan): Promise<unknown> {
  return refuse(caller.node, exitOf(caller.exitReason ?? normal, to, plan), plan)
}

function exitOf(reason: ExitReason, to: Address, { name, timeoutMs }: RequestPlan): CallExit {
  return new CallExit(reason, { name, to: addressText(to), timeoutMs })
}

function refuse(
  node: NodeRuntime | undefined,
  exit: CallExit,
  { asOutcome }: RequestPlan,
): Promise<unknown> {
  if (!asOutcome) return refused(node, exit)
  return refusedAs<Outcome<unknown>>(node, { ok: false, exit })
}

/** Ends the wait when the signal is aborted; false if it already is. */
function listen(sent: Request, signal: AbortSignal): boolean {
  const giveUp = (): void => void sent.fail({ kind: 'aborted', error: signal.reason })
  if (signal.aborted) {
    giveUp()
    return false
  }
  sent.onSettled(onAbort(attempted, signal, giveUp))
  return true
}

/** Into a mailbox that has room; what the code of an ended process sends goes nowhere. */
function post(target: Process, note: Note): true {
  const sender = currentProcess()
  if (sender?.phase === 'dead') return true
  target.node.put(target, note)
  if (sender?.oversight !== undefined) show(sender, target, note)
  return true
}

function show(sender: Process, target: Process, { kind, name, payload }: Note): void {
  if (kind === 'cast') showSent(sender, target, { message: kind, name, payload })
  else showSent(sender, target, { message: 'info', name: undefined, payload })
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
  if (signal !== undefined) checkSignal(attempted, signal)
  return { timeoutMs, signal }
}
