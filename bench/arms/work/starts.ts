/**
 * Starting workers one after the other, what an idle one weighs, and how soon all are ready.
 *
 * Invariant: a worker is started when it answers by its name, and answers as one that has just
 * begun.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import {
  liveBytes,
  type Measured,
  passesOf,
  perSecond,
  type Task,
  timed,
  type Workloads,
} from '../arm.ts'
import type { Fleet, OpenFleet } from './fleet.ts'
import { keyOf } from './keys.ts'
import { warmUp, warmUpBy } from './warm-up.ts'
import { callers, countFresh, startWorkers, together } from './workers.ts'

/** The workloads of starts, for an arm. */
export function startWorkloads<Ref>(open: OpenFleet<Ref>): Workloads {
  return {
    start: (task) => start(task, open),
    memory: (task) => memory(task, open),
    ready: (task) => ready(task, open),
  }
}

async function start<Ref>(task: Task, open: OpenFleet<Ref>): Promise<Measured> {
  await warmUpStarts(open, task)
  const fleet = await open()
  const interval = await timed(task, async (pass) => {
    const first = pass * task.size
    for (let index = 0; index < task.size; index += 1) await fleet.start(keyOf(first + index))
    return fleet.names() - first
  })
  const completed = Math.min(interval.completed, await countFresh(fleet, keysOf(task.size)))
  await fleet.close()
  return perSecond(task.size, { ...interval, completed })
}

async function memory<Ref>(task: Task, open: OpenFleet<Ref>): Promise<Measured> {
  await warmUpStarts(open, task)
  const fleet = await open()
  await nextTurn()
  const before = liveBytes()
  // Not by startWorkers: its list of names would be weighed as well.
  const workers = task.size * passesOf(task)
  for (let index = 0; index < workers; index += 1) await fleet.start(keyOf(index))
  await nextTurn()
  const bytesPerWorker = (liveBytes() - before) / task.size
  const completed = await countFresh(fleet, keysOf(task.size))
  await fleet.close()
  return { intended: task.size, completed, figures: { bytesPerWorker } }
}

/** From the first start until every worker has answered. */
async function ready<Ref>(task: Task, open: OpenFleet<Ref>): Promise<Measured> {
  await warmUpStarts(open, task)
  const fleet = await open()
  const { completed, nanoseconds } = await timed(task, (pass) =>
    together((caller) => startAndAsk(fleet, { caller, first: pass * task.size, size: task.size })),
  )
  await fleet.close()
  return { intended: task.size, completed, figures: { milliseconds: nanoseconds / 1e6 } }
}

interface Lane {
  readonly caller: number
  readonly first: number
  readonly size: number
}

async function startAndAsk<Ref>(fleet: Fleet<Ref>, { caller, first, size }: Lane): Promise<number> {
  let answered = 0
  for (let index = caller; index < size; index += callers) {
    const key = keyOf(first + index)
    await fleet.start(key)
    if ((await fleet.add(key)) === 1) answered += 1
  }
  return answered
}

/** On fleets of their own: tables that have grown once would be no start from nothing. */
function warmUpStarts<Ref>(open: OpenFleet<Ref>, { size }: Task): Promise<void> {
  return warmUpBy(Math.min(size, warmUp.workers), async (count) => {
    const fleet = await open()
    await countFresh(fleet, await startWorkers(fleet, count))
    await fleet.close()
  })
}

function keysOf(size: number): readonly string[] {
  return Array.from({ length: size }, (_, index) => keyOf(index))
}
