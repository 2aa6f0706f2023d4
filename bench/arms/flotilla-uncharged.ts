/**
 * Flotilla, measured without charging the errors that escape a handler to its process.
 *
 * Usage: as flotilla.js
 */
import { runArm } from './arm.ts'
import { openFleet } from './flotilla/fleet.ts'
import { fleetWorkloads } from './work/workloads.ts'

await runArm(fleetWorkloads((shape) => openFleet({ ...shape, chargeAsyncErrors: false })))
