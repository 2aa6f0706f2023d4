/**
 * The claim about the event feed: unheard it costs a question, heard so much for an event.
 *
 * Calls make no event; a kill with the restart that follows makes several. Both are measured
 * without a listener and with one, by turns, so that what the machine does meanwhile falls on both.
 */
import { channel } from 'node:diagnostics_channel'
import { eventChannel, watchEvents } from 'flotilla'
import { collectGarbage, type Measured, nowNs, passesOf, type Task } from '../arm.ts'
import { keyOf, Picker } from '../work/keys.ts'
import { callAnybody } from '../work/messages.ts'
import { percentile } from '../work/percentile.ts'
import { warmUp } from '../work/warm-up.ts'
import { startWorkers, untilSo } from '../work/workers.ts'
import { type FlotillaFleet, openFleet } from './fleet.ts'

const turns = 7

/** What one turn came to. */
interface Turn {
  readonly callNs: number
  readonly restartNs: number
  readonly events: number
  readonly completed: number
}

/** `size` workers; `count` calls and as many restarts in each turn. */
export async function feed(task: Task): Promise<Measured> {
  const fleet = await openFleet()
  await startWorkers(fleet, task.size)
  const unheard: Turn[] = []
  const heard: Turn[] = []
  const warm = (count: number) => takeTurn(fleet, { ...task, count, slow: false }, 1)
  await warm(warmUp.workers)
  await listening(() => warm(warmUp.workers))
  for (let turn = 0; turn < turns; turn += 1) {
    collectGarbage()
    await warm(warmUp.workers)
    unheard.push(await takeTurn(fleet, task, turn))
    collectGarbage()
    await listening(() => warm(warmUp.workers))
    heard.push(await listening(() => takeTurn(fleet, task, turn)))
  }
  await fleet.close()
  const eventsPerRestart = median(heard, ({ events }) => events / (task.count * passesOf(task)))
  const restartNsUnheard = median(unheard, ({ restartNs }) => restartNs)
  const restartNsHeard = median(heard, ({ restartNs }) => restartNs)
  return {
    // Calls and restarts, unheard and heard.
    intended: 4 * turns * task.count,
    completed: [...unheard, ...heard].reduce((sum, { completed }) => sum + completed, 0),
    figures: {
      callNsUnheard: median(unheard, ({ callNs }) => callNs),
      callNsHeard: median(heard, ({ callNs }) => callNs),
      restartNsUnheard,
      restartNsHeard,
      eventsPerRestart,
      nsPerEvent: (restartNsHeard - restartNsUnheard) / eventsPerRestart,
      questionNs: questionNs(task),
    },
  }
}

async function listening(work: () => Promise<Turn>): Promise<Turn> {
  let events = 0
  const listener = watchEvents(() => {
    events += 1
  })
  const turn = await work()
  listener.stop()
  return { ...turn, events }
}

async function takeTurn(fleet: FlotillaFleet, task: Task, seed: number): Promise<Turn> {
  const { size, count } = task
  const calls = { completed: 0, ns: 0 }
  const restarts = { completed: 0, ns: 0 }
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
    events: 0,
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

/**
 * What it costs to ask whether anybody listens, which is all that an unheard event does; in a loop
 * with nothing else, as V8 would like it best.
 */
function questionNs({ count }: Task): number {
  const questions = Math.max(count, 1_000_000)
  const asked = channel(eventChannel)
  let heard = 0
  const beganAt = nowNs()
  for (let done = 0; done < questions; done += 1) if (asked.hasSubscribers) heard += 1
  if (heard > 0) throw new Error('Cannot measure the unheard feed: somebody listens')
  return (nowNs() - beganAt) / questions
}

function median(all: readonly Turn[], of: (turn: Turn) => number): number {
  return percentile(all.map(of), 50)
}
