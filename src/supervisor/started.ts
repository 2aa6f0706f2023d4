/**
 * What became of a request about a child, in words for users.
 */
import { argumentError } from '../core/argument-error.ts'
import { crash, type ExitReason } from '../core/exit.ts'
import { formatPid, type Pid } from '../core/pid.ts'
import type { AnyProtocol, Protocol } from '../core/protocol.ts'
import type { StartOutcome } from '../process/spawn.ts'
import type { NotStarted, Started, StartRefusal } from '../process/started.ts'

/** What `startChild` of a static supervisor came to. */
export type ChildStarted<P extends Protocol = AnyProtocol> =
  | { readonly ok: true; readonly pid: Pid<P>; readonly info?: unknown }
  | { readonly ok: false; readonly reason: ChildStartRefusal<P> }

/**
 * Why a static supervisor started no new child. `already_started` is also said of a child of the
 * same id that runs. A child that failed to start is dropped; one that chose not to start is kept,
 * unless it is temporary.
 */
export type ChildStartRefusal<P extends Protocol = AnyProtocol> =
  | StartRefusal<P>
  /** There is a child of the id; it does not run, or it is being restarted. */
  | { readonly kind: 'already_present' }

/** What `restartChild` came to; whatever the refusal, the specification stays. */
export type ChildRestarted =
  | { readonly ok: true; readonly pid: Pid; readonly info?: unknown }
  | { readonly ok: false; readonly reason: NotStarted | ChildIsNotStopped }

/** There is no stopped child of that id: it runs, is being restarted, or was never there. */
export interface ChildIsNotStopped {
  readonly kind: 'running' | 'restarting' | 'not_found'
}

/** What `terminateChild` of a static supervisor came to. */
export type ChildTerminated =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: { readonly kind: 'not_found' } }

/** What `deleteChild` came to. */
export type ChildDeleted =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: ChildIsNotStopped }

/** The refusal of a start beyond the limit. */
export const maxChildrenReached: Started = Object.freeze({
  ok: false,
  reason: Object.freeze({ kind: 'max_children' }),
})

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
