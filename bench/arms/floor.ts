/**
 * The floor, measured: what the same work costs without the product.
 *
 * Usage: node --expose-gc build/bench/arms/floor.js '{"workload": "call-one", "size": 1,
 * "count": 100000, "slow": false}'
 */
import { runArm } from './arm.ts'
import { floorWorkloads } from './floor/workloads.ts'

await runArm(floorWorkloads)
