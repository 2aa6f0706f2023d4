/**
 * Whether a run has left real timers, sockets or the like in the OS process.
 *
 * Invariant: what was there before the run is not held against it, and neither is what Node takes
 * back by itself within a few turns of the event loop.
 */
import { realTurn } from '../testing/simulation/globals.ts'
import type { FailureReport } from './task.ts'

/** What is asked of an OS process. */
interface Asked {
  readonly stdout: unknown
  readonly stderr: unknown
  getActiveResourcesInfo(): string[]
}

/** So many turns of the event loop are given to what is closing. */
const turnsMax = 8

/**
 * What keeps the event loop of an OS process going, by type; its output included, which Node opens
 * when it is first looked at: no run is to be charged with that.
 */
export function activeResourcesOf(process: Asked): readonly string[] {
  for (const output of ['stdout', 'stderr'] as const) Reflect.get(process, output)
  return process.getActiveResourcesInfo()
}

/**
 * What keeps the event loop going now and did not before.
 *
 * A simulation puts its own timers in the place of the real ones and refuses what leads outside, so
 * what is found here was made with functions that code had taken before the run began.
 *
 * @param before what there was before the run, by type
 * @param activeResources what there is now, by type
 * @returns the types, one for each
 */
export async function leftBehind(
  before: readonly string[],
  activeResources: () => readonly string[],
): Promise<readonly string[]> {
  for (let turn = 1; ; turn += 1) {
    const left = without(activeResources(), before)
    if (left.length === 0 || turn === turnsMax) return left
    await new Promise<void>((resolve) => realTurn(resolve))
  }
}

function without(all: readonly string[], known: readonly string[]): readonly string[] {
  const left = [...all]
  for (const type of known) {
    const index = left.indexOf(type)
    if (index >= 0) left.splice(index, 1)
  }
  return left
}

/**
 * The failure of a run that has left something.
 *
 * @param left the types
 * @param end when the run was over, and after how many events
 */
export function leftBehindFailure(
  left: readonly string[],
  { virtualMs, events }: { readonly virtualMs: number; readonly events: number },
): FailureReport {
  const types = [...new Set(left)].sort()
  const counted = types.map((type) => `${left.filter((each) => each === type).length} ${type}`)
  return {
    kind: 'refused',
    subject: types.join(', '),
    message:
      `the run is over and has left ${counted.join(', ')} in its OS process: its code uses real ` +
      'timers or handles, by functions that it took before the run began',
    atMs: virtualMs,
    sequence: events,
    slice: [],
    stack: '',
  }
}
