/**
 * Looking at a process, and changing the state of a server in place.
 *
 * Invariant: the state that is seen is the one between two messages, after everything that was sent
 * to the process before the question. Source: OTP `sys`, `get_state`, `replace_state`,
 * `get_status`.
 */
import { argumentError } from '../core/argument-error.ts'
import { describeError, Exit } from '../core/exit.ts'
import { ignore } from '../core/ignore.ts'
import type { Key } from '../core/key.ts'
import type { Pid } from '../core/pid.ts'
import { trust } from '../core/trust.ts'
import { isAwaited } from '../gen-server/steps.ts'
import { type Address, addressText } from '../process/address.ts'
import { unheard } from '../process/attribution.ts'
import { runAs } from '../process/current.ts'
import type { Process } from '../process/process.ts'
import { checkSystemOptions, inquire, type SystemOptions } from './inquiry.ts'

/**
 * The state of a server as it is, and of a supervisor, a registry or a fleet a description.
 *
 * For tests and for debugging by hand. Not an interface of the server: what it wants others to know
 * it answers in a call. The state is not copied; change nothing of it.
 *
 * @param address of a process of any kind
 * @param options timeoutMs (default 5000)
 * @returns the state; its type is not known from outside
 * @throws ArgumentError (at once) FLOTILLA_INVALID_ADDRESS, FLOTILLA_NOT_STARTED,
 * FLOTILLA_INVALID_ARGUMENT, FLOTILLA_INVALID_OPTION, FLOTILLA_UNKNOWN_OPTION
 * @throws Exit (as a rejection) `noproc` or `nodedown` if nobody is there, `calling_self`,
 * `timeout`, `overload`, or the reason with which the process ended meanwhile
 * @throws ArgumentError (as a rejection) FLOTILLA_INVALID_ARGUMENT for a state with a method `then`
 *
 * Source: OTP `sys:get_state/2`.
 */
export function getState(address: Address, options: SystemOptions = {}): Promise<unknown> {
  const attempted = 'get the state of a process'
  const { timeoutMs } = checkSystemOptions(attempted, options)
  const work = (process: Process): Found => {
    return { state: process.behaviour.keepsState ? process.state : descriptionOf(process) }
  }
  return unheard(
    inquire(address, { attempted, name: 'getState', timeoutMs, work }).then(({ state }) => {
      if (!isAwaited(state)) return state
      throw argumentError('invalid_argument', {
        attempted,
        problem: 'the state has a method "then", so that no promise can hand it over',
        fix: 'look at it through getStatus and the format of the server',
      })
    }),
  )
}

/** In a box, since whatever has a method `then` is not handed over by a promise. */
interface Found {
  readonly state: unknown
}

/** What is no promise: a server whose state is one would find nothing in it. */
type Settled<S> = 0 extends 1 & S
  ? unknown // Of `any` nothing is known.
  : [Extract<S, PromiseLike<unknown>>] extends [never]
    ? unknown
    : never

/**
 * Gives a server another state, between two messages.
 *
 * For debugging by hand. `replace` runs inside the process; nothing tells the server that its state
 * is another one.
 *
 * @param address of a server
 * @param replace makes the new state of the old one, at once
 * @param options timeoutMs (default 5000)
 * @returns the new state
 * @throws ArgumentError (at once) as `getState`; FLOTILLA_INVALID_ADDRESS also for a process that
 * is no server: it has no state that could be replaced
 * @throws Exit (as a rejection) as `getState`, and `callback_failed` if `replace` threw or gave
 * back a promise; then the state is the old one
 *
 * Source: OTP `sys:replace_state/3`.
 */
export function replaceState<S>(
  address: Address,
  replace: (state: unknown) => S & Settled<S>,
  options: SystemOptions = {},
): Promise<S> {
  const attempted = 'replace the state of a process'
  if (typeof replace !== 'function') {
    const subject = 'the replace function'
    const wanted = 'a function'
    throw argumentError('invalid_argument', { attempted, subject, given: replace, wanted })
  }
  const { timeoutMs } = checkSystemOptions(attempted, options)
  const question = {
    ...{ attempted, name: 'replaceState', timeoutMs },
    refusalOf: refuseStateless,
    work: (process: Process) => replaceIn(process, replace),
  }
  return unheard(
    inquire(address, question).then((replaced): S => {
      if ('state' in replaced) return trust(replaced.state)
      const { error } = replaced
      throw new Exit(
        { kind: 'callback_failed', error },
        `Replacing the state of ${addressText(address)}`,
      )
    }),
  )
}

function refuseStateless(target: Process): Error | undefined {
  if (target.behaviour.keepsState) return undefined
  return argumentError('invalid_address', {
    attempted: 'replace the state of a process',
    problem: `${target.describe()} is no server: it has no state that could be replaced`,
    wanted: 'the address of a server',
  })
}

type Replaced = Found | { readonly error: unknown }

function replaceIn(process: Process, replace: (state: unknown) => unknown): Replaced {
  let state: unknown
  try {
    state = runAs(process, () => replace(process.state))
  } catch (error) {
    return { error }
  }
  if (isAwaited(state)) {
    quieten(state)
    return { error: promised(state) }
  }
  // It may have ended the very process.
  if (process.alive) {
    process.state = state
    process.oversight?.debug?.emit({ kind: 'state', state })
  }
  return { state }
}

/** The failure of a promise that is not taken must not surface elsewhere. */
function quieten(value: unknown): void {
  try {
    if (value instanceof Promise) value.catch(ignore)
  } catch {
    // A proxy, or a promise that was tampered with: nothing that could be quietened.
  }
}

function promised(given: unknown): Error {
  return argumentError('invalid_argument', {
    attempted: 'replace the state of a process',
    subject: 'the result of the replace function',
    given,
    wanted: 'the new state itself, and nothing with a method "then"',
  })
}

/** What operators see of a process. */
export interface Status {
  readonly pid: Pid
  /** The name of the kind of server, or of the supervisor. */
  readonly label: string
  /** The first name it took, if it has one. */
  readonly name: { readonly registry: string; readonly key: Key } | undefined
  readonly phase: 'running' | 'suspended'
  readonly parent: Pid | undefined
  readonly trapsExits: boolean
  /** Messages in its mailbox. */
  readonly waiting: number
  readonly debug: {
    readonly statistics: boolean
    readonly log: boolean
    /** The ids of the hooks of `install`. */
    readonly hooks: readonly string[]
    readonly traces: number
  }
  /** Of a server what its `format` shows, else nothing; of others a description. */
  readonly state: unknown
}

/**
 * What may be shown of a process: unlike `getState` it respects the `format` of a server.
 *
 * @param address of a process of any kind
 * @param options timeoutMs (default 5000)
 * @throws as `getState`
 *
 * Source: OTP `sys:get_status/2`.
 */
export function getStatus(address: Address, options: SystemOptions = {}): Promise<Status> {
  const attempted = 'get the status of a process'
  const { timeoutMs } = checkSystemOptions(attempted, options)
  return inquire(address, { attempted, name: 'getStatus', timeoutMs, work: statusOf })
}

function statusOf(process: Process): Status {
  const { pid, behaviour, nameKey, nameOwner, oversight } = process
  const debug = oversight?.debug
  const hooks = debug?.hookIds ?? []
  const isNamed = nameKey !== undefined && nameOwner !== undefined
  return {
    pid,
    label: behaviour.label,
    name: isNamed ? { registry: nameOwner.name, key: nameKey } : undefined,
    phase: oversight?.suspended ? 'suspended' : 'running',
    parent: process.parent?.pid,
    trapsExits: process.trapping,
    waiting: process.size,
    debug: {
      statistics: debug?.counts !== undefined,
      log: debug?.log !== undefined,
      hooks,
      traces: (debug?.hookCount ?? 0) - hooks.length,
    },
    state: descriptionOf(process),
  }
}

/** A `format` that throws must not keep the rest from whoever looks. */
function descriptionOf(process: Process): unknown {
  const { behaviour } = process
  try {
    const description = runAs(process, () => behaviour.describe?.(process))
    return behaviour.keepsState ? description : (description ?? { label: behaviour.label })
  } catch (error) {
    return `the format of the server failed: ${describeError(error)}`
  }
}
