/**
 * The workloads that Flotilla and its peers do alike.
 *
 * Invariant: a worker counts as started when it has answered, and an answer counts when it is that
 * of the worker that was asked to what it was asked.
 */
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import {
  collectGarbage,
  liveBytes,
  type Measured,
  noteSpan,
  nowNs,
  passesOf,
  perOperation,
  perSecond,
  type Task,
  timed,
  type Workload,
  type Workloads,
} from '../arm.ts'
import { importWorkloads } from '../work/import-time.ts'
import { Picker } from '../work/keys.ts'
import { percentile } from '../work/percentile.ts'
import { warmUp, warmUpBy, warmUpOf } from '../work/warm-up.ts'
import { callers } from '../work/workers.ts'
import { itemAt, type Load, lacking, type Peer, type PeerLibrary, type Started } from './peer.ts'

const settleMs = 200
/** The compiler needs some thousands of starts, however few are measured. */
const timesAsMany = 10
/** Casts enough for a mailbox that fills and runs empty several times. */
const mailboxes = 4

/** What a library can be asked for. */
export function peerWorkloads<Worker>(library: PeerLibrary<Worker>): Workloads {
  const on =
    (work: (peer: Peer<Worker>, task: Task) => Promise<Measured>): Workload =>
    async (task) => {
      const peer = await library.open()
      const answer = await work(peer, task)
      await peer.close()
      return answer
    }
  const workloads: Workloads = {
    'ask-one': on(askOne),
    'ask-pairs': on(askPairs),
    'ask-random': on(askRandom),
    start: (task) => fromNothing(library, task, start),
    memory: on(memory),
    ready: (task) => ready(library, task),
    'casts-barrier': on(castsBarrier),
    'idle-cpu': on(idleCpu),
    'crash-to-available': on(crashToAvailable),
    ...importWorkloads(library.specifier),
  }
  const missing = Object.entries(library.lacks ?? {}).map(
    ([workload, lacks]) => [workload, lacking(lacks)] as const,
  )
  return { ...workloads, ...Object.fromEntries(missing) }
}

async function askOne<Worker>(peer: Peer<Worker>, task: Task): Promise<Measured> {
  const asked = await peer.start(0, 1)
  return perOperation(task.count, await asking(peer, task, { asked, callers: 1, next: () => 0 }))
}

async function askPairs<Worker>(peer: Peer<Worker>, task: Task): Promise<Measured> {
  const asked = await peer.start(0, callers)
  const next = (caller: number): number => caller
  return perSecond(task.count, await asking(peer, task, { asked, callers, next }))
}

async function askRandom<Worker>(peer: Peer<Worker>, task: Task): Promise<Measured> {
  const asked = await peer.start(0, task.size)
  const picker = new Picker(task.size)
  const next = (): number => picker.below(task.size)
  return perSecond(task.count, await asking(peer, task, { asked, callers, next }))
}

/** Warms up, then measures the questions of the task. */
async function asking<Worker>(peer: Peer<Worker>, task: Task, load: Omit<Load<Worker>, 'count'>) {
  await warmUpBy(warmUpOf(task.count), (count) => peer.ask({ ...load, count }))
  return timed(task, () => peer.ask({ ...load, count: task.count }))
}

async function start<Worker>(peer: Peer<Worker>, task: Task): Promise<Measured> {
  const { size } = task
  const started: Started<Worker>[] = []
  const interval = await timed(task, async (pass) => {
    started.push(await peer.start(pass * size, size))
    return size
  })
  return perSecond(size, { ...interval, completed: await answering(peer, started) })
}

async function memory<Worker>(peer: Peer<Worker>, task: Task): Promise<Measured> {
  // These stay, because what others leave behind would be taken off what is weighed.
  const first = passesOf(task) * task.size
  await answering(peer, [await peer.start(first, Math.min(task.size, warmUp.workers))])
  const before = liveBytes()
  const started: Started<Worker>[] = []
  for (let pass = 0; pass < passesOf(task); pass += 1) {
    started.push(await peer.start(pass * task.size, task.size))
  }
  await nextTurn()
  const bytes = liveBytes() - before
  const completed = await answering(peer, started)
  return { intended: task.size, completed, figures: { bytesPerWorker: bytes / task.size } }
}

/** Few workers are ready within the time of one collection, so they are started several times. */
async function ready<Worker>(library: PeerLibrary<Worker>, task: Task): Promise<Measured> {
  const { size, count } = task
  const samples: number[] = []
  let completed = 0
  await warmUpFromNothing(library, task)
  for (let left = Math.max(1, Math.round(count / size)); left > 0; left -= 1) {
    const peer = await library.open()
    const sample = await timed(task, async (pass) =>
      answering(peer, [await peer.start(pass * size, size)]),
    )
    await peer.close()
    samples.push(sample.nanoseconds / 1e6)
    completed += sample.completed
  }
  const figures = { milliseconds: percentile(samples, 50) }
  return { intended: size * samples.length, completed, figures }
}

async function castsBarrier<Worker>(peer: Peer<Worker>, task: Task): Promise<Measured> {
  const worker = itemAt((await peer.start(0, 1)).workers, 0)
  const cast = (count: number): unknown => peer.castAndCount(worker, count)
  await warmUpBy(Math.min(warmUp.casts, mailboxes * task.count), cast, task.count)
  return perSecond(task.count, await timed(task, () => peer.castAndCount(worker, task.count)))
}

async function idleCpu<Worker>(peer: Peer<Worker>, task: Task): Promise<Measured> {
  const started = await peer.start(0, task.size)
  await answering(peer, [started])
  // What the start has left to do is not idling.
  collectGarbage()
  await sleep(settleMs)
  const usedBefore = process.cpuUsage()
  const beganAt = nowNs()
  await sleep(task.count)
  const seconds = (nowNs() - beganAt) / 1e9
  const { user, system } = process.cpuUsage(usedBefore)
  const cpuMsPerSecond = (user + system) / 1000 / seconds
  const completed = await answering(peer, [started])
  return { intended: task.size, completed, figures: { cpuMsPerSecond } }
}

async function crashToAvailable<Worker>(peer: Peer<Worker>, task: Task): Promise<Measured> {
  const size = Math.max(1, task.size)
  const asked = await peer.start(0, size, { isSupervised: true })
  const picker = new Picker(size)
  const load = { asked, callers: 1, next: () => picker.below(size) }
  await warmUpBy(Math.min(warmUp.samples, task.count), (count) =>
    peer.crashAndAsk({ ...load, count }),
  )
  const passes = passesOf(task)
  const beganAt = nowNs()
  const each = await peer.crashAndAsk({ ...load, count: task.count * passes })
  noteSpan(beganAt, nowNs())
  const samples: number[] = []
  for (let taken = passes; taken <= each.length; taken += passes) {
    samples.push(each.slice(taken - passes, taken).reduce((sum, ns) => sum + ns / 1000, 0))
  }
  const figures = { p50Us: percentile(samples, 50), p99Us: percentile(samples, 99) }
  return { intended: task.count, completed: samples.length, figures }
}

/** Does the work on a peer of its own. */
async function fromNothing<Worker>(
  library: PeerLibrary<Worker>,
  task: Task,
  work: (peer: Peer<Worker>, task: Task) => Promise<Measured>,
): Promise<Measured> {
  await warmUpFromNothing(library, task)
  const peer = await library.open()
  const answer = await work(peer, task)
  await peer.close()
  return answer
}

/** Warms up on peers of their own: tables that have grown once would be no start from nothing. */
function warmUpFromNothing<Worker>({ open }: PeerLibrary<Worker>, { size }: Task): Promise<void> {
  return warmUpBy(Math.min(timesAsMany * size, warmUp.workers), async (count) => {
    const peer = await open()
    await answering(peer, [await peer.start(0, count)])
    await peer.close()
  })
}

/** Asks every worker once; gives how many answered, of the pass with the fewest. */
async function answering<Worker>(
  peer: Peer<Worker>,
  passes: readonly Started<Worker>[],
): Promise<number> {
  let fewest = Number.POSITIVE_INFINITY
  for (const asked of passes) {
    const count = asked.workers.length
    let index = 0
    const next = (): number => index++
    fewest = Math.min(fewest, await peer.ask({ asked, callers, count, next }))
  }
  return fewest
}
