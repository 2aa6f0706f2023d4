/**
 * What Flotilla can be asked for: the workloads of every arm, and those of its claims.
 */
import { pickShard } from 'flotilla'
import type { Workloads } from '../arm.ts'
import { importWorkloads } from '../work/import-time.ts'
import { rendezvousWorkloads } from '../work/names.ts'
import { fleetWorkloads } from '../work/workloads.ts'
import { feed } from './feed.ts'
import { openFleet } from './fleet.ts'
import { million } from './million.ts'
import { workloadsOfPeers } from './peers.ts'
import { responsive } from './responsive.ts'
import { scale } from './scale.ts'

const fleets = fleetWorkloads(openFleet)

/** By id. */
export const flotillaWorkloads: Workloads = {
  ...fleets,
  ...rendezvousWorkloads((places) => {
    const frozen = Object.freeze([...places])
    return (key) => pickShard(key, frozen)
  }),
  ...importWorkloads('flotilla'),
  ...workloadsOfPeers('pid'),
  million,
  responsive,
  feed,
  scale,
}
