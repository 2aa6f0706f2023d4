/**
 * What many workloads begin with: workers under their names, and callers that work side by side.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Fleet } from './fleet.ts'
import { keyOf } from './keys.ts'

/** How many work side by side where a workload says so. */
export const callers = 64

/** Starts so many workers, one after the other, from the name with the number `first` on. */
export async function startWorkers<Ref>(
  fleet: Fleet<Ref>,
  count: number,
  first = 0,
): Promise<readonly string[]> {
  const keys = Array.from({ length: count }, (_, index) => keyOf(first + index))
  for (const key of keys) await fleet.start(key)
  return keys
}

/** Lets every caller work; gives the sum of what they have completed. */
export async function together(work: (caller: number) => Promise<number>): Promise<number> {
  const completed = await Promise.all(Array.from({ length: callers }, (_, caller) => work(caller)))
  return completed.reduce((sum, one) => sum + one, 0)
}

/** What falls to one caller of so many operations. */
export function shareOf(operations: number, caller: number): number {
  return Math.floor(operations / callers) + (caller < operations % callers ? 1 : 0)
}

/** How many names lead to a worker that answers for the first time since it was started. */
export async function countFresh<Ref>(fleet: Fleet<Ref>, keys: readonly string[]): Promise<number> {
  return together(async (caller) => {
    let fresh = 0
    for (let index = caller; index < keys.length; index += callers) {
      if ((await fleet.add(keys[index] ?? '')) === 1) fresh += 1
    }
    return fresh
  })
}

const looksPerTurn = 32
const patienceMs = 60_000

/**
 * A pause between two looks at what is to come about: until the reactions due have run, and now and
 * then until the event loop has come round, because some work waits for that.
 */
export class Patience {
  readonly #what: string
  readonly #beganAt = performance.now()
  #looks = 0

  constructor(what: string) {
    this.#what = what
  }

  /** @throws Error when it has taken far too long */
  pause(): Promise<void> | undefined {
    this.#looks += 1
    if (this.#looks % looksPerTurn !== 0) return undefined
    if (performance.now() - this.#beganAt > patienceMs) {
      throw new Error(`Cannot wait any longer until ${this.#what}`)
    }
    return nextTurn()
  }
}

/** Waits until something has come about; looks once per turn of the event loop. */
export async function untilSo(what: string, isSo: () => boolean): Promise<void> {
  const beganAt = performance.now()
  while (!isSo()) {
    if (performance.now() - beganAt > patienceMs) {
      throw new Error(`Cannot wait any longer until ${what}`)
    }
    await nextTurn()
  }
}
