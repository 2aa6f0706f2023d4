/**
 * Reads what a handler gave back, without trusting it.
 *
 * Invariant: a result that is no step of the right kind is `undefined` here and never half applied.
 */
import { argumentError, checkDuration, checkOptions } from '../core/argument-error.ts'
import { show } from '../core/show.ts'
import { Step, type StepOptions } from './steps.ts'

/** Where a step stands: what is right depends on it. */
export type StepPlace = 'call' | 'other' | 'init'

const allowed: Readonly<Record<StepPlace, readonly Step['step'][]>> = {
  call: ['reply', 'later', 'stop'],
  other: ['next', 'stop'],
  init: ['next', 'stop', 'ignore'],
}

/** The step behind a result, if it is one that is right in this place. */
export function asStep(value: unknown, place: StepPlace): Step | undefined {
  return Step.is(value) && allowed[place].includes(value.step) ? value : undefined
}

/** The checked options of a step, or the error that the server ends with. */
export function checkStepOptions(
  given: StepOptions,
  label: string,
  known: { readonly casts: ReadonlyMap<string, unknown>; readonly timeout: unknown },
): StepOptions | Error {
  const attempted = `go on with server "${label}"`
  try {
    const options = checkOptions(attempted, given, ['continueWith', 'idleTimeoutMs'])
    const { continueWith, idleTimeoutMs } = options
    if (idleTimeoutMs !== undefined) {
      checkDuration(attempted, idleTimeoutMs, { option: 'idleTimeoutMs' })
      if (known.timeout === undefined) {
        throw argumentError('invalid_step', {
          attempted,
          problem: 'idleTimeoutMs was given, but the server has no timeout handler',
        })
      }
    }
    if (continueWith !== undefined && !known.casts.has(continueWith[0])) {
      throw argumentError('unknown_message', {
        attempted,
        problem: `continueWith names ${show(continueWith[0])}, which is no cast of the server`,
      })
    }
    return options
  } catch (error) {
    return error instanceof Error ? error : new Error(show(error))
  }
}
