/**
 * The arm of Effect's queue and deferred, by their synchronous doors.
 *
 * Usage: node --expose-gc build/bench/arms/effect-unsafe.js TASK
 */
import { runArm } from './arm.ts'
import { openEffect } from './peers/effect.ts'
import { unsafeDoors } from './peers/effect-doors.ts'
import { peerWorkloads } from './peers/workloads.ts'

const open = () => openEffect(unsafeDoors)
await runArm(peerWorkloads({ specifier: 'effect', open }))
