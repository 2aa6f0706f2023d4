/**
 * I25: the same seed, the same run.
 */
import type { Simulation } from '../definition.ts'
import { simulate } from '../simulate.ts'
import type { SimulateOptions, SimulationRun } from '../simulation-run.ts'

/** Where two runs of the same options went different ways. */
export interface Divergence {
  /** The hashes of the two runs. */
  readonly hashes: readonly [string, string]
  /**
   * The first line of their timelines that differs, of both; undefined if they differ before what
   * the timelines have.
   */
  readonly lines: readonly [string | undefined, string | undefined] | undefined
}

/** What came of running one seed twice. */
export interface DeterminismCheck {
  /** Whether both runs went exactly the same way. */
  readonly ok: boolean
  /** Undefined exactly if `ok`. */
  readonly divergence: Divergence | undefined
  readonly runs: readonly [SimulationRun, SimulationRun]
}

const timelineLength = 20_000

/**
 * I25: runs a simulation twice with the same options and compares everything that happened.
 *
 * What differs depends on something that the simulation does not decide, such as the time of the
 * real world, an address in memory or what an earlier run left behind.
 *
 * @param simulation from `simulation`
 * @param options as for `simulate`
 * @returns whether the hashes are the same, both runs, and where they went different ways
 * @throws ArgumentError (as a rejection) as `simulate` does
 *
 * Not for whether the runs were right: see `ok` of each.
 */
export async function checkDeterminism<M>(
  simulation: Simulation<M>,
  options: SimulateOptions,
): Promise<DeterminismCheck> {
  const first = await simulate(simulation, options)
  const second = await simulate(simulation, first.options)
  if (first.hash === second.hash) {
    return { ok: true, divergence: undefined, runs: [first, second] }
  }
  const longer = { ...first.options, timelineLength }
  const runs = [await simulate(simulation, longer), await simulate(simulation, longer)] as const
  const hashes = [first.hash, second.hash] as const
  const lines = differingLines(runs[0].timeline, runs[1].timeline)
  return { ok: false, divergence: { hashes, lines }, runs: [first, second] }
}

/** The first lines that differ; undefined if the timelines are the same, or begin apart. */
export function differingLines(
  one: readonly string[],
  other: readonly string[],
): Divergence['lines'] {
  const length = Math.max(one.length, other.length)
  for (let index = 0; index < length; index += 1) {
    if (one[index] !== other[index]) return [one[index], other[index]]
  }
  return undefined
}
