/**
 * The thread beside one that simulates: if that does not come back to its event loop for too long,
 * it says where the code is, and ends the process.
 *
 * Invariant: time is counted in ticks of this thread, so a machine that was suspended or is very
 * busy ends nobody.
 */
import { writeSync } from 'node:fs'
import { Session } from 'node:inspector'
import { workerData } from 'node:worker_threads'
import { trust } from '../core/trust.ts'
import { lastWordsAt, stackLines } from './last-words.ts'

/** What the thread is given. */
export interface WatchdogData {
  /** Its one number changes whenever the other thread comes back. */
  readonly beats: Int32Array
  readonly limitMs: number
}

const ticksPerLimit = 20
/** How long the other thread may take to stop where it is. */
const pauseMs = 2000

const { beats, limitMs }: WatchdogData = trust(workerData)
let last = Atomics.load(beats, 0)
let silentTicks = 0

const watch = setInterval(() => {
  const present = Atomics.load(beats, 0)
  silentTicks = present === last ? silentTicks + 1 : 0
  last = present
  if (silentTicks < ticksPerLimit) return
  clearInterval(watch)
  tellWhere()
}, limitMs / ticksPerLimit)

function tellWhere(): void {
  // Code that no debugger can pause, such as a wait of the operating system, is told of as well.
  setTimeout(() => endWith([]), pauseMs)
  const session = new Session()
  session.connectToMainThread()
  const urls = new Map<string, string>()
  session.on('Debugger.scriptParsed', ({ params }) => void urls.set(params.scriptId, params.url))
  session.on('Debugger.paused', ({ params }) => endWith(stackLines(params, urls)))
  session.post('Debugger.enable')
  session.post('Debugger.pause')
}

function endWith(lines: readonly string[]): void {
  writeSync(lastWordsAt, ['hung', ...lines].join('\n'))
  process.kill(process.pid, 'SIGKILL')
}
