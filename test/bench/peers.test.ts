import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { answerTo, type Workloads } from '../../bench/arms/arm.ts'
import { openFlotilla } from '../../bench/arms/flotilla/peers.ts'
import { openComedy } from '../../bench/arms/peers/comedy.ts'
import { openEffect } from '../../bench/arms/peers/effect.ts'
import { openEffectCluster } from '../../bench/arms/peers/effect-cluster.ts'
import { plainDoors, unsafeDoors } from '../../bench/arms/peers/effect-doors.ts'
import { openNact } from '../../bench/arms/peers/nact.ts'
import type { Load, Peer } from '../../bench/arms/peers/peer.ts'
import { openPromiseChain } from '../../bench/arms/peers/promise-chain.ts'
import { peerWorkloads } from '../../bench/arms/peers/workloads.ts'
import { openXstate } from '../../bench/arms/peers/xstate.ts'

// What `node --expose-gc` does for the arms.
setFlagsFromString('--expose-gc')
globalThis.gc = runInNewContext('gc')

const libraries: Readonly<Record<string, Workloads>> = {
  flotilla: peerWorkloads({ specifier: 'flotilla', open: () => openFlotilla('pid') }),
  'flotilla by name': peerWorkloads({ specifier: 'flotilla', open: () => openFlotilla('name') }),
  nact: peerWorkloads({ specifier: 'nact', open: openNact }),
  comedy: peerWorkloads({ specifier: 'comedy', open: openComedy }),
  xstate: peerWorkloads({ specifier: 'xstate', open: openXstate }),
  effect: peerWorkloads({ specifier: 'effect', open: () => openEffect(plainDoors) }),
  'effect-unsafe': peerWorkloads({ specifier: 'effect', open: () => openEffect(unsafeDoors) }),
  'effect-cluster': peerWorkloads({ specifier: 'effect/cluster', open: openEffectCluster }),
  'promise-chain': peerWorkloads({ specifier: '', open: openPromiseChain }),
}

const tiny: readonly [workload: string, size: number, count: number, intended: number][] = [
  ['ask-one', 1, 30, 30],
  ['ask-pairs', 64, 130, 130],
  ['ask-random', 7, 130, 130],
  ['start', 20, 20, 20],
  ['memory', 20, 20, 20],
  ['ready', 10, 20, 20],
  ['casts-barrier', 1, 50, 50],
  ['crash-to-available', 3, 10, 10],
]

describe.each(Object.keys(libraries))('the arm of %s', (name) => {
  const workloads = libraries[name] ?? {}

  it.each(tiny)('completes all of %s', async (workload, size, count, intended) => {
    const task = JSON.stringify({ workload, size, count, slow: false })

    const answer = await answerTo(workloads, task)

    expect(answer).toMatchObject({ intended, completed: intended })
    expect(Object.values('figures' in answer ? answer.figures : {})).not.toContain(Number.NaN)
  })

  it('does the work twice when it is slowed, and counts it once', async () => {
    const task = JSON.stringify({ workload: 'casts-barrier', size: 1, count: 40, slow: true })

    expect(await answerTo(workloads, task)).toMatchObject({ intended: 40, completed: 40 })
  })
})

describe('the workloads of the peers', () => {
  it('have workers that answer after they have been idle', async () => {
    const task = JSON.stringify({ workload: 'idle-cpu', size: 5, count: 1, slow: false })
    const all = Object.entries(libraries)

    const answers = await Promise.all(all.map(([, workloads]) => answerTo(workloads, task)))

    const expected = all.map(() => expect.objectContaining({ intended: 5, completed: 5 }))
    expect(answers).toEqual(expected)
  })

  it('say what a library has not', async () => {
    const lacks = { 'import-time': 'nothing to import' }
    const workloads = peerWorkloads({ specifier: '', open: openPromiseChain, lacks })
    const task = JSON.stringify({ workload: 'import-time', size: 1, count: 1, slow: false })

    expect(await answerTo(workloads, task)).toEqual({ lacks: 'nothing to import' })
  })

  it('do not count the answer of a worker that was not asked', async () => {
    const workloads = peerWorkloads({ specifier: '', open: openMixedUp })
    const task = JSON.stringify({ workload: 'ask-pairs', size: 64, count: 128, slow: false })

    expect(await answerTo(workloads, task)).toMatchObject({ intended: 128, completed: 64 })
  })

  it('do not count a cast that is not seen at the barrier', async () => {
    const workloads = peerWorkloads({ specifier: '', open: openForgetful })
    const task = JSON.stringify({ workload: 'casts-barrier', size: 1, count: 40, slow: false })

    expect(await answerTo(workloads, task)).toMatchObject({ intended: 40, completed: 39 })
  })

  it('do not count a crash after which nobody came back', async () => {
    const workloads = peerWorkloads({ specifier: '', open: openWithoutReturn })
    const task = JSON.stringify({ workload: 'crash-to-available', size: 1, count: 9, slow: false })

    expect(await answerTo(workloads, task)).toMatchObject({ intended: 9, completed: 8 })
  })
})

/** Every second worker is taken for its neighbour. */
async function openMixedUp(): Promise<Peer<number>> {
  const peer = await openPromiseChain()
  const start: typeof peer.start = async (first, count) => {
    const { workers } = await peer.start(first, count)
    return { first, workers: workers.map((id) => id - (id % 2)) }
  }
  return { ...peer, start }
}

/** Loses a message. */
async function openForgetful(): Promise<Peer<number>> {
  const peer = await openPromiseChain()
  const castAndCount: typeof peer.castAndCount = (id, count) => peer.castAndCount(id, count - 1)
  return { ...peer, castAndCount }
}

/** One stays away. */
async function openWithoutReturn(): Promise<Peer<number>> {
  const peer = await openPromiseChain()
  const crashAndAsk = (load: Load<number>) => peer.crashAndAsk({ ...load, count: load.count - 1 })
  return { ...peer, crashAndAsk }
}
