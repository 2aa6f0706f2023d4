/**
 * Calls and casts by name.
 *
 * Invariant: a call is complete when the worker that was meant has answered it; a cast is complete
 * when the worker has counted it.
 */
import {
  type Measured,
  perOperation,
  perSecond,
  type Task,
  timed,
  type Workload,
  type Workloads,
} from '../arm.ts'
import type { Fleet, OpenFleet } from './fleet.ts'
import { keyOf, Picker } from './keys.ts'
import { warmUp, warmUpBy, warmUpOf } from './warm-up.ts'
import { callers, shareOf, startWorkers, together } from './workers.ts'

/** A sender outpaces its receiver, whose mailbox must not overflow. */
const castsPerBarrier = 65_536

/** The workloads of messages, for an arm. */
export function messageWorkloads<Ref>(open: OpenFleet<Ref>): Workloads {
  const one: Workload = (task) => callOne(task, open)
  const pairs: Workload = (task) => callPairs(task, open)
  const random: Workload = (task) => callRandom(task, open)
  const casts: Workload = (task) => castOne(task, open)
  return {
    'call-one': one,
    'call-pairs': pairs,
    'call-random': random,
    'cast-one': casts,
    // What the peers have is called asking, because it goes to an actor and not to a name.
    'ask-one': one,
    'ask-pairs': pairs,
    'ask-random': random,
    'casts-barrier': casts,
  }
}

async function callOne<Ref>(task: Task, open: OpenFleet<Ref>): Promise<Measured> {
  const fleet = await open()
  const [key = ''] = await startWorkers(fleet, 1)
  await warmUpBy(warmUpOf(task.count), (count) => callInTurn(fleet, key, count))
  const interval = await timed(task, () => callInTurn(fleet, key, task.count))
  await fleet.close()
  return perOperation(task.count, interval)
}

async function callPairs<Ref>(task: Task, open: OpenFleet<Ref>): Promise<Measured> {
  const fleet = await open()
  const keys = await startWorkers(fleet, callers)
  const all = (count: number): Promise<number> =>
    together((caller) => callInTurn(fleet, keys[caller] ?? '', shareOf(count, caller)))
  await warmUpBy(warmUpOf(task.count), all)
  const interval = await timed(task, () => all(task.count))
  await fleet.close()
  return perSecond(task.count, interval)
}

async function callRandom<Ref>(task: Task, open: OpenFleet<Ref>): Promise<Measured> {
  const fleet = await open()
  await startWorkers(fleet, task.size)
  const all = (count: number, seed: number): Promise<number> =>
    together((caller) => {
      const picker = new Picker(seed + caller)
      return callAnybody(fleet, { picker, size: task.size, count: shareOf(count, caller) })
    })
  await warmUpBy(warmUpOf(task.count), (count) => all(count, 1000))
  const interval = await timed(task, (pass) => all(task.count, pass * callers))
  await fleet.close()
  return perSecond(task.count, interval)
}

async function castOne<Ref>(task: Task, open: OpenFleet<Ref>): Promise<Measured> {
  const fleet = await open()
  const [key = ''] = await startWorkers(fleet, 1)
  const warm = (count: number): unknown => castInBatches(fleet, key, count)
  await warmUpBy(warmUp.casts, warm, warmUp.casts)
  const interval = await timed(task, () => castInBatches(fleet, key, task.count))
  await fleet.close()
  return perSecond(task.count, interval)
}

/** Calls one worker time after time; gives how often it was that worker who answered. */
async function callInTurn<Ref>(fleet: Fleet<Ref>, key: string, count: number): Promise<number> {
  let completed = 0
  for (let done = 0; done < count; done += 1) {
    if ((await fleet.ask(key)) === key) completed += 1
  }
  return completed
}

/** Calls of one caller to workers picked by chance. */
export interface ByChance {
  readonly picker: Picker
  readonly size: number
  readonly count: number
}

/** Calls workers picked by chance, one after the other; gives how often the right one answered. */
export async function callAnybody<Ref>(
  fleet: Fleet<Ref>,
  { picker, size, count }: ByChance,
): Promise<number> {
  let completed = 0
  for (let done = 0; done < count; done += 1) {
    const key = keyOf(picker.below(size))
    if ((await fleet.ask(key)) === key) completed += 1
  }
  return completed
}

async function castInBatches<Ref>(fleet: Fleet<Ref>, key: string, count: number): Promise<number> {
  let completed = 0
  let before = await fleet.add(key)
  for (let left = count; left > 0; left -= castsPerBarrier) {
    const batch = Math.min(left, castsPerBarrier)
    for (let sent = 0; sent < batch; sent += 1) fleet.tell(key)
    const after = await fleet.add(key)
    completed += after - before - 1
    before = after
  }
  return completed
}
