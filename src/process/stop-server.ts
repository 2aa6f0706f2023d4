/**
 * `stopServer`: ending any process in order and waiting until it has ended.
 *
 * Invariant: the order waits in the inbox like a message and is carried out by the process itself,
 * so whoever is stopped so says its last words and stops what is below it, whether it traps exits
 * or not. The promise settles in the step of the end. Source: OTP `gen_server:stop/3`,
 * `proc_lib:stop/3`.
 */
import { checkDuration, checkOptions } from '../core/argument-error.ts'
import { checkReason, Exit, type ExitReason, normal, sameReason } from '../core/exit.ts'
import { trust } from '../core/trust.ts'
import { type Address, absenceOf, addressText, homeOf, locate } from './address.ts'
import { unheard } from './attribution.ts'
import { currentProcess } from './current.ts'
import { cycleOf } from './cycle.ts'
import type { Process } from './process.ts'
import { refused } from './refusals.ts'
import { SystemRequest } from './system-request.ts'

/** How a process is stopped. */
export interface StopOptions {
  /** The reason it ends with; default `normal`. */
  readonly reason?: ExitReason
  /** Milliseconds, or `'infinity'`, the default. Only the caller gives up; the stop goes on. */
  readonly timeoutMs?: number | 'infinity'
}

/**
 * Stops a process in order: a server runs its `terminate`, a supervisor stops its children first.
 *
 * What was sent to the process before is handled before. Its supervisor restarts it as its restart
 * type says, so this is not how a child is taken out of a tree for good (use `terminateChild`, or
 * `stop` of a fleet), nor how one that does not answer is ended (use `exit` with `'kill'`).
 *
 * @param address of a process of any kind
 * @param options reason (default `normal`), timeoutMs (default `'infinity'`)
 * @returns once the process has ended with that reason and its names are free
 * @throws ArgumentError (at once) FLOTILLA_INVALID_ADDRESS, FLOTILLA_NOT_STARTED,
 * FLOTILLA_INVALID_ARGUMENT, FLOTILLA_INVALID_OPTION, FLOTILLA_UNKNOWN_OPTION
 * @throws Exit (as a rejection) `noproc` or `nodedown` if nobody is there, `calling_self`,
 * `timeout`, `overload`, or the reason with which it ended instead
 *
 * Source: OTP `gen_server:stop/3`.
 */
export function stopServer(address: Address, options: StopOptions = {}): Promise<void> {
  const attempted = 'stop a process'
  const given = checkOptions(attempted, options, ['reason', 'timeoutMs'])
  const { reason = normal, timeoutMs = 'infinity' } = given
  const wanted = checkReason(attempted, reason)
  checkDuration(attempted, timeoutMs, { option: 'timeoutMs', allowInfinity: true })
  const target = locate(attempted, address)
  const caller = currentProcess()
  const stopping = `Stop of ${addressText(address)}`
  if (caller?.phase === 'dead') {
    return refused(caller.node, new Exit(caller.exitReason ?? normal, stopping))
  }
  if (target === undefined) {
    return refused(homeOf(address), new Exit(absenceOf(address), stopping))
  }
  const request = new StopRequest(target, caller, { reason: wanted, timeoutMs })
  post(request)
  const ended: Promise<ExitReason> = trust(request.promise)
  return unheard(
    ended.then((actual) => {
      if (!sameReason(actual, wanted)) throw new Exit(actual, stopping)
    }),
  )
}

function post(request: StopRequest): void {
  const { caller, target } = request
  const refusal = caller === undefined ? undefined : cycleOf(caller, target)
  if (refusal !== undefined) target.node.refusals.fail(request, refusal)
  else if (!target.node.postSystem(target, request)) target.node.refusals.overflow(request)
  else if (request.timeoutMs !== 'infinity') target.node.limit(request)
}

/** The order to end; its answer is the reason with which the process has ended. */
class StopRequest extends SystemRequest {
  readonly #reason: ExitReason

  constructor(target: Process, caller: Process | undefined, order: Required<StopOptions>) {
    const { reason, timeoutMs } = order
    const content = { name: 'stop', payload: undefined, timeoutMs, asOutcome: false }
    super(target, caller, { kind: 'system', ...content })
    this.#reason = reason
  }

  override carryOut(process: Process): void {
    process.behaviour.terminate(process, this.#reason)
  }

  override targetEnded(reason: ExitReason): void {
    this.answer(reason)
  }

  override inWords(): string {
    return `Stop of ${this.target.describe()}`
  }
}
