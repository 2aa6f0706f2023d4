/**
 * What the processes that simulate are asked, and what they answer.
 *
 * Invariant: both are plain data, which the channel between two OS processes carries unchanged.
 */
import type { SimulateOptions, SimulationRun } from '../testing/simulation/simulation-run.ts'

/** One simulation of one file. */
export interface Target {
  /** An absolute path. */
  readonly file: string
  readonly name: string
}

/** What is to be done. */
export type Task =
  | { readonly kind: 'list'; readonly file: string }
  | (Target & {
      readonly kind: 'run'
      readonly options: SimulateOptions
      /** Whether the timeline is wanted although the run passes. */
      readonly wantsTimeline: boolean
    })
  | (Target & {
      readonly kind: 'shrink'
      readonly options: SimulateOptions
      readonly maxRuns: number
    })

/** Why a run failed; the error as text. */
export type FailureReport = Omit<NonNullable<SimulationRun['failure']>, 'error'> & {
  /** Where it was thrown; empty if nothing was. */
  readonly stack: string
}

/** What came of one run. */
export type RunReport = Omit<SimulationRun, 'failure'> &
  Target & {
    readonly failure: FailureReport | undefined
    /** Milliseconds of computing. */
    readonly cpuMs: number
  }

/** What came of a task. */
export type TaskAnswer =
  | { readonly kind: 'listed'; readonly names: readonly string[] }
  | { readonly kind: 'ran'; readonly report: RunReport }
  | { readonly kind: 'shrunk'; readonly report: RunReport; readonly runs: number }
  /** The file or the options are wrong. */
  | { readonly kind: 'refused'; readonly message: string }
  /** It was ended, since it held its OS process up for too long; `where` it was, as in a stack. */
  | { readonly kind: 'hung'; readonly message: string; readonly where: readonly string[] }
  /** The OS process ended in the middle of it. */
  | { readonly kind: 'died'; readonly message: string }
  /** It was not done, because everything is to end. */
  | { readonly kind: 'stopped' }

/** Does tasks: here, or in other OS processes. */
export type Performer = (task: Task) => Promise<TaskAnswer>
