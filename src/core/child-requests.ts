/**
 * What becomes of a request about one child of a static supervisor.
 *
 * Invariant: a decision depends on where the child of that id stands and on nothing else; a child
 * that runs, or is about to run again, is neither started a second time nor forgotten.
 * Source: OTP `supervisor`, `start_child/2`, `terminate_child/2`, `restart_child/2`,
 * `delete_child/2`.
 */
import type { Restart } from './child-spec.ts'

/** A child as the decision sees it. */
export interface RequestedChild {
  readonly restart: Restart
  /** Whether a process runs for it now, or its start has failed and will be tried again. */
  readonly running: boolean
  /** Whether its start has failed and will be tried again. */
  readonly restarting: boolean
}

/** A request that is carried out, on this child. */
export interface Granted<C> {
  readonly kind: 'granted'
  readonly child: C
}

/** There is no child of that id. */
export interface NotFound {
  readonly kind: 'not_found'
}

/** Why a child is neither started again by hand nor forgotten. */
export interface NotStopped {
  readonly kind: 'running' | 'restarting'
}

/** Why no child may be added under an id. */
export type NoPlace<C> =
  | { readonly kind: 'already_started'; readonly child: C }
  | { readonly kind: 'already_present' | 'max_children' }

/**
 * May a child be added? undefined: it may.
 *
 * @param present the child that has its id already
 * @param hasRoom whether there may be one more
 */
export function decideStart<C extends RequestedChild>(
  present: C | undefined,
  hasRoom: boolean,
): NoPlace<C> | undefined {
  if (present === undefined) return hasRoom ? undefined : { kind: 'max_children' }
  const isUp = present.running && !present.restarting
  return isUp ? { kind: 'already_started', child: present } : { kind: 'already_present' }
}

/** May the child be stopped? Also one that is stopped already, or tried again and again. */
export function decideTerminate<C extends RequestedChild>(
  child: C | undefined,
): Granted<C> | NotFound {
  return child === undefined ? { kind: 'not_found' } : { kind: 'granted', child }
}

/** May the child be started again by hand, or forgotten? Only one that is stopped. */
export function decideOnStopped<C extends RequestedChild>(
  child: C | undefined,
): Granted<C> | NotFound | NotStopped {
  if (child === undefined) return { kind: 'not_found' }
  if (child.restarting) return { kind: 'restarting' }
  return child.running ? { kind: 'running' } : { kind: 'granted', child }
}

/** Whether the specification of a child that does not run is kept: not of a temporary one. */
export function isKeptStopped(child: { readonly restart: Restart }): boolean {
  return child.restart !== 'temporary'
}
