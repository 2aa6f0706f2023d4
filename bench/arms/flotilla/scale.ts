/**
 * The claim that size costs cache misses and nothing else: a call, a look-up and a start among many
 * against the same among a thousand, and beside them what V8 itself takes for the random access.
 */
import { collectGarbage, type Measured, nowNs, passesOf, type Task } from '../arm.ts'
import { keyOf, Picker } from '../work/keys.ts'
import { callAnybody } from '../work/messages.ts'
import { firstNumber, lookUp } from '../work/names.ts'
import { warmUp } from '../work/warm-up.ts'
import { callers, shareOf, startWorkers, together } from '../work/workers.ts'
import { type FlotillaFleet, openFleet } from './fleet.ts'

const few = 1000

/** Nanoseconds of one operation among so many, and how many of each kind came out right. */
interface Costs {
  readonly call: number
  readonly lookUp: number
  readonly start: number
  /** A look into a Map and an await, to so many objects at random. */
  readonly miss: number
  /** A new key and its object in a Map that has so many. */
  readonly insert: number
  readonly completed: number
}

/** `size` workers against a thousand, `count` operations of each kind. */
export async function scale(task: Task): Promise<Measured> {
  const small = Math.min(few, task.size)
  // The first time is the warm-up.
  await costsAmong(small, { ...task, count: warmUp.workers, slow: false })
  const atFew = await costsAmong(small, task)
  const atSize = await costsAmong(task.size, task)
  return {
    // Calls, look-ups, starts, and both on a bare Map, twice.
    intended: 10 * task.count,
    completed: atFew.completed + atSize.completed,
    figures: {
      callNsAtFew: atFew.call,
      callNsAtSize: atSize.call,
      lookupNsAtFew: atFew.lookUp,
      lookupNsAtSize: atSize.lookUp,
      startNsAtFew: atFew.start,
      startNsAtSize: atSize.start,
      missNsAtFew: atFew.miss,
      missNsAtSize: atSize.miss,
      insertNsAtFew: atFew.insert,
      insertNsAtSize: atSize.insert,
    },
  }
}

async function costsAmong(size: number, task: Task): Promise<Costs> {
  const fleet = await openFleet()
  await startWorkers(fleet, size)
  const first = firstNumber(fleet, size)
  collectGarbage()
  await callAll(fleet, { size, count: warmUp.messages, seed: 9 })
  const calls = await timesOf(task, (seed) => callAll(fleet, { size, count: task.count, seed }))
  const look = (count: number, seed: number) =>
    lookUp(fleet, { picker: new Picker(seed), size, first, count })
  look(warmUp.messages, 9)
  const lookUps = await timesOf(task, (seed) => look(task.count, seed))
  await startMore(fleet, size, warmUp.workers)
  const more = size + warmUp.workers
  const starts = await timesOf(task, (pass) =>
    startMore(fleet, more + pass * task.count, task.count),
  )
  await fleet.close()
  const misses = await missAmong(size, task)
  const inserts = await insertAmong(more, task)
  return {
    call: calls.nanoseconds,
    lookUp: lookUps.nanoseconds,
    start: starts.nanoseconds,
    miss: misses.nanoseconds,
    insert: inserts.nanoseconds,
    completed: [calls, lookUps, starts, misses, inserts].reduce((sum, each) => {
      return sum + each.completed
    }, 0),
  }
}

interface Calls {
  readonly size: number
  readonly count: number
  readonly seed: number
}

function callAll(fleet: FlotillaFleet, { size, count, seed }: Calls): Promise<number> {
  return together((caller) => {
    const picker = new Picker(seed * callers + caller)
    return callAnybody(fleet, { picker, size, count: shareOf(count, caller) })
  })
}

/** Starts that come on top of what is there; one caller, one after the other. */
async function startMore(fleet: FlotillaFleet, first: number, count: number): Promise<number> {
  const before = fleet.names()
  for (let index = 0; index < count; index += 1) await fleet.start(keyOf(first + index))
  return fleet.names() - before
}

async function missAmong(size: number, task: Task) {
  const objects = objectsByKey(size)
  const look = async (count: number, seed: number): Promise<number> => {
    const picker = new Picker(seed)
    let completed = 0
    for (let done = 0; done < count; done += 1) {
      const key = keyOf(picker.below(size))
      const found = await Promise.resolve(objects.get(key))
      if (found?.key === key) completed += 1
    }
    return completed
  }
  collectGarbage()
  await look(warmUp.messages, 9)
  return timesOf(task, (seed) => look(task.count, seed))
}

/** As workers are started: on top of what is there, so that the table grows at the same sizes. */
function insertAmong(size: number, task: Task) {
  const objects = objectsByKey(size)
  return timesOf(task, (pass) => {
    const before = objects.size
    const first = size + pass * task.count
    for (let index = 0; index < task.count; index += 1) {
      const key = keyOf(first + index)
      objects.set(key, { key })
    }
    return objects.size - before
  })
}

function objectsByKey(size: number): Map<string, { readonly key: string }> {
  const objects = new Map<string, { readonly key: string }>()
  for (let index = 0; index < size; index += 1) {
    const key = keyOf(index)
    objects.set(key, { key })
  }
  return objects
}

async function timesOf(task: Task, work: (pass: number) => number | Promise<number>) {
  let completed = Number.POSITIVE_INFINITY
  const beganAt = nowNs()
  for (let pass = 0; pass < passesOf(task); pass += 1) {
    completed = Math.min(completed, await work(pass))
  }
  return { completed, nanoseconds: (nowNs() - beganAt) / task.count }
}
