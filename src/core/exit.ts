/**
 * Exits: the one way a process ends and the one way a call fails.
 *
 * Invariant: `exitCodes` has exactly one code for each kind of `ExitReason`, and docs/errors.md
 * lists the same codes. Deliberately absent: domain refusals (they are values in a reply) and wrong
 * arguments (they are thrown, see argument-error.ts).
 */
import { argumentError } from './argument-error.ts'
import { quote, show } from './show.ts'

/** Why a process ended or a call failed; a closed union told apart by `kind`. */
export type ExitReason =
  /** It finished its work. */
  | { readonly kind: 'normal' }
  /** It was asked to stop, by its supervisor or by `stop`; a clean end. */
  | { readonly kind: 'shutdown'; readonly detail?: unknown }
  /** It was sent the untrappable exit signal `'kill'`. */
  | { readonly kind: 'killed' }
  /** Nothing lives at the address. */
  | { readonly kind: 'noproc'; readonly address: string }
  /** No reply within the caller's limit; the server may still finish the work. */
  | { readonly kind: 'timeout'; readonly afterMs: number }
  /** A process called itself, directly or through a cycle of calls that could never be answered. */
  | { readonly kind: 'calling_self'; readonly cycle?: readonly string[] }
  /** The target's mailbox is full. */
  | { readonly kind: 'overload'; readonly mailboxSize: number }
  /** A start was refused because the supervisor or fleet already has its limit of children. */
  | { readonly kind: 'max_children'; readonly maxChildren: number }
  /** A fleet has given up on the key until somebody releases it; `reason` ended its last try. */
  | { readonly kind: 'parked'; readonly reason: ExitReason }
  /** The caller gave up waiting through its AbortSignal; the server may still finish the work. */
  | { readonly kind: 'aborted'; readonly error: unknown }
  /** What the process was given to run in its place, by `sys.replaceState` for instance, threw. */
  | { readonly kind: 'callback_failed'; readonly error: unknown }
  /** The node that held the process is gone or stopped. */
  | { readonly kind: 'nodedown'; readonly node: string }
  /** The shard moved to another owner and the retries ran out (several machines). */
  | { readonly kind: 'not_owner'; readonly shard: number }
  /** Its code threw, or broke the contract of a handler. */
  | { readonly kind: 'crash'; readonly error: unknown }

/** The documented code of each kind of exit. */
export const exitCodes = Object.freeze({
  normal: 'FLOTILLA_EXIT_NORMAL',
  shutdown: 'FLOTILLA_EXIT_SHUTDOWN',
  killed: 'FLOTILLA_EXIT_KILLED',
  noproc: 'FLOTILLA_EXIT_NOPROC',
  timeout: 'FLOTILLA_EXIT_TIMEOUT',
  calling_self: 'FLOTILLA_EXIT_CALLING_SELF',
  overload: 'FLOTILLA_EXIT_OVERLOAD',
  max_children: 'FLOTILLA_EXIT_MAX_CHILDREN',
  parked: 'FLOTILLA_EXIT_PARKED',
  aborted: 'FLOTILLA_EXIT_ABORTED',
  callback_failed: 'FLOTILLA_EXIT_CALLBACK_FAILED',
  nodedown: 'FLOTILLA_EXIT_NODEDOWN',
  not_owner: 'FLOTILLA_EXIT_NOT_OWNER',
  crash: 'FLOTILLA_EXIT_CRASH',
} as const)

/**
 * The detail of the `shutdown` with which a supervisor ends because of a child: it did not start,
 * or it used up the restart intensity.
 */
export class ChildFailure {
  readonly kind: 'failed_to_start_child' | 'reached_max_restart_intensity'
  readonly id: string
  /** Why the child ended, or did not start. */
  readonly reason: ExitReason
  readonly #made = true

  constructor(kind: ChildFailure['kind'], id: string, reason: ExitReason) {
    this.kind = kind
    this.id = id
    this.reason = reason
  }

  /** Whether a detail was made by a supervisor of this package, not by a user. */
  static is(value: unknown): value is ChildFailure {
    return typeof value === 'object' && value !== null && #made in value
  }
}

/** A call of which an exit came instead of a reply; never its payload. */
export interface FailedCall {
  readonly name: string
  /** The server it was for, as text. */
  readonly to: string
  readonly timeoutMs: number | 'infinity'
}

const brand: unique symbol = Symbol.for('flotilla.Exit')

/**
 * The error a failed call rejects with.
 *
 * `code` is one per kind of reason and listed in docs/errors.md. For a crash, `cause` is the value
 * that was thrown. Tell it from other errors with `Exit.is`, which also knows an `Exit` made by a
 * second copy of the package.
 */
export class Exit extends Error {
  override readonly name = 'Exit'
  readonly code: string
  readonly reason: ExitReason

  /**
   * @param reason why it failed
   * @param attempted what was tried, put in front of the message, such as `Call "ping" to users
   * "u1"`
   * @throws ArgumentError FLOTILLA_INVALID_ARGUMENT
   */
  constructor(reason: ExitReason, attempted?: string) {
    const exit: unknown = new.target
    // For a call the runtime gives what `crash` has made: nothing to check, nobody can change it.
    const isMade = exit === CallExit && reason.kind === 'crash'
    const checked = isMade ? reason : checkReason('make an Exit', reason)
    super(messageOf(checked, attempted), causeOf(checked))
    this.code = exitCodes[checked.kind]
    this.reason = checked
  }

  /** Which call failed, if it is the exit of one. */
  get call(): FailedCall | undefined {
    return undefined
  }

  get [brand](): true {
    return true
  }

  /** True for any `Exit`, also one made by another copy of this package. */
  static is(value: unknown): value is Exit {
    try {
      return typeof value === 'object' && value !== null && brand in value && value[brand] === true
    } catch {
      return false // a Proxy that throws when asked is not ours
    }
  }
}

/** The exit of a failed call. */
export class CallExit extends Exit {
  readonly #call: FailedCall

  constructor(reason: ExitReason, call: FailedCall) {
    super(reason, `Call ${quote(call.name, 40)} to ${call.to}`)
    this.#call = call
  }

  override get call(): FailedCall {
    return this.#call
  }
}

/**
 * The exit a process makes of itself with `context.exit`: thrown, so that its own code may still
 * catch it. Another `Exit` that leaves a handler, such as that of a failed call, is a crash.
 */
export class OwnExit extends Exit {
  readonly #made = true

  /** Whether a value was thrown by `context.exit`; runs no user code. */
  static override is(value: unknown): value is OwnExit {
    return typeof value === 'object' && value !== null && #made in value
  }
}

/** What `tryCall` answers: the reply, or the exit that `call` would have rejected with. */
export type Outcome<R> =
  | { readonly ok: true; readonly value: R }
  | { readonly ok: false; readonly exit: Exit }

/** The reason of an orderly end. */
export const normal: ExitReason = Object.freeze({ kind: 'normal' })
/** The reason a supervisor gives when it stops a child. */
export const shutdown: ExitReason = Object.freeze({ kind: 'shutdown' })
/** The reason of a process that was sent the exit signal `'kill'`. */
export const killed: ExitReason = Object.freeze({ kind: 'killed' })

/** The reason of a process whose code threw `error`. */
export function crash(error: unknown): ExitReason {
  // One reason reaches many: none of them may change it for the others.
  return Object.freeze({ kind: 'crash', error })
}

/**
 * Whether a transient child that ended so is restarted, and a crash report written.
 *
 * Source: OTP `supervisor`, "Restart"; normal and shutdown are the clean ends.
 */
export function isAbnormal(reason: ExitReason): boolean {
  return reason.kind !== 'normal' && reason.kind !== 'shutdown'
}

/** Whether two reasons say the same: of one kind, and with the same values in their parts. */
export function sameReason(one: ExitReason, other: ExitReason): boolean {
  if (one === other) return true
  return [...Object.keys(one), ...Object.keys(other)].every((part) => {
    const mine: unknown = Reflect.get(one, part)
    const its: unknown = Reflect.get(other, part)
    return (
      Object.is(mine, its) || (isExitReason(mine) && isExitReason(its) && sameReason(mine, its))
    )
  })
}

/** Whether `value` is a well-formed reason of a known kind; never throws. */
export function isExitReason(value: unknown): value is ExitReason {
  try {
    return (
      typeof value === 'object' &&
      value !== null &&
      'kind' in value &&
      typeof value.kind === 'string' &&
      Object.hasOwn(exitCodes, value.kind)
    )
  } catch {
    return false
  }
}

/**
 * A reason from outside: read once, refused if it is none, and copied, so that nothing can change
 * under the runtime.
 *
 * @throws ArgumentError FLOTILLA_INVALID_ARGUMENT
 */
export function checkReason(attempted: string, given: unknown): ExitReason {
  const reason = ours.find((known) => known === given) ?? readReason(given)
  if (reason !== undefined) return reason
  throw argumentError('invalid_argument', {
    attempted,
    subject: 'the reason',
    given,
    wanted: 'a reason such as { kind: "normal" } or { kind: "shutdown", detail: ... }',
  })
}

const ours = [normal, shutdown, killed]

/** The reason a process ends with when its code has thrown. */
export function endingOf(thrown: unknown): ExitReason {
  return OwnExit.is(thrown) ? thrown.reason : crash(thrown)
}

/** The reason behind something that was thrown: that of an Exit, else a crash of its own. */
export function reasonOf(thrown: unknown): ExitReason {
  const reason = Exit.is(thrown) ? readReason(propertyOf(thrown, 'reason')) : undefined
  return reason ?? crash(thrown)
}

/** Of an object that is not trusted; undefined if it cannot be read. */
function propertyOf(owner: object, name: string): unknown {
  try {
    return Reflect.get(owner, name)
  } catch {
    return undefined // a getter or trap that throws
  }
}

function readReason(given: unknown): ExitReason | undefined {
  try {
    if (typeof given !== 'object' || given === null) return undefined
    const reason: object = { ...given }
    if (!isExitReason(reason) || !hasItsParts(reason)) return undefined
    if (reason.kind === 'parked') return readParked(reason.reason)
    if (reason.kind !== 'calling_self' || reason.cycle === undefined) return Object.freeze(reason)
    const cycle = Array.from(reason.cycle)
    return isTexts(cycle) ? Object.freeze({ ...reason, cycle }) : undefined
  } catch {
    // A proxy or getter that throws: not a reason.
    return undefined
  }
}

function readParked(given: unknown): ExitReason | undefined {
  const reason = readReason(given)
  return reason === undefined ? undefined : Object.freeze({ kind: 'parked', reason })
}

function hasItsParts(reason: ExitReason): boolean {
  switch (reason.kind) {
    case 'noproc':
      return typeof reason.address === 'string'
    case 'timeout':
      return typeof reason.afterMs === 'number'
    case 'calling_self':
      return reason.cycle === undefined || isTexts(reason.cycle)
    case 'overload':
      return typeof reason.mailboxSize === 'number'
    case 'max_children':
      return typeof reason.maxChildren === 'number'
    case 'nodedown':
      return typeof reason.node === 'string'
    case 'not_owner':
      return typeof reason.shard === 'number'
    default:
      return true
  }
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((text) => typeof text === 'string')
}

/** One sentence part for messages and reports: what happened, with the kind in brackets. */
export function describeReason(reason: ExitReason): string {
  switch (reason.kind) {
    case 'normal':
      return 'the process ended normally (normal)'
    case 'shutdown':
      return describeShutdown(reason.detail)
    case 'killed':
      return 'the process was killed (killed)'
    case 'noproc':
      return `no process at ${inLine(reason.address)} (noproc)`
    case 'timeout':
      return `no reply within ${reason.afterMs} ms (timeout)`
    case 'calling_self':
      return reason.cycle === undefined
        ? 'a process cannot call itself (calling_self)'
        : `the calls form a cycle: ${Array.from(reason.cycle, inLine).join(' → ')} (calling_self)`
    case 'overload':
      return `the mailbox is full with ${reason.mailboxSize} messages (overload)`
    case 'max_children':
      return `the limit of ${reason.maxChildren} children is reached (max_children)`
    case 'parked':
      return `the key is parked until it is released; before, ${describeReason(reason.reason)}`
    case 'aborted':
      return 'the caller gave up waiting (aborted)'
    case 'callback_failed':
      return `the given function threw: ${describeError(reason.error)} (callback_failed)`
    case 'nodedown':
      return `the node ${inLine(reason.node)} is not running (nodedown)`
    case 'not_owner':
      return `shard ${reason.shard} has another owner (not_owner)`
    case 'crash':
      return `the process crashed: ${describeError(reason.error)} (crash)`
  }
}

function describeShutdown(detail: unknown): string {
  if (!ChildFailure.is(detail)) return 'the process was shut down (shutdown)'
  const why = describeReason(detail.reason)
  return detail.kind === 'failed_to_start_child'
    ? `its child "${detail.id}" did not start: ${why}`
    : `it gave up on its child "${detail.id}" after too many restarts: ${why}`
}

/** The error behind a reason, so that a console shows its stack. */
function causeOf(reason: ExitReason): { cause: unknown } | undefined {
  if (reason.kind === 'crash' || reason.kind === 'aborted' || reason.kind === 'callback_failed') {
    return { cause: reason.error }
  }
  const detail = reason.kind === 'shutdown' ? reason.detail : undefined
  return ChildFailure.is(detail) ? causeOf(detail.reason) : undefined
}

function messageOf(reason: ExitReason, attempted: unknown): string {
  const text = describeReason(reason)
  if (attempted === undefined) return `Process exit: ${text}`
  if (typeof attempted === 'string') return `${attempted} failed: ${text}`
  throw argumentError('invalid_argument', {
    attempted: 'make an Exit',
    subject: 'what was attempted',
    given: attempted,
    wanted: 'a text',
  })
}

const textUnitsMax = 1000
// Control characters but tab and line feed, those of writing direction too, and lone surrogates.
const unfitForText = /[^\P{Cc}\t\n]|[\p{Cs}\p{Bidi_Control}]/u

/** A text of a user as it is, unless it could break or disguise what stands around it. */
function inLine(text: string): string {
  const isFit = text.length <= textUnitsMax && !unfitForText.test(text) && !text.includes('\n')
  return isFit ? text : quote(text, 80)
}

/**
 * The message of an error, or a safe rendering of whatever else was thrown.
 *
 * Its lines are kept, for many messages have several; its length and its characters are not
 * trusted.
 */
export function describeError(error: unknown): string {
  try {
    if (error instanceof Error) {
      const { name, message } = error
      if (typeof name === 'string' && typeof message === 'string') {
        const text = `${name}: ${message}`
        const isFit = text.length <= textUnitsMax && !unfitForText.test(text)
        return isFit ? text : `${inLine(name)}: ${quote(message, 200)}`
      }
    }
  } catch {
    // A proxy or getter that throws: fall through to the rendering that runs no user code.
  }
  return show(error)
}
