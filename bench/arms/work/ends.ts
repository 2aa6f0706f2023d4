/**
 * Ends that somebody waits for: of monitored processes, and of a whole fleet in order.
 */
import {
  collectGarbage,
  type Measured,
  passesOf,
  perSecond,
  type Task,
  timed,
  type Workloads,
} from '../arm.ts'
import type { Fleet, OpenFleet, Watch } from './fleet.ts'
import { warmUp } from './warm-up.ts'
import { startWorkers } from './workers.ts'

/** The workloads of ends, for an arm. */
export function endWorkloads<Ref>(open: OpenFleet<Ref>): Workloads {
  return {
    'kill-down': (task) => killAndHear(task, open),
    'stop-fleet': (task) => stopFleet(task, open),
  }
}

/** Kills monitored processes until the monitoring one has heard of each. */
async function killAndHear<Ref>(task: Task, open: OpenFleet<Ref>): Promise<Measured> {
  const fleet = await open()
  const before = Math.min(warmUp.ends, task.count)
  await killAll(fleet, await fleet.watch(before))
  const watches: Watch<Ref>[] = []
  for (let pass = 0; pass < passesOf(task); pass += 1) watches.push(await fleet.watch(task.count))
  const again = await fleet.watch(before)
  collectGarbage()
  await killAll(fleet, again)
  const interval = await timed(task, (pass) => killAll(fleet, watches[pass]))
  await fleet.close()
  return perSecond(task.count, interval)
}

async function killAll<Ref>(fleet: Fleet<Ref>, watch: Watch<Ref> | undefined): Promise<number> {
  if (watch === undefined) return 0
  for (const worker of watch.workers) fleet.kill(worker)
  return watch.reported
}

async function stopFleet<Ref>(task: Task, open: OpenFleet<Ref>): Promise<Measured> {
  await warmUpStop(await open(), warmUp.workers)
  const fleets: Fleet<Ref>[] = []
  for (let pass = 0; pass < passesOf(task); pass += 1) {
    const fleet = await open()
    await startWorkers(fleet, task.size)
    fleets.push(fleet)
  }
  collectGarbage()
  await warmUpStop(await open(), warmUp.workers)
  const interval = await timed(task, async (pass) => {
    const fleet = fleets[pass]
    const before = fleet?.names() ?? 0
    await fleet?.stopWorkers()
    return before - (fleet?.names() ?? 0)
  })
  for (const fleet of fleets) await fleet.close()
  return perSecond(task.size, interval)
}

async function warmUpStop<Ref>(fleet: Fleet<Ref>, workers: number): Promise<void> {
  await startWorkers(fleet, workers)
  await fleet.stopWorkers()
  await fleet.close()
}
