/**
 * The arm of XState.
 *
 * Usage: node --expose-gc build/bench/arms/xstate.js TASK
 */
import { runArm } from './arm.ts'
import { peerWorkloads } from './peers/workloads.ts'
import { openXstate } from './peers/xstate.ts'

await runArm(peerWorkloads({ specifier: 'xstate', open: openXstate }))
