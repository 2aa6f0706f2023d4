/**
 * Holding a process up, and letting it go on.
 *
 * Invariant: what arrives meanwhile waits in its order, and only what must not wait is served:
 * other requests of the system, the exit signal of the parent, signals that end it at once.
 * Source: OTP `sys`, `suspend`, `resume`.
 */
import { argumentError } from '../core/argument-error.ts'
import type { Address } from '../process/address.ts'
import { Oversight } from '../process/oversight.ts'
import type { Process } from '../process/process.ts'
import { checkSystemOptions, inquire, type SystemOptions } from './inquiry.ts'

/**
 * Holds a process up between two messages: it handles none until it is resumed, however long that
 * takes. Calls to it may time out, its mailbox may fill up; its idle time-out does not pass.
 *
 * It can still be asked things of `sys`, stopped with `stopServer` or by its supervisor, and ended
 * with `exit`. Of a process that is suspended already nothing changes.
 *
 * @param address of a process of any kind
 * @param options timeoutMs (default 5000); if it fails with `timeout` the process is not suspended
 * @returns once it is held up
 * @throws ArgumentError (at once) as `getState`; FLOTILLA_INVALID_ADDRESS also for the process that
 * stands for the node
 * @throws Exit (as a rejection) as `getState`
 *
 * Source: OTP `sys:suspend/2`.
 */
export function suspend(address: Address, options: SystemOptions = {}): Promise<void> {
  const attempted = 'suspend a process'
  const { timeoutMs } = checkSystemOptions(attempted, options)
  const work = (process: Process): void => Oversight.of(process).suspend()
  const question = { attempted, name: 'suspend', timeoutMs, refusalOf: refuseGuardian, work }
  return inquire(address, question)
}

/** Without it the node would not notice that its tree has ended. */
function refuseGuardian(target: Process): Error | undefined {
  if (target.parent !== undefined) return undefined
  return argumentError('invalid_address', {
    attempted: 'suspend a process',
    problem: `${target.describe()} stands for the node and must not be held up`,
    wanted: 'the address of another process',
  })
}

/**
 * Lets a suspended process go on: it handles what has waited, in order. Of one that is not
 * suspended nothing changes.
 *
 * @param address of a process of any kind
 * @param options timeoutMs (default 5000)
 * @returns once it goes on
 * @throws as `getState`
 *
 * Source: OTP `sys:resume/2`.
 */
export function resume(address: Address, options: SystemOptions = {}): Promise<void> {
  const attempted = 'resume a process'
  const { timeoutMs } = checkSystemOptions(attempted, options)
  const work = (process: Process): void => process.oversight?.resume()
  return inquire(address, { attempted, name: 'resume', timeoutMs, work })
}
