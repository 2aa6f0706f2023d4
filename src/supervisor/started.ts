/**
 * What a start came to, in words for users.
 */
import { argumentError } from '../core/argument-error.ts'
import { crash, Exit, type ExitReason } from '../core/exit.ts'
import { formatPid, type Pid } from '../core/pid.ts'
import type { AnyProtocol, Protocol } from '../core/protocol.ts'
import { trust } from '../core/trust.ts'
import type { StartOutcome } from '../process/spawn.ts'

/** The outcome of a start; a refusal is a value, since races for a name are not errors. */
export type Started<P extends Protocol = AnyProtocol> =
  | { readonly ok: true; readonly pid: Pid<P> }
  | { readonly ok: false; readonly reason: StartRefusal<P> }

/** Why nothing was started. */
export type StartRefusal<P extends Protocol = AnyProtocol> =
  /** Somebody holds the name; its pid. */
  | { readonly kind: 'already_started'; readonly pid: Pid<P> }
  /** The supervisor or fleet has its limit of children. */
  | { readonly kind: 'max_children' }
  /** `init` threw, stopped, or was ended from outside. */
  | { readonly kind: 'init_failed'; readonly exit: Exit }
  /** `init` chose not to start. */
  | { readonly kind: 'ignored' }

/** The refusal of a start beyond the limit. */
export const maxChildrenReached: Started = Object.freeze({
  ok: false,
  reason: Object.freeze({ kind: 'max_children' }),
})

/** Puts a start outcome into words; `id` names the child in the message of a failure. */
export function toStarted(outcome: StartOutcome, id: string): Started {
  switch (outcome.kind) {
    case 'started':
      return { ok: true, pid: trust(outcome.process.pid) }
    case 'already_started':
      return { ok: false, reason: { kind: 'already_started', pid: outcome.pid } }
    case 'failed': {
      const exit = new Exit(outcome.reason, `Start of "${id}"`)
      return { ok: false, reason: { kind: 'init_failed', exit } }
    }
    case 'ignored':
      return { ok: false, reason: { kind: 'ignored' } }
  }
}

/** Why a start has failed; `undefined` if it has not. */
export function failureOf(outcome: StartOutcome, id: string): ExitReason | undefined {
  if (outcome.kind === 'failed') return outcome.reason
  return outcome.kind === 'already_started' ? crash(nameTaken(id, outcome.pid)) : undefined
}

function nameTaken(id: string, pid: Pid): Error {
  return argumentError('name_taken', {
    attempted: `start the child "${id}"`,
    problem: `its name is held by ${formatPid(pid)}`,
    fix: 'give each child a name of its own, or start it only once',
  })
}
