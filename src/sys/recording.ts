/**
 * What a process can record of itself: counts, and its last events.
 *
 * Invariant: nothing is recorded before it is switched on, and what was recorded goes with the
 * process or with switching off. Source: OTP `sys`, `statistics`, `log`, `no_debug`.
 */
import { checkCount } from '../core/argument-error.ts'
import type { Address } from '../process/address.ts'
import { Debug } from '../process/debug.ts'
import { Oversight } from '../process/oversight.ts'
import type { Process } from '../process/process.ts'
import type { SystemEvent } from '../process/system-event.ts'
import { checkCommand, checkSystemOptions, inquire, type SystemOptions } from './inquiry.ts'

/** What a process did since its statistics were switched on. */
export interface Statistics {
  /** Milliseconds since 1970, by the clock of the node. */
  readonly startWallMs: number
  readonly currentWallMs: number
  /** Calls, casts and raw messages it took from its mailbox. */
  readonly messagesIn: number
  /** Replies it gave, and calls, casts and raw messages of it that reached a mailbox. */
  readonly messagesOut: number
  /** Everything it took from its mailbox: signals, timers and continuations as well. */
  readonly turns: number
}

/** The debug facilities of a process, made on first use. */
export function debugOf(process: Process): Debug {
  const oversight = Oversight.of(process)
  oversight.debug ??= new Debug(process)
  return oversight.debug
}

/**
 * Counts what a process does.
 *
 * @param address of a process of any kind
 * @param command `'on'` (if it counts already, it goes on), `'off'`, or `'get'`
 * @param options timeoutMs (default 5000)
 * @returns for `'get'` the counts so far, undefined if they are switched off
 * @throws ArgumentError (at once) FLOTILLA_INVALID_ARGUMENT and as `getState`
 * @throws Exit (as a rejection) as `getState`
 *
 * Source: OTP `sys:statistics/3`.
 */
export function statistics(
  address: Address,
  command: 'get',
  options?: SystemOptions,
): Promise<Statistics | undefined>
export function statistics(
  address: Address,
  command: 'on' | 'off',
  options?: SystemOptions,
): Promise<void>
export function statistics(
  address: Address,
  command: 'on' | 'off' | 'get',
  options: SystemOptions = {},
): Promise<Statistics | undefined | void> {
  const attempted = 'take the statistics of a process'
  checkCommand(attempted, command)
  const { timeoutMs } = checkSystemOptions(attempted, options)
  const work = (process: Process): Statistics | undefined => {
    if (command === 'get') return countsOf(process)
    if (command === 'on') debugOf(process).startCounting()
    else process.oversight?.debug?.stopCounting()
    return undefined
  }
  return inquire(address, { attempted, name: 'statistics', timeoutMs, work })
}

function countsOf(process: Process): Statistics | undefined {
  const counts = process.oversight?.debug?.counts
  if (counts === undefined) return undefined
  return { ...counts, currentWallMs: process.node.host.clock.wallMs() }
}

/** How much of the past is kept. */
export interface LogOptions extends SystemOptions {
  /** How many events; default 10, at most 65,536. */
  readonly maxEvents?: number
}

/**
 * Keeps the last events of a process.
 *
 * @param address of a process of any kind
 * @param command `'on'` (if it keeps them already, the newest stay), `'off'`, or `'get'`
 * @param options timeoutMs (default 5000); for `'on'` also maxEvents (default 10)
 * @returns for `'get'` the events, oldest first; none if the log is switched off
 * @throws ArgumentError (at once) FLOTILLA_INVALID_ARGUMENT and as `getState`
 * @throws Exit (as a rejection) as `getState`
 *
 * Source: OTP `sys:log/3`. For a live feed use `trace`.
 */
export function log(address: Address, command: 'on', options?: LogOptions): Promise<void>
export function log(address: Address, command: 'off', options?: SystemOptions): Promise<void>
export function log(
  address: Address,
  command: 'get',
  options?: SystemOptions,
): Promise<readonly SystemEvent[]>
export function log(
  address: Address,
  command: 'on' | 'off' | 'get',
  options: LogOptions = {},
): Promise<readonly SystemEvent[] | void> {
  const attempted = 'take the log of a process'
  checkCommand(attempted, command)
  const names = command === 'on' ? ['maxEvents'] : []
  const { timeoutMs, maxEvents = 10 } = checkSystemOptions(attempted, options, names)
  checkCount(attempted, maxEvents, { option: 'maxEvents', min: 1, max: 65_536 })
  const work = (process: Process): readonly SystemEvent[] | undefined => {
    if (command === 'get') return process.oversight?.debug?.log?.toArray() ?? []
    if (command === 'on') debugOf(process).startLog(maxEvents)
    else process.oversight?.debug?.stopLog()
    return undefined
  }
  return inquire(address, { attempted, name: 'log', timeoutMs, work })
}

/**
 * Switches off everything that was switched on: statistics, log, traces, hooks.
 *
 * @param address of a process of any kind
 * @param options timeoutMs (default 5000)
 * @throws as `getState`
 *
 * Source: OTP `sys:no_debug/2`.
 */
export function noDebug(address: Address, options: SystemOptions = {}): Promise<void> {
  const attempted = 'switch off the debugging of a process'
  const { timeoutMs } = checkSystemOptions(attempted, options)
  const work = (process: Process): void => process.oversight?.debug?.clear()
  return inquire(address, { attempted, name: 'noDebug', timeoutMs, work })
}
