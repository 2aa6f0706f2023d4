/**
 * What one thread can do at most, and the load that is a fair share of it.
 *
 * A soak at full load measures how queues grow, not whether anything breaks; so the load is kept at
 * 65 % of what the thread does when it never waits.
 */
import type { Facts } from './facts.ts'
import { runSoak } from './run.ts'
import type { LevelName, Load } from './workload.ts'
import type { Plan } from './world.ts'

/** What was measured. */
export interface Ceiling {
  readonly callsPerSecond: number
  readonly endsPerSecond: number
}

/** A load, and what was changed about it. */
export interface FittedLoad {
  readonly load: Load
  /** In words: what the level asks for, what the thread can do, and what follows. */
  readonly said: string
}

/** The share of the ceiling that a soak may use. */
const shareMax = 0.65
const measureSeconds = 6
/** So many calls under way keep the thread busy; more would only wait. */
const inFlightMax = 256

/** Runs the workload as fast as the thread goes, with as many ends for each call as the level. */
export async function measureCeiling(
  plan: Plan,
  level: LevelName,
  signal: AbortSignal,
): Promise<Ceiling> {
  const load = { ...plan.load, seconds: measureSeconds, keeperLossEverySeconds: 0 }
  const { facts } = await runSoak(
    { ...plan, load: { ...load, stallEverySeconds: 0 }, plant: undefined },
    { level, signal, collects: false, observe: () => undefined, inFlightMax },
  )
  return ceilingOf(facts)
}

/** What a run without a pause came to. */
export function ceilingOf({ calls, blows, seconds }: Facts): Ceiling {
  const ends = Object.values(blows).reduce((sum, count) => sum + count, 0)
  return {
    callsPerSecond: Math.floor(calls.answered / seconds),
    endsPerSecond: Math.floor(ends / seconds),
  }
}

/** Lowers a load to a fair share of the ceiling, if it is above that. */
export function fitLoad(load: Load, ceiling: Ceiling): FittedLoad {
  const share = load.callsPerSecond / ceiling.callsPerSecond
  const asks = `the level asks for ${number(load.callsPerSecond)} calls/s with ${rate(load)}`
  const can =
    `one thread does ${number(ceiling.callsPerSecond)} calls/s ` +
    `with ${number(ceiling.endsPerSecond)} ends/s`
  if (share <= shareMax) {
    return { load, said: `${can}; ${asks}, ${percent(share)} of it: kept` }
  }
  const fitted = {
    ...load,
    callsPerSecond: Math.floor(ceiling.callsPerSecond * shareMax),
    endsPerSecond: Math.floor(load.endsPerSecond * (shareMax / share)),
  }
  const becomes = `set to ${number(fitted.callsPerSecond)} calls/s with ${rate(fitted)}`
  return { load: fitted, said: `${can}; ${asks}, ${percent(share)} of it: ${becomes}` }
}

function rate({ endsPerSecond }: Load): string {
  return `${number(endsPerSecond)} ends/s`
}

function number(value: number): string {
  return value.toLocaleString('en-US')
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`
}
