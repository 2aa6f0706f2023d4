/**
 * The arm of nact.
 *
 * Usage: node --expose-gc build/bench/arms/nact.js TASK
 */
import { runArm } from './arm.ts'
import { openNact } from './peers/nact.ts'
import { peerWorkloads } from './peers/workloads.ts'

await runArm(peerWorkloads({ specifier: 'nact', open: openNact }))
