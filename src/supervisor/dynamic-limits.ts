/**
 * The limits of a dynamic supervisor, as users give them: with the options, or anew at every start.
 */
import { checkCount, checkFunction, checkOptions } from '../core/argument-error.ts'
import { checkIntensity, type Intensity, intensityNames } from '../core/child-spec.ts'
import type { MaybePromise } from '../gen-server/protocol.ts'
import { type Ignore, isIgnore } from '../gen-server/steps.ts'
import type { DynamicPolicy } from './dynamic-behaviour.ts'
import { andThen, type Work } from './hold.ts'

/** How many children there may be, and how many restarts in how many seconds. */
export interface DynamicLimits extends Intensity {
  /** How many children there may be, those being restarted included; default no limit. */
  readonly maxChildren?: number
}

/**
 * Called at every start of the supervisor, restarts included, as the `init` of a server is. What it
 * gives stands in the place of the limits among the options; with `ignore()` the supervisor does
 * not start, without an error.
 */
export type MakeLimits = () => MaybePromise<DynamicLimits | Ignore>

/** The limits of one start; undefined: the supervisor chose not to start. */
export type LimitSource = () => Work<DynamicPolicy | undefined>

/** The names of `DynamicLimits`. */
export const limitNames: readonly string[] = ['maxChildren', ...intensityNames]

/** What the tables of one node can hold. */
const childrenMax = 2 ** 24

/**
 * Fills in the defaults.
 *
 * @throws ArgumentError FLOTILLA_INVALID_OPTION
 */
export function checkLimits(attempted: string, given: DynamicLimits): DynamicPolicy {
  const { maxChildren = childrenMax } = given
  checkCount(attempted, maxChildren, { option: 'maxChildren', min: 0, max: childrenMax })
  return { maxChildren, limits: checkIntensity(attempted, given) }
}

/**
 * Makes a source of the limits among the options and of what replaces them at a start, if anything.
 *
 * @throws ArgumentError FLOTILLA_INVALID_OPTION
 */
export function limitSource(
  attempted: string,
  options: DynamicLimits,
  init: MakeLimits | undefined,
): LimitSource {
  const policy = checkLimits(attempted, options)
  if (init === undefined) return () => policy
  checkFunction(attempted, init, 'init')
  return () => {
    return andThen(init(), (given) => {
      if (isIgnore(given)) return undefined
      return checkLimits(attempted, checkOptions(attempted, given, limitNames))
    })
  }
}
