/**
 * The arm of Effect's cluster entity.
 *
 * Usage: node --expose-gc build/bench/arms/effect-cluster.js TASK
 */
import { runArm } from './arm.ts'
import { openEffectCluster } from './peers/effect-cluster.ts'
import { peerWorkloads } from './peers/workloads.ts'

await runArm(peerWorkloads({ specifier: 'effect/cluster', open: openEffectCluster }))
