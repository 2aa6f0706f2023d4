/**
 * `whichChildren`, `countChildren`: whom a supervisor stands above, by its address.
 */
import { argumentError } from '../core/argument-error.ts'
import { Exit } from '../core/exit.ts'
import { type Address, absenceOf, addressText, locate } from '../process/address.ts'
import type { ChildCounts, ChildInfo } from './child-record.ts'
import { Supervising } from './supervising.ts'

/**
 * The children of the supervisor at an address: a walk over a tree starts at any pid or name and
 * goes on with the pids of children that are supervisors themselves. Where there is a handle, its
 * own `whichChildren` says the same.
 *
 * @param address of a supervisor of any kind; a fleet shows its workers, a registry nobody
 * @returns one entry for each child; in start order if the supervisor has one
 * @throws ArgumentError FLOTILLA_INVALID_ADDRESS (also for a process that is no supervisor),
 * FLOTILLA_NOT_STARTED
 * @throws Exit `noproc` if nobody lives there
 *
 * Source: OTP `supervisor:which_children/1`.
 */
export function whichChildren(address: Address): readonly ChildInfo[] {
  return supervisorAt('list children', address).list()
}

/**
 * How many children the supervisor at an address has, by kind and state.
 *
 * @param address of a supervisor of any kind
 * @returns the counts
 * @throws ArgumentError and Exit as `whichChildren` does
 *
 * Source: OTP `supervisor:count_children/1`.
 */
export function countChildren(address: Address): ChildCounts {
  return supervisorAt('count children', address).count()
}

function supervisorAt(attempted: string, address: Address): Supervising {
  const process = locate(attempted, address)
  if (process === undefined) throw new Exit(absenceOf(address), `Attempt to ${attempted}`)
  if (process.behaviour instanceof Supervising) return process.behaviour
  throw argumentError('invalid_address', {
    attempted,
    problem: `${addressText(address)} is no supervisor but ${process.describe()}`,
    wanted: 'the pid or the name of a supervisor',
  })
}
