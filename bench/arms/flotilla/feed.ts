/**
 * The claim about the event feed: unheard it costs a question, heard so much for an event.
 *
 * Calls make no event; a kill with the restart that follows makes several. Two threads work by
 * turns, so that what the machine does meanwhile falls on both: one has a listener from its start
 * on, as a program that listens does, and one never has any. In one thread a listener would have to
 * come and go, and each time the engine gives up code that it has compiled.
 */

import { channel } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { eventChannel } from 'flotilla'
import { type Measured, nowNs, passesOf, type Task } from '../arm.ts'
import { percentile } from '../work/percentile.ts'
import type { FeedThread, FeedTurn } from './feed-thread.ts'

const turns = 7
const program = new URL('./feed-thread.js', import.meta.url)

/** `size` workers in each thread; `count` calls and as many restarts in each turn. */
export async function feed(task: Task): Promise<Measured> {
  const unheard = await open({ task, isHeard: false })
  const heard = await open({ task, isHeard: true })
  for (let turn = 0; turn < turns; turn += 1) {
    await unheard.take()
    await heard.take()
  }
  await unheard.close()
  await heard.close()
  const events = heard.median(({ events }) => events)
  const restartNsUnheard = unheard.median(({ restartNs }) => restartNs)
  const restartNsHeard = heard.median(({ restartNs }) => restartNs)
  const eventsPerRestart = events / (task.count * passesOf(task))
  return {
    // Calls and restarts, unheard and heard.
    intended: 4 * turns * task.count,
    completed: unheard.completed() + heard.completed(),
    figures: {
      callNsUnheard: unheard.median(({ callNs }) => callNs),
      callNsHeard: heard.median(({ callNs }) => callNs),
      restartNsUnheard,
      restartNsHeard,
      eventsPerRestart,
      nsPerEvent: (restartNsHeard - restartNsUnheard) / eventsPerRestart,
      questionNs: questionNs(task),
    },
  }
}

/** A thread that takes a turn whenever it is told to. */
async function open(data: FeedThread) {
  const thread = new Worker(program, { workerData: data })
  await once(thread, 'message')
  const taken: FeedTurn[] = []
  return {
    async take(): Promise<void> {
      thread.postMessage('turn')
      const [turn] = await once(thread, 'message')
      taken.push(turn)
    },
    async close(): Promise<void> {
      thread.postMessage('end')
      await once(thread, 'exit')
    },
    median: (of: (turn: FeedTurn) => number): number => percentile(taken.map(of), 50),
    completed: (): number => taken.reduce((sum, { completed }) => sum + completed, 0),
  }
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
