/**
 * The claim that a million named, supervised workers live on one thread: started one by one, each
 * answers a call by its name, all are stopped in order, and no table keeps anything of them.
 */
import { collectGarbage, type Measured, nowNs, passesOf, type Task } from '../arm.ts'
import { keyOf } from '../work/keys.ts'
import { warmUp } from '../work/warm-up.ts'
import { callers, startWorkers, together } from '../work/workers.ts'
import { openFleet } from './fleet.ts'

/** `size` workers. */
export async function million(task: Task): Promise<Measured> {
  const { size } = task
  await warmUpAll(warmUp.workers)
  const fleet = await openFleet()
  const beganAt = nowNs()
  for (let index = 0; index < size * passesOf(task); index += 1) await fleet.start(keyOf(index))
  const startedAt = nowNs()
  const answered = await askAll(fleet, size)
  const answeredAt = nowNs()
  collectGarbage()
  const rssBytes = process.memoryUsage.rss()
  const stoppingAt = nowNs()
  await fleet.stopWorkers()
  const stoppedAt = nowNs()
  const namesLeft = fleet.names()
  await fleet.close()
  const rowsLeft = fleet.rowsLeft()
  if (rowsLeft > 0) throw new Error(`The node has ended and its tables still hold ${rowsLeft} rows`)
  const figures = {
    rssBytes,
    startSeconds: (startedAt - beganAt) / 1e9,
    answerSeconds: (answeredAt - startedAt) / 1e9,
    stopSeconds: (stoppedAt - stoppingAt) / 1e9,
  }
  return { intended: size, completed: answered - namesLeft, figures }
}

/** Gives how many workers have answered to their name. */
async function askAll(fleet: Awaited<ReturnType<typeof openFleet>>, size: number): Promise<number> {
  return together(async (caller) => {
    let answered = 0
    for (let index = caller; index < size; index += callers) {
      const key = keyOf(index)
      if ((await fleet.ask(key)) === key) answered += 1
    }
    return answered
  })
}

async function warmUpAll(workers: number): Promise<void> {
  const fleet = await openFleet()
  await startWorkers(fleet, workers)
  await askAll(fleet, workers)
  await fleet.stopWorkers()
  await fleet.close()
}
