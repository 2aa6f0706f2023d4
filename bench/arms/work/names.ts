/**
 * Finding the worker of a name, and the place of a key among many.
 */
import { perOperation, timed, type Workloads } from '../arm.ts'
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

/** As many as the arm on the BEAM has: what is measured is hashing, not the way to the keys. */
const pickedKeys = 1_024

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
      const keys = Array.from({ length: pickedKeys }, (_, index) => keyOf(index))
      const known = new Set(places)
      const expected = keys.map((key) => {
        const place = pick(key)
        return known.has(place) && pick(key) === place ? place : ''
      })
      const picks = { pick, keys, expected }
      // Once per place costs what is measured, times their number.
      pickAll(picks, Math.min(warmUp.messages, Math.ceil(2e7 / task.size)))
      const { completed, ...interval } = await timed(task, () => pickAll(picks, task.count))
      return perOperation(task.count, {
        ...interval,
        completed: isShared(expected, places) ? completed : 0,
      })
    },
  }
}

interface Picks {
  readonly pick: Pick
  readonly keys: readonly string[]
  /** The place of each key, if it is one and always the same. */
  readonly expected: readonly string[]
}

/** Gives how many picks led to the place that the key had before. */
function pickAll({ pick, keys, expected }: Picks, count: number): number {
  let completed = 0
  let at = 0
  for (let done = 0; done < count; done += 1) {
    const place = pick(keys[at] ?? '')
    if (place !== '' && place === expected[at]) completed += 1
    at = at + 1 < keys.length ? at + 1 : 0
  }
  return completed
}

/** Whether places share the keys about as a fair lottery would do it. */
function isShared(expected: readonly string[], places: readonly string[]): boolean {
  const shares = new Map<string, number>()
  for (const place of expected) shares.set(place, (shares.get(place) ?? 0) + 1)
  const fair = expected.length / places.length
  // Nine deviations: no chance, but a pick that ignores some places.
  return Math.max(...shares.values()) <= fair + 9 * Math.sqrt(fair) + 9
}
