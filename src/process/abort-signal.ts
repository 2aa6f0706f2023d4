/**
 * Ends of waiting that a caller decides: its AbortSignal.
 *
 * Invariant: a signal that only looks like one is refused at the door or does nothing; whoever
 * answers never pays for it.
 */
import { type ArgumentError, argumentError } from '../core/argument-error.ts'

/**
 * Refuses anything that is no AbortSignal; signals of another realm or of a polyfill are fine.
 *
 * @throws ArgumentError FLOTILLA_INVALID_OPTION
 */
export function checkSignal(attempted: string, value: unknown): asserts value is AbortSignal {
  if (!isAbortSignal(value)) throw noSignal(attempted, value)
}

/**
 * Calls `giveUp` once when the signal is aborted, which it is not yet.
 *
 * @returns what stops listening; never throws
 * @throws ArgumentError FLOTILLA_INVALID_OPTION if it cannot be listened to
 */
export function onAbort(attempted: string, signal: AbortSignal, giveUp: () => void): () => void {
  try {
    signal.addEventListener('abort', giveUp, { once: true })
  } catch {
    throw noSignal(attempted, signal)
  }
  return () => {
    try {
      signal.removeEventListener('abort', giveUp)
    } catch {
      // A signal that is no real one; whoever answers must not pay for it.
    }
  }
}

function noSignal(attempted: string, given: unknown): ArgumentError {
  const subject = 'option "signal"'
  return argumentError('invalid_option', { attempted, subject, given, wanted: 'an AbortSignal' })
}

function isAbortSignal(value: unknown): value is AbortSignal {
  try {
    return (
      typeof value === 'object' &&
      value !== null &&
      'aborted' in value &&
      typeof value.aborted === 'boolean' &&
      'addEventListener' in value &&
      typeof value.addEventListener === 'function' &&
      'removeEventListener' in value &&
      typeof value.removeEventListener === 'function'
    )
  } catch {
    return false
  }
}
