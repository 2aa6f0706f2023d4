/**
 * Fleets that miscount, forget or lie: what the workloads must not believe.
 */

import type { Actor } from '../../../../bench/arms/floor/actor.ts'
import { openFloor } from '../../../../bench/arms/floor/fleet.ts'
import type { Fleet, OpenFleet } from '../../../../bench/arms/work/fleet.ts'

/** The floor's fleet with some of its methods replaced. */
export function floorWith(
  change: (fleet: Fleet<Actor>) => Partial<Fleet<Actor>>,
): OpenFleet<Actor> {
  return async (shape) => {
    const fleet = await openFloor(shape)
    return { ...fleet, ...change(fleet) }
  }
}

/** True for every n-th question, beginning with the n-th. */
export function everyNth(n: number): () => boolean {
  let asked = 0
  return () => {
    asked += 1
    return asked % n === 0
  }
}
