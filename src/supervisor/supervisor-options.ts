/**
 * The choices that several kinds of supervisors have in common.
 *
 * Invariant: a check throws before anything has happened, and gives back what it was given.
 */
import { argumentError } from '../core/argument-error.ts'
import { checkIntensity, type Intensity } from '../core/child-spec.ts'
import type { SilentProtocol } from '../core/protocol.ts'
import type { AutoShutdown, Strategy, SupervisionPolicy } from '../core/supervision.ts'
import { checkVia, type Via, type ViaName } from '../process/address.ts'

/** How a supervisor goes about its children. */
export interface PolicyOptions extends Intensity {
  readonly strategy: Strategy
  /** Whether the end of significant children ends the supervisor; default `never`. */
  readonly autoShutdown?: AutoShutdown
}

const strategies: readonly unknown[] = ['one_for_one', 'one_for_all', 'rest_for_one']
const autoShutdowns: readonly unknown[] = ['never', 'any_significant', 'all_significant']

/**
 * Fills in the defaults of a policy.
 *
 * @throws ArgumentError FLOTILLA_INVALID_OPTION
 */
export function checkPolicy(attempted: string, options: PolicyOptions): SupervisionPolicy {
  const { strategy, autoShutdown = 'never' } = options
  if (!strategies.includes(strategy)) {
    throw argumentError('invalid_option', {
      attempted,
      subject: 'option "strategy"',
      given: strategy,
      wanted: '"one_for_one", "one_for_all" or "rest_for_one"',
    })
  }
  if (!autoShutdowns.includes(autoShutdown)) {
    throw argumentError('invalid_option', {
      attempted,
      subject: 'option "autoShutdown"',
      given: autoShutdown,
      wanted: '"never", "any_significant" or "all_significant"',
    })
  }
  return { strategy, autoShutdown, limits: checkIntensity(attempted, options) }
}

/**
 * The name that a supervisor is registered as, if it has one.
 *
 * @throws ArgumentError FLOTILLA_INVALID_ADDRESS
 */
export function checkRegisterAs(
  attempted: string,
  given: Via<SilentProtocol> | undefined,
): ViaName | undefined {
  return given === undefined ? undefined : checkVia(attempted, given)
}
