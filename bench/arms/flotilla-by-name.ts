/**
 * Flotilla at the workloads of its peers, with every message finding its worker by its name.
 *
 * Usage: as flotilla.js
 */
import { runArm } from './arm.ts'
import { workloadsOfPeers } from './flotilla/peers.ts'

await runArm(workloadsOfPeers('name'))
