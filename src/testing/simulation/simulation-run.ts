/**
 * What came of one run of a simulation, and what brings it about again.
 */
import type { FaultKind, FaultRates, FaultRecord } from './fault.ts'

/** Who goes next in a simulation. */
export type ScheduleName = 'random' | 'priority' | 'fifo'

/** Everything that decides a run, besides the simulation itself: the same again gives the same. */
export interface SimulateOptions {
  /** An integer from 0 to 2^32 - 1. */
  readonly seed: number
  /** How long the faults last, in minutes of the time of the world; default 1. */
  readonly minutes?: number
  /** Default: drawn from the seed. */
  readonly schedule?: ScheduleName
  /** In the place of those of the definition. */
  readonly faults?: 'swarm' | 'none' | FaultRates
  /** The faults that happen, by their names in `injected` of an earlier run; default all drawn. */
  readonly onlyFaults?: readonly string[]
  /** How many nodes, in the place of those of the definition. */
  readonly nodes?: number
  /** Which clients there are, by name; default all. */
  readonly onlyClients?: readonly string[]
  /** How many of the last events the timeline has; default 200. */
  readonly timelineLength?: number
}

/** What was drawn or given: printed with every failure. */
export interface DrawnOptions {
  readonly schedule: ScheduleName
  readonly minutes: number
  readonly nodes: number
  readonly clients: readonly string[]
  readonly faults: FaultRates
}

/** Why a run failed. */
export interface SimulationFailure {
  /**
   * `invariant`: one does not hold. `check`: `always`, or `finally` of the definition. `client`:
   * one has rejected. `start`: the first start of a node failed. `stalled`: the faults are over,
   * and somebody waits for what does not come. `unhandled`: an error that no process and nobody
   * else handled. `refused`: code of the system tried to leave the simulation. `internal`: the
   * runtime or the simulation itself failed.
   */
  readonly kind:
    | 'invariant'
    | 'check'
    | 'client'
    | 'start'
    | 'stalled'
    | 'unhandled'
    | 'refused'
    | 'internal'
  /** Which invariant, check, client or name; empty if there is nothing to say. */
  readonly subject: string
  readonly message: string
  /** What was thrown, if something was. */
  readonly error: unknown
  readonly atMs: number
  /** The event of the timeline at which it was found. */
  readonly sequence: number
  /** What led to it, the oldest first: who sent what to whom. */
  readonly slice: readonly string[]
}

/** What came of one run. */
export interface SimulationRun {
  readonly ok: boolean
  readonly name: string
  readonly seed: number
  /** Undefined exactly if `ok`. */
  readonly failure: SimulationFailure | undefined
  readonly drawn: DrawnOptions
  /** Of everything that happened, as hexadecimal text: the same for the same seed and code. */
  readonly hash: string
  /** How many events there were. */
  readonly events: number
  /** How many times somebody was let go on. */
  readonly steps: number
  /** How far the time of the world came, in milliseconds. */
  readonly virtualMs: number
  /** How often each kind of fault happened. */
  readonly faultCounts: Readonly<Partial<Record<FaultKind, number>>>
  /** The faults that happened, in order; their names are for `onlyFaults`. */
  readonly injected: readonly FaultRecord[]
  /** How often each `sometimes` was true, and each `reachable` was reached; 0 if never. */
  readonly sometimes: Readonly<Record<string, number>>
  /** The last events, a line each. */
  readonly timeline: readonly string[]
  /** What brings exactly this run about again. */
  readonly options: SimulateOptions
}
