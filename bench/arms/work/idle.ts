/**
 * What workers cost that have nothing to do; `count` is how many milliseconds they are watched.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Measured, passesOf, type Task, type Workloads } from '../arm.ts'
import type { OpenFleet } from './fleet.ts'
import { countFresh, startWorkers } from './workers.ts'

const settleMs = 200

/** The workload of idle workers, for an arm. */
export function idleWorkloads<Ref>(open: OpenFleet<Ref>): Workloads {
  return { 'idle-cpu': (task) => idleCpu(task, open) }
}

/** How much processor time workers take that wait; afterwards each must answer. */
async function idleCpu<Ref>(task: Task, open: OpenFleet<Ref>): Promise<Measured> {
  const fleet = await open()
  const keys = await startWorkers(fleet, task.size * passesOf(task))
  await sleep(settleMs)
  const before = process.cpuUsage()
  const beganAt = performance.now()
  await sleep(task.count)
  const { user, system } = process.cpuUsage(before)
  const seconds = (performance.now() - beganAt) / 1000
  const completed = await countFresh(fleet, keys.slice(0, task.size))
  await fleet.close()
  const cpuMsPerSecond = (user + system) / 1000 / seconds
  return { intended: task.size, completed, figures: { cpuMsPerSecond } }
}
