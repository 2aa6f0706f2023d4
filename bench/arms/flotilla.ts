/**
 * Flotilla, measured.
 *
 * Usage: node --expose-gc build/bench/arms/flotilla.js '{"workload": "call-one", "size": 1,
 * "count": 100000, "slow": false}'
 */
import { runArm } from './arm.ts'
import { flotillaWorkloads } from './flotilla/workloads.ts'

await runArm(flotillaWorkloads)
