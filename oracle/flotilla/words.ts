/**
 * Reasons and results in the words that oracle/elixir/trace.ex uses for them, too.
 */
import { ArgumentError, ChildFailure, Exit, type ExitReason } from 'flotilla'
import type { Reason } from '../program.ts'

/** The reason behind a word of a program; `kill` is a word for exit signals alone. */
export function reasonOf(word: Reason): ExitReason {
  switch (word) {
    case 'normal':
    case 'shutdown':
      return { kind: word }
    case 'bye':
      return { kind: 'shutdown', detail: 'bye' }
    case 'kill':
      return { kind: 'killed' }
    default:
      return { kind: 'crash', error: word }
  }
}

/** An exit reason in words. */
export function reasonWords(reason: ExitReason): string {
  switch (reason.kind) {
    case 'shutdown':
      return shutdownWords(reason.detail)
    case 'crash':
      return crashWords(reason.error)
    default:
      return reason.kind
  }
}

/** A failed call, stop or request in words. */
export function exitWords(error: unknown): string {
  return Exit.is(error) ? `exit ${reasonWords(error.reason)}` : `threw ${String(error)}`
}

function shutdownWords(detail: unknown): string {
  if (detail === undefined) return 'shutdown'
  if (!(detail instanceof ChildFailure)) return String(detail)
  // OTP says plain shutdown here; the detail is an addition.
  if (detail.kind === 'reached_max_restart_intensity') return 'shutdown'
  return `failed(${detail.id} ${reasonWords(detail.reason)})`
}

function crashWords(error: unknown): string {
  // A call whose exit nobody caught.
  if (Exit.is(error)) return `call(${reasonWords(error.reason)})`
  if (ArgumentError.is(error)) {
    if (error.code === 'FLOTILLA_INVALID_STEP') return 'junk'
    if (error.code === 'FLOTILLA_NAME_TAKEN') return 'taken'
    return `${error.code} ${error.message}`
  }
  return error instanceof Error ? error.message : String(error)
}
