/**
 * Finding the worker of a name, and the place of a key among many.
 */
import { type Measured, perOperation, type Task, timed, type Workloads } from '../arm.ts'
import type { Fleet, OpenFleet } from './fleet.ts'
import { keyOf, Picker } from './keys.ts'
import { warmUp, warmUpBy, warmUpOf } from './warm-up.ts'
import { startWorkers } from './workers.ts'

/** The workload of look-ups, for an arm. */
export function lookupWorkloads<Ref>(open: OpenFleet<Ref>): Workloads {
  return {
    lookup: async (task) => {
      const fleet = await open()
      await startWorkers(fleet, task.size)
      const first = firstNumber(fleet, task.size)
      const look = (count: number, seed: number): number =>
        lookUp(fleet, { picker: new Picker(seed), size: task.size, first, count })
      await warmUpBy(warmUpOf(task.count), (count) => look(count, 1000))
      const interval = await timed(task, (pass) => look(task.count, pass))
      await fleet.close()
      return perOperation(task.count, interval)
    },
  }
}

/** What look-ups are made of. */
export interface LookUps {
  readonly picker: Picker
  readonly size: number
  /** The number of the worker whose name has the number 0. */
  readonly first: number
  readonly count: number
}

/** Looks names up in random order; gives how many led to the worker they belong to. */
export function lookUp<Ref>(fleet: Fleet<Ref>, { picker, size, first, count }: LookUps): number {
  let completed = 0
  for (let done = 0; done < count; done += 1) {
    const index = picker.below(size)
    const worker = fleet.whereis(keyOf(index))
    if (worker !== undefined && fleet.numberOf(worker) === first + index) completed += 1
  }
  return completed
}

/** The number of the first worker, once all have been seen to follow it in order. */
export function firstNumber<Ref>(fleet: Fleet<Ref>, size: number): number {
  const numbers = Array.from({ length: size }, (_, index) => {
    const worker = fleet.whereis(keyOf(index))
    return worker === undefined ? Number.NaN : fleet.numberOf(worker) - index
  })
  const [first = 0] = numbers
  if (numbers.every((each) => each === first)) return first
  throw new Error('Cannot check look-ups: the workers are not numbered in the order of their names')
}

/** Picks one of many places for a key, the same one each time. */
export type Pick = (key: string) => string

const pickedKeys = 65_536

/**
 * The workload of rendezvous hashing, for an arm.
 *
 * @param makePick prepares a list of places, outside of what is measured
 */
export function rendezvousWorkloads(makePick: (places: readonly string[]) => Pick): Workloads {
  return {
    async rendezvous(task) {
      const places = Array.from({ length: task.size }, (_, index) => `node-${index}`)
      const pick = makePick(places)
      const keys = Array.from({ length: Math.min(task.count, pickedKeys) }, (_, index) =>
        keyOf(index),
      )
      const picks: string[] = Array.from(keys, () => '')
      // Once per place costs what is measured, times their number.
      pickAll({ pick, keys, picks }, Math.min(warmUp.messages, Math.ceil(2e7 / task.size)))
      const interval = await timed(task, () => pickAll({ pick, keys, picks }, task.count))
      return checked(task, places, { pick, keys, picks, interval })
    },
  }
}

interface Picks {
  readonly pick: Pick
  readonly keys: readonly string[]
  /** Where each key has been put. */
  readonly picks: string[]
}

function pickAll({ pick, keys, picks }: Picks, count: number): number {
  const { length } = keys
  for (let done = 0; done < count; done += 1) {
    const at = done % length
    picks[at] = pick(keys[at] ?? '')
  }
  return count
}

/** A pick that counts is a known place, the same for the same key, and places share the keys. */
function checked(
  task: Task,
  places: readonly string[],
  { pick, keys, picks, interval }: Picks & { readonly interval: { readonly nanoseconds: number } },
): Measured {
  const shares = new Map(places.map((place) => [place, 0]))
  let wrong = 0
  for (const [at, place] of picks.entries()) {
    const share = shares.get(place)
    if (share === undefined || pick(keys[at] ?? '') !== place) wrong += 1
    else shares.set(place, share + 1)
  }
  const fair = keys.length / places.length
  // Nine deviations of a fair lottery: no chance, but a pick that ignores some places.
  const isUneven = Math.max(...shares.values()) > fair + 9 * Math.sqrt(fair) + 9
  const completed = isUneven ? 0 : task.count - wrong
  return perOperation(task.count, { ...interval, completed })
}
