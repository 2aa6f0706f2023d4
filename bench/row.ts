/**
 * What the benchmark measures, as data: arms, rows, figures and the targets they are held against.
 *
 * Invariant: a target speaks of "times better", so that more is always better: 6 is a sixth of the
 * bytes as well as six times the operations per second.
 */

/** The figures of an arm, by their names. */
export type Figures = Readonly<Record<string, number>>

/** Who takes part. */
export type ArmId =
  | 'flotilla'
  | 'flotilla-slowed'
  | 'flotilla-uncharged'
  | 'flotilla-by-name'
  | 'floor'
  | 'beam'
  | 'beam-2'
  | 'nact'
  | 'comedy'
  | 'xstate'
  | 'effect'
  | 'effect-unsafe'
  | 'effect-cluster'
  | 'promise-chain'

/** How the rows are divided; each group can be run by itself. */
export type GroupId = 'beam' | 'peers' | 'curves' | 'claims'

/** What an arm is asked to do. */
export interface Task {
  readonly workload: string
  /** How many workers, keys or nodes there are. */
  readonly size: number
  /** How many operations are measured. */
  readonly count: number
  /** The work is done twice in the measured time and counted once: a planted loss. */
  readonly slow: boolean
}

/** At least so many times better than the best of some rivals that could be measured. */
export interface Target {
  /** Who they are, in words. */
  readonly of: string
  readonly against: readonly ArmId[]
  readonly atLeast: number
}

/** One number of a workload. */
export interface Metric {
  /** The arm's name of it, or the name of what is made of several. */
  readonly figure: string
  /** How it is made of the arm's figures; left out, it is the one of that name. */
  readonly from?: (figures: Figures) => number
  /** Only Flotilla has it. */
  readonly isOwn?: boolean
  /** Said beside the row's title where a row has several. */
  readonly title?: string
  readonly unit: Unit
  readonly better: 'less' | 'more'
  readonly targets: readonly Target[]
  /** What Flotilla's own figure must not exceed, whatever the rivals do. */
  readonly atMost?: number
}

/** In what a figure is told. */
export type Unit = 'ns' | 'µs' | 'ms' | 's' | '/s' | 'B' | 'ms/s' | '×' | '%'

/** Who takes part in a row, and with how much if not with as much as the row says. */
export interface Entry {
  readonly arm: ArmId
  readonly size?: number
  readonly count?: number
  /** What the arm calls the row's workload, if it has another name for it. */
  readonly workload?: string
  /** Why this arm does less, or what is different about it. */
  readonly note?: string
}

/** The same work for several arms. */
export interface Row {
  readonly id: string
  readonly group: GroupId
  /** In the plan with `{size}` where the size belongs. */
  readonly title: string
  readonly workload: string
  readonly size: number
  readonly count: number
  readonly entries: readonly Entry[]
  readonly metrics: readonly Metric[]
  /** Flotilla's slowed arm can do it: the measured time is that of the work alone. */
  readonly isPlantable: boolean
  /** Whether its sizes are those of the targets and limits; in a quick run they are not. */
  readonly isJudged: boolean
  /** The most rounds it has, where one takes long or all are the same. */
  readonly roundsMax?: number
  /** What V8 is told besides `--expose-gc`. */
  readonly nodeFlags: readonly string[]
  /** The point of a curve that this row is. */
  readonly point?: { readonly curve: string; readonly at: number }
}
