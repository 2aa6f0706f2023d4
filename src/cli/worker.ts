/**
 * The process that simulates: does one task after the other for the command that has started it.
 *
 * Invariant: it ends when whoever has started it does, and when code of a user holds it up for too
 * long; Ctrl-C, which a terminal sends to both, is the business of the other.
 */
import { Worker } from 'node:worker_threads'
import { trust } from '../core/trust.ts'
import { activeResourcesOf } from './left-behind.ts'
import { noSimulation } from './load-simulations.ts'
import { perform } from './perform.ts'
import type { Task, TaskAnswer } from './task.ts'
import type { WatchdogData } from './watchdog.ts'

/** So often a thread that is not held up shows that it is not. */
const beatMs = 20

const limitMs = Number(process.argv[2])
const machine = { cpuMs, activeResources: () => activeResourcesOf(process) }
const beats = new Int32Array(new SharedArrayBuffer(4))
const workerData: WatchdogData = { beats, limitMs }
new Worker(new URL('./watchdog.js', import.meta.url), { workerData }).unref()
setInterval(() => Atomics.add(beats, 0, 1), beatMs).unref()

process.on('SIGINT', () => undefined)
process.on('disconnect', () => process.exit())
process.on('message', async (given) => {
  const task: Task = trust(given)
  const answer = perform(task, machine)
  process.send?.(await (task.kind === 'list' ? inTime(task.file, answer) : answer))
})

/** An import that waits for ever holds nothing up, and nothing would come of it. */
async function inTime(file: string, listed: Promise<TaskAnswer>): Promise<TaskAnswer> {
  const late = new Promise<TaskAnswer>((resolve) => {
    const why = `its import takes longer than ${limitMs / 1000} s`
    const message = noSimulation(file, why)
    setTimeout(() => resolve({ kind: 'refused', message }), limitMs).unref()
  })
  return await Promise.race([listed, late])
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}
