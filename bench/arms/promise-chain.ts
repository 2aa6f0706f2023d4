/**
 * The arm of the mailbox that people write by hand.
 *
 * Usage: node --expose-gc build/bench/arms/promise-chain.js TASK
 */
import { runArm } from './arm.ts'
import { openPromiseChain } from './peers/promise-chain.ts'
import { peerWorkloads } from './peers/workloads.ts'

const lacks = { 'import-time': 'nothing to import' }

await runArm(peerWorkloads({ specifier: '', open: openPromiseChain, lacks }))
