/**
 * Reads what a handler gave back, without trusting it.
 *
 * Invariant: a result that is no step of the right kind is `undefined` here and never half applied.
 */
import {
  ArgumentError,
  argumentError,
  checkBoolean,
  checkDuration,
  checkOptions,
} from '../core/argument-error.ts'
import { show } from '../core/show.ts'
import { Step, type StepOptions } from './steps.ts'

/** Where a step stands: what is right depends on it. */
export type StepPlace = 'call' | 'other' | 'init'

/** The step behind a result, if it is one that is right in this place. */
export function asStep(value: unknown, place: StepPlace): Step | undefined {
  return Step.is(value) && isRight(value, place) ? value : undefined
}

function isRight({ step }: Step, place: StepPlace): boolean {
  switch (step) {
    case 'reply':
    case 'later':
      return place === 'call'
    case 'next':
      return place !== 'call'
    case 'stop':
      return true
    case 'ignore':
      return place === 'init'
  }
}

/** What the options of a step may refer to. */
interface Known {
  readonly casts: ReadonlyMap<string, unknown>
  readonly timeout: unknown
}

/** The checked options of the step of `init`, or the error that the start fails with. */
export function checkFirstOptions(
  given: StepOptions,
  label: string,
  known: Known,
): StepOptions | Error {
  const attempted = `go on with server "${label}"`
  try {
    const names = ['continueWith', 'idleTimeoutMs', 'hibernate', 'startInfo']
    const options = checkOptions(attempted, given, names)
    const { continueWith, idleTimeoutMs, hibernate = false } = options
    checkBoolean(attempted, hibernate, 'hibernate')
    if (idleTimeoutMs !== undefined) {
      checkDuration(attempted, idleTimeoutMs, { option: 'idleTimeoutMs' })
      if (known.timeout === undefined) {
        throw argumentError('invalid_step', {
          attempted,
          problem: 'idleTimeoutMs was given, but the server has no timeout handler',
        })
      }
    }
    if (continueWith === undefined) return options
    return { ...options, continueWith: readContinuation(attempted, continueWith, known.casts) }
  } catch (error) {
    return ArgumentError.is(error) ? error : new Error(`Cannot ${attempted}: ${show(error)}`)
  }
}

/** The checked options of any other step, or the error that the server ends with. */
export function checkStepOptions(
  given: StepOptions,
  label: string,
  known: Known,
): StepOptions | Error {
  const options = checkFirstOptions(given, label, known)
  if (options instanceof Error || !('startInfo' in options)) return options
  return argumentError('invalid_step', {
    attempted: `go on with server "${label}"`,
    problem: 'startInfo was given, but nobody starts the server any more',
    wanted: 'startInfo in the step of init alone',
  })
}

/** Reads each part once, so that it cannot change after the check. */
function readContinuation(
  attempted: string,
  given: unknown,
  casts: ReadonlyMap<string, unknown>,
): readonly [cast: string, payload?: unknown] {
  const [name, payload] = readPair(given)
  if (typeof name === 'string' && casts.has(name)) return [name, payload]
  if (typeof name === 'string') {
    throw argumentError('unknown_message', {
      attempted,
      problem: `continueWith names ${show(name)}, which is no cast of the server`,
    })
  }
  throw argumentError('invalid_step', {
    attempted,
    subject: 'option "continueWith"',
    given,
    wanted: 'a list of a cast and its payload',
  })
}

function readPair(given: unknown): readonly unknown[] {
  try {
    return Array.isArray(given) ? [given[0], given[1]] : []
  } catch {
    return [] // a Proxy that throws: no pair
  }
}

/** The error for a step that means nothing where the first state is made, if it is one. */
export function wrongFirstStep(value: unknown, label: string): Error | undefined {
  if (!Step.is(value) || isRight(value, 'init')) return undefined
  return argumentError('invalid_step', {
    attempted: `start server "${label}"`,
    problem: `init gave back ${value.step}(...)`,
    wanted: 'a state, next(state), stop(reason, state) or ignore()',
  })
}
