/**
 * What code says of itself: this always holds, that happens sometimes, here somebody comes by.
 *
 * Invariant: outside of a simulation they decide nothing but `always`, which throws.
 */
import { checkName } from '../../core/argument-error.ts'
import { listening } from './listening.ts'

/** What `always` throws. */
export class AlwaysViolated extends Error {
  override readonly name = 'AlwaysViolated'
}

/**
 * Says that something holds whenever the code comes by: for the code of a system and of its checks.
 *
 * In a simulation the run fails at once, even if what is thrown is caught.
 *
 * @param condition what must be true
 * @param message what does not hold if it is not
 * @throws AlwaysViolated if the condition is not true
 */
export function always(condition: unknown, message: string): asserts condition {
  if (condition) return
  const violation = new AlwaysViolated(message)
  listening()?.violated(violation)
  throw violation
}

/**
 * Says that something should be true in some runs: a set of runs in which it never was has not
 * tested what it was to test. It decides nothing; the command line reports what was never seen.
 *
 * @param name what should happen, one line
 * @param condition whether it does now; default true
 * @throws ArgumentError FLOTILLA_INVALID_ARGUMENT
 */
export function sometimes(name: string, condition: unknown = true): void {
  const checked = checkName('say what happens sometimes', name)
  listening()?.seen(checked, Boolean(condition))
}

/**
 * Says that this place should be reached in some runs.
 *
 * @param name of the place, one line
 * @throws ArgumentError FLOTILLA_INVALID_ARGUMENT
 */
export function reachable(name: string): void {
  sometimes(checkName('name a place', name), true)
}
