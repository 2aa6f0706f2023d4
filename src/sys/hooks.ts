/**
 * Functions of a user that see what a process does.
 *
 * Invariant: a hook sees each event as it happens, inside the process; a trace hears of it in a
 * later turn, in order and without a gap that it is not told of. Neither can break the process.
 * Source: OTP `sys`, `install`, `remove`, `trace`.
 */
import {
  argumentError,
  checkCount,
  checkFunction,
  checkName,
  checkOptions,
} from '../core/argument-error.ts'
import type { Address } from '../process/address.ts'
import { unheard } from '../process/attribution.ts'
import { hooksMax } from '../process/debug.ts'
import type { Process } from '../process/process.ts'
import type { SystemEvent } from '../process/system-event.ts'
import { checkSystemOptions, inquire, type SystemOptions } from './inquiry.ts'
import { debugOf } from './recording.ts'
import { type Trace, type TraceEvent, Tracing } from './tracing.ts'

/** A function to be called with every event of a process. */
export interface Hook {
  /** Tells hooks of one process apart; one line of text. */
  readonly id: string
  /**
   * Called inside the process, before it goes on: keep it short. What it does itself, such as
   * sending, is no event. Once it gives back `'done'`, or throws, it is taken out, with a
   * `hook_removed` on the event feed.
   */
  readonly hook: (event: SystemEvent) => unknown
}

/** What became of an installation. */
export type Installed = { readonly ok: true } | { readonly ok: false; readonly reason: HookRefusal }

/** Why a hook was not installed. */
export type HookRefusal =
  /** One with this id is there; it stays. */
  | { readonly kind: 'already_installed'; readonly id: string }
  /** The process has as many hooks and traces as it may. */
  | { readonly kind: 'max_hooks'; readonly maxHooks: number }

/**
 * Lets a function see every event of a process, from now until it is removed.
 *
 * @param address of a process of any kind
 * @param hook id and hook
 * @param options timeoutMs (default 5000)
 * @returns ok, or why it was not installed
 * @throws ArgumentError (at once) FLOTILLA_INVALID_ARGUMENT, FLOTILLA_INVALID_OPTION,
 * FLOTILLA_UNKNOWN_OPTION and as `getState`
 * @throws Exit (as a rejection) as `getState`
 *
 * Source: OTP `sys:install/3`. To write events down use `trace`: it does not hold the process up.
 */
export function install(
  address: Address,
  hook: Hook,
  options: SystemOptions = {},
): Promise<Installed> {
  const attempted = 'install a hook'
  const { id, hear } = checkHook(attempted, hook)
  const { timeoutMs } = checkSystemOptions(attempted, options)
  const work = (process: Process): Installed => {
    const debug = process.oversight?.debug
    if (debug?.has(id)) return { ok: false, reason: { kind: 'already_installed', id } }
    if (isFull(process)) return { ok: false, reason: { kind: 'max_hooks', maxHooks: hooksMax } }
    debugOf(process).install(id, hear)
    return { ok: true }
  }
  return inquire(address, { attempted, name: 'install', timeoutMs, work })
}

function checkHook(
  attempted: string,
  given: Hook,
): { readonly id: string; readonly hear: Hook['hook'] } {
  const { id, hook } = checkOptions(attempted, given, ['id', 'hook'])
  checkFunction(attempted, hook, 'hook')
  return { id: checkName(attempted, id), hear: hook }
}

function isFull(process: Process): boolean {
  return (process.oversight?.debug?.hookCount ?? 0) >= hooksMax
}

/**
 * Takes a hook out.
 *
 * @param address of a process of any kind
 * @param id of the hook
 * @param options timeoutMs (default 5000)
 * @returns whether it was there
 * @throws ArgumentError (at once) FLOTILLA_INVALID_ARGUMENT and as `getState`
 * @throws Exit (as a rejection) as `getState`
 *
 * Source: OTP `sys:remove/3`.
 */
export function remove(
  address: Address,
  id: string,
  options: SystemOptions = {},
): Promise<boolean> {
  const attempted = 'remove a hook'
  const checked = checkName(attempted, id)
  const { timeoutMs } = checkSystemOptions(attempted, options)
  const work = (process: Process): boolean => process.oversight?.debug?.remove(checked) ?? false
  return inquire(address, { attempted, name: 'remove', timeoutMs, work })
}

/** How far a trace may fall behind. */
export interface TraceOptions extends SystemOptions {
  /** How many events may wait for the listener; default 10,000, at most 1,000,000. */
  readonly maxWaiting?: number
}

/**
 * A live feed of the events of a process, until it is stopped or the process has ended.
 *
 * @param address of a process of any kind
 * @param listener hears every event once and in order, in a later turn than the event; where more
 * waited than may, it hears how many were dropped instead, in their place. What it throws is
 * reported on the event feed
 * @param options timeoutMs (default 5000), maxWaiting (default 10,000)
 * @returns a handle that ends it, and counts what was dropped
 * @throws ArgumentError (at once) FLOTILLA_INVALID_ARGUMENT, FLOTILLA_INVALID_OPTION,
 * FLOTILLA_UNKNOWN_OPTION and as `getState`; (as a rejection) FLOTILLA_LIMIT if the process has as
 * many hooks and traces as it may
 * @throws Exit (as a rejection) as `getState`
 *
 * Source: OTP `sys:trace/3`.
 */
export function trace(
  address: Address,
  listener: (event: TraceEvent) => void,
  options: TraceOptions = {},
): Promise<Trace> {
  const attempted = 'trace a process'
  if (typeof listener !== 'function') {
    const subject = 'the listener'
    const wanted = 'a function'
    throw argumentError('invalid_argument', { attempted, subject, given: listener, wanted })
  }
  const given = checkSystemOptions(attempted, options, ['maxWaiting'])
  const { timeoutMs, maxWaiting = 10_000 } = given
  checkCount(attempted, maxWaiting, { option: 'maxWaiting', min: 1, max: 1_000_000 })
  const work = (process: Process): Tracing | undefined => {
    if (isFull(process)) return undefined
    const tracing = new Tracing(process, { listener, maxWaiting })
    debugOf(process).install(tracing, (event) => tracing.hear(event))
    return tracing
  }
  return unheard(
    inquire(address, { attempted, name: 'trace', timeoutMs, work }).then((tracing) => {
      if (tracing !== undefined) return tracing.handle
      const problem = `the process has ${hooksMax} hooks and traces, as many as it may`
      throw argumentError('limit', { attempted, problem, fix: 'stop some of them' })
    }),
  )
}
