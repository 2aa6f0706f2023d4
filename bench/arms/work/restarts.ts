/**
 * How soon a name works again: after a kill, after a mass crash, after a handler that threw.
 *
 * Invariant: a restart is complete when the name leads to another worker than before, one that
 * begins its count anew.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import {
  type Measured,
  noteSpan,
  nowNs,
  passesOf,
  perSecond,
  type Task,
  timed,
  type Workloads,
} from '../arm.ts'
import type { Fleet, OpenFleet } from './fleet.ts'
import { keyOf, Picker } from './keys.ts'
import { percentile } from './percentile.ts'
import { warmUp, warmUpBy } from './warm-up.ts'
import { countFresh, Patience, startWorkers, untilSo } from './workers.ts'

const manySupervisors = 64
/** So many times what is measured is enough to warm up with, where that is little. */
const timesAsMany = 10

/** The workloads of restarts, for an arm. */
export function restartWorkloads<Ref>(open: OpenFleet<Ref>): Workloads {
  return {
    restart: (task) => sample(task, open, restartOnce),
    'crash-to-available': (task) => sample(task, open, crashOnce),
    'crash-many': (task) => crashMany(task, () => open()),
    'crash-many-64': (task) => crashMany(task, () => open({ supervisors: manySupervisors })),
  }
}

/** What one sample came to: whether the worker is a new one, and how long that took. */
interface Sample {
  readonly isBack: boolean
  readonly nanoseconds: number
}

type TakeSample<Ref> = (fleet: Fleet<Ref>, key: string) => Promise<Sample>

async function sample<Ref>(
  task: Task,
  open: OpenFleet<Ref>,
  take: TakeSample<Ref>,
): Promise<Measured> {
  const fleet = await open()
  await startWorkers(fleet, task.size)
  const picker = new Picker(1)
  await warmUpBy(Math.min(warmUp.samples, task.count), async (count) => {
    for (let taken = 0; taken < count; taken += 1) {
      await take(fleet, keyOf(picker.below(task.size)))
    }
  })
  const beganAt = nowNs()
  const samples = new Float64Array(task.count)
  let completed = 0
  for (let taken = 0; taken < task.count; taken += 1) {
    const key = keyOf(picker.below(task.size))
    // A kill comes out of the blue, not in the middle of a turn that is used up already.
    await nextTurn()
    let isBack = true
    let nanoseconds = 0
    for (let pass = 0; pass < passesOf(task); pass += 1) {
      const one = await take(fleet, key)
      isBack &&= one.isBack
      nanoseconds += one.nanoseconds
    }
    samples[taken] = nanoseconds / 1000
    if (isBack) completed += 1
  }
  noteSpan(beganAt, nowNs())
  await fleet.close()
  const figures = { p50Us: percentile(samples, 50), p99Us: percentile(samples, 99) }
  return { intended: task.count, completed, figures }
}

/** From a kill until the name leads to another worker. */
async function restartOnce<Ref>(fleet: Fleet<Ref>, key: string): Promise<Sample> {
  const killed = fleet.whereis(key)
  if (killed === undefined) return { isBack: false, nanoseconds: 0 }
  const patience = new Patience(`${key} is back`)
  const beganAt = nowNs()
  fleet.kill(killed)
  let worker = fleet.whereis(key)
  while (worker === undefined || worker === killed) {
    await patience.pause()
    worker = fleet.whereis(key)
  }
  const nanoseconds = nowNs() - beganAt
  return { isBack: (await fleet.add(key)) === 1, nanoseconds }
}

/** From a message whose handler throws until the name answers again. */
async function crashOnce<Ref>(fleet: Fleet<Ref>, key: string): Promise<Sample> {
  const patience = new Patience(`${key} answers`)
  const beganAt = nowNs()
  await fleet.crash(key)
  let count = await answerOf(fleet, key)
  while (count === undefined) {
    await patience.pause()
    count = await answerOf(fleet, key)
  }
  return { isBack: count === 1, nanoseconds: nowNs() - beganAt }
}

async function answerOf<Ref>(fleet: Fleet<Ref>, key: string): Promise<number | undefined> {
  try {
    return await fleet.add(key)
  } catch {
    return undefined
  }
}

/** From the first of many kills until every name is held again. */
async function crashMany<Ref>(task: Task, open: () => Promise<Fleet<Ref>>): Promise<Measured> {
  const fleet = await open()
  const keys = await startWorkers(fleet, task.size)
  // With the look at what has come back: a first call after many restarts has them compiled anew.
  await warmUpBy(Math.min(warmUp.ends, timesAsMany * task.size), async (count) => {
    for (let back = 0; back < count; back += Math.max(1, keys.length)) {
      await crashAll(fleet, keys)
      await countFresh(fleet, keys)
    }
  })
  const interval = await timed(task, () => crashAll(fleet, keys))
  const fresh = await countFresh(fleet, keys)
  await fleet.close()
  return perSecond(task.size, { ...interval, completed: Math.min(interval.completed, fresh) })
}

async function crashAll<Ref>(fleet: Fleet<Ref>, keys: readonly string[]): Promise<number> {
  for (const key of keys) {
    const worker = fleet.whereis(key)
    if (worker !== undefined) fleet.kill(worker)
  }
  await untilSo('all workers are back', () => fleet.names() === keys.length)
  return fleet.names()
}
