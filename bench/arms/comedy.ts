/**
 * The arm of Comedy.
 *
 * Usage: node --expose-gc build/bench/arms/comedy.js TASK
 */
import { runArm } from './arm.ts'
import { openComedy } from './peers/comedy.ts'
import { peerWorkloads } from './peers/workloads.ts'

await runArm(peerWorkloads({ specifier: 'comedy', open: openComedy }))
