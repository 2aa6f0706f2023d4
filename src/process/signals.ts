/**
 * What anybody may do with a process by its address: end it, ask whether it lives, wait for its
 * end.
 */
import { argumentError } from '../core/argument-error.ts'
import { checkReason, type ExitReason } from '../core/exit.ts'
import type { Pid } from '../core/pid.ts'
import type { Protocol } from '../core/protocol.ts'
import { trust } from '../core/trust.ts'
import { type Address, absenceOf, asVia, locate } from './address.ts'
import { currentProcess } from './current.ts'
import { type ExitRequest, signalExit } from './dying.ts'
import { LocalPid } from './local-pid.ts'
import { watchEnd } from './monitors.ts'
import type { Process } from './process.ts'

/**
 * Sends an exit signal.
 *
 * A process that does not trap exits has ended when this returns: its names are free and its
 * callers have their answer. `'normal'` has no effect on others, `'kill'` cannot be trapped and
 * shows as `killed`. Nothing happens if the process is already gone.
 *
 * @throws ArgumentError FLOTILLA_INVALID_ADDRESS (also for a via: an exit signal goes to this very
 * process, never to whoever comes after it), FLOTILLA_INVALID_ARGUMENT
 *
 * Source: Erlang `erlang:exit/2`.
 */
export function exit(pid: Pid, reason: ExitRequest): void {
  const attempted = 'send an exit signal'
  const target = checkPid(attempted, pid)
  const isWord = reason === 'normal' || reason === 'shutdown' || reason === 'kill'
  const request = isWord ? reason : checkReason(attempted, reason)
  const sender = currentProcess()
  if (target === undefined || sender?.phase === 'dead') return
  signalExit(target, sender?.pid ?? target.node.outside, request)
}

/**
 * Whether this very process is alive; false from the turn of its end on.
 *
 * @throws ArgumentError FLOTILLA_INVALID_ADDRESS
 */
export function isAlive(pid: Pid): boolean {
  return checkPid('ask whether a process is alive', pid) !== undefined
}

/**
 * The pid behind an address: that of whoever holds the name now, or the pid itself, dead or not.
 *
 * For links, which need a process and not a name, and to stay with one process whatever becomes of
 * the name. It may be dead a moment later; to send something, use the name itself.
 *
 * @returns undefined if nobody holds the name
 * @throws ArgumentError FLOTILLA_INVALID_ADDRESS, FLOTILLA_NOT_STARTED
 *
 * Source: Elixir `GenServer.whereis/1`.
 */
export function whereis<P extends Protocol>(address: Address<P>): Pid<P> | undefined {
  const found = locate('look up an address', address)
  if (asVia(address) === undefined) return trust(address)
  return trust(found?.pid)
}

/**
 * Resolves with the reason when the process at the address has ended, with `noproc` if none is
 * there: for tests, and for callers outside any process. Inside one use `context.monitor`.
 *
 * @throws ArgumentError FLOTILLA_INVALID_ADDRESS, FLOTILLA_NOT_STARTED
 */
export function ended(address: Address): Promise<ExitReason> {
  const target = locate('wait for the end of a process', address)
  if (target === undefined) {
    return Promise.resolve(absenceOf(address))
  }
  return new Promise((resolve) => watchEnd(target, resolve))
}

/**
 * The living process behind a pid.
 *
 * @throws ArgumentError FLOTILLA_INVALID_ADDRESS for anything but a pid
 */
export function checkPid(attempted: string, pid: Pid): Process | undefined {
  const known = typeof pid === 'object' && pid !== null ? LocalPid.processOf(pid) : undefined
  if (known !== undefined) return known.alive ? known : undefined
  if (typeof pid === 'object' && pid !== null && !isVia(pid)) return locate(attempted, pid)
  throw argumentError('invalid_address', {
    attempted,
    subject: 'the address',
    given: pid,
    wanted: 'a pid',
    fix: 'look the name up first, as in users.whereis(key)',
  })
}

function isVia(value: object): boolean {
  try {
    return 'registry' in value
  } catch {
    return true
  }
}
