/**
 * What the floor can be asked for.
 */
import type { Workloads } from '../arm.ts'
import { rendezvousWorkloads } from '../work/names.ts'
import { fleetWorkloads } from '../work/workloads.ts'
import { openFloor } from './fleet.ts'
import { makePick } from './rendezvous.ts'

/** By id. */
export const floorWorkloads: Workloads = {
  ...fleetWorkloads(openFloor),
  ...rendezvousWorkloads(makePick),
}
