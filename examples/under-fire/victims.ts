/**
 * The workers of the two fleets as the fire sees them: where they are, and how they end themselves.
 *
 * Invariant: every worker that is hit comes back; what a fleet would not restart after is not done.
 */

import { type ExitRequest, exit } from 'flotilla'
import type { Victim } from './chaos.ts'
import { Struck } from './perils.ts'
import type { Seat } from './seats.ts'
import type { World } from './world.ts'

/** A user, by its place; permanent, so it comes back whatever the reason. */
export function userAt({ users, ids, userBooks }: World, index: number): Victim | undefined {
  const id = ids[index]
  if (id === undefined) return undefined
  return {
    name: id,
    perils: userBooks.perils,
    whereis: () => users.whereis(id),
    signal: (pid, variant) => exit(pid, variant === 0 ? 'shutdown' : wrong()),
    throws(variant) {
      if (variant === 0) return users.call(id, 'explode')
      users.cast(id, 'explode')
      // A cast has no answer to wait for; this call, queued behind it, ends when the worker does.
      return users.call(id, 'visit')
    },
    stops: (variant) => users.call(id, 'leave', variant === 0 ? 'normal' : 'shutdown'),
  }
}

/** The game of a seat; transient, so after a clean end it would stay away. */
export function gameAt({ games, gameBooks }: World, seat: Seat | undefined): Victim | undefined {
  const id = seat?.target
  if (id === undefined) return undefined
  const { perils } = gameBooks
  return {
    name: id,
    perils,
    whereis: () => games.games.whereis(id),
    signal: (pid) => exit(pid, wrong()),
    // Its next move fails in the store; the bots see to it that there is one.
    throws: async (variant) => perils.armSave(id, variant === 0 ? 'before' : 'after'),
    stops: undefined,
  }
}

/** The reason of an exit signal that says that something went wrong. */
function wrong(): ExitRequest {
  return { kind: 'crash', error: new Struck('an exit signal out of the fire') }
}
