/**
 * The arm of Effect's queue and deferred.
 *
 * Usage: node --expose-gc build/bench/arms/effect.js TASK
 */
import { runArm } from './arm.ts'
import { openEffect } from './peers/effect.ts'
import { plainDoors } from './peers/effect-doors.ts'
import { peerWorkloads } from './peers/workloads.ts'

const open = () => openEffect(plainDoors)
await runArm(peerWorkloads({ specifier: 'effect', open }))
