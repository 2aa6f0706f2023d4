/**
 * One side of the measurement of the event feed: a thread with a fleet, and with a listener or
 * without. Started by feed.ts; it says when it is ready, and takes a turn for every message.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { watchEvents } from 'flotilla'
import { collectGarbage, nowNs, passesOf, type Task } from '../arm.ts'
import { keyOf, Picker } from '../work/keys.ts'
import { callAnybody } from '../work/messages.ts'
import { warmUp } from '../work/warm-up.ts'
import { startWorkers, untilSo } from '../work/workers.ts'
import { type FlotillaFleet, openFleet } from './fleet.ts'

/** What such a thread is started with. */
export interface FeedThread {
  readonly task: Task
  readonly isHeard: boolean
}

/** What one turn came to. */
export interface FeedTurn {
  readonly callNs: number
  readonly restartNs: number
  readonly events: number
  readonly completed: number
}

const { task, isHeard }: FeedThread = workerData
let events = 0
if (isHeard) {
  watchEvents(() => {
    events += 1
  })
}
const fleet = await openFleet()
await startWorkers(fleet, task.size)
const warm = () => takeTurn(fleet, { ...task, count: warmUp.workers, slow: false }, 1)
await warm()
let turn = 0
parentPort?.on('message', (order: 'turn' | 'end') => {
  void (order === 'end' ? end() : tell())
})
parentPort?.postMessage('ready')

async function tell(): Promise<void> {
  collectGarbage()
  await warm()
  turn += 1
  parentPort?.postMessage(await takeTurn(fleet, task, turn))
}

async function end(): Promise<void> {
  await fleet.close()
  parentPort?.close()
}

async function takeTurn(fleet: FlotillaFleet, task: Task, seed: number): Promise<FeedTurn> {
  const { size, count } = task
  const calls = { completed: 0, ns: 0 }
  const restarts = { completed: 0, ns: 0 }
  const eventsBefore = events
  for (let pass = 0; pass < passesOf(task); pass += 1) {
    const callsAt = nowNs()
    calls.completed = await callAnybody(fleet, { picker: new Picker(seed), size, count })
    const restartsAt = nowNs()
    restarts.completed = await restartAll(fleet, size, count)
    calls.ns += restartsAt - callsAt
    restarts.ns += nowNs() - restartsAt
  }
  return {
    callNs: calls.ns / count,
    restartNs: restarts.ns / count,
    events: events - eventsBefore,
    completed: calls.completed + restarts.completed,
  }
}

/** Kills worker after worker, all of a round at once; gives how many names lead to a new one. */
async function restartAll(fleet: FlotillaFleet, size: number, count: number): Promise<number> {
  let completed = 0
  for (let left = count; left > 0; left -= size) {
    const round = Math.min(size, left)
    const killed = Array.from({ length: round }, (_, index) => fleet.whereis(keyOf(index)))
    for (const worker of killed) if (worker !== undefined) fleet.kill(worker)
    await untilSo('all workers are back', () => fleet.names() === size)
    for (const [index, worker] of killed.entries()) {
      const back = fleet.whereis(keyOf(index))
      if (worker !== undefined && back !== undefined && back !== worker) completed += 1
    }
  }
  return completed
}
