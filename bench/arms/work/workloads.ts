/**
 * Every workload of a fleet, so that arms do the very same work.
 */
import type { Workloads } from '../arm.ts'
import { endWorkloads } from './ends.ts'
import type { OpenFleet } from './fleet.ts'
import { idleWorkloads } from './idle.ts'
import { messageWorkloads } from './messages.ts'
import { lookupWorkloads } from './names.ts'
import { restartWorkloads } from './restarts.ts'
import { startWorkloads } from './starts.ts'

/** The workloads of an arm, by id. */
export function fleetWorkloads<Ref>(open: OpenFleet<Ref>): Workloads {
  const messages = messageWorkloads(open)
  return {
    ...messages,
    ...startWorkloads(open),
    ...lookupWorkloads(open),
    ...restartWorkloads(open),
    ...endWorkloads(open),
    ...idleWorkloads(open),
  }
}
