/**
 * The end of a report: how much was simulated, what was never seen, what failed.
 */
import type { SimulateOptions } from '../testing/simulation/simulation-run.ts'
import { type CommandPlace, replayLine } from './replay-line.ts'
import { type Difference, differenceLine } from './same-as.ts'
import type { LostRun, SeedTally } from './seed-tally.ts'
import type { RunReport } from './task.ts'

/** What came of trying to make a failure smaller. */
export interface Shrunk {
  readonly report: RunReport
  readonly runs: number
}

/** Runs beside those of an earlier command. */
export interface Comparison {
  /** The document of the earlier ones. */
  readonly path: string
  readonly different: readonly Difference[]
}

/** What a command has to tell of. */
export interface RunsOutcome {
  readonly tally: SeedTally
  /** How long it took, in milliseconds. */
  readonly wallMs: number
  readonly isInterrupted: boolean
  readonly shrunk: ReadonlyMap<RunReport, Shrunk>
  /** What decided every run beside its seed. */
  readonly options: Omit<SimulateOptions, 'seed'>
  /** What comparing the runs with earlier ones came to, if somebody wanted to know. */
  readonly comparison: Comparison | undefined
  /** How and where runs would be run again. */
  readonly from: CommandPlace
}

/** So many differences say that there are differences. */
const shownDifferences = 10

/** Whether nothing failed, was lost or differs. */
export function isGood({ tally, comparison }: Pick<RunsOutcome, 'tally' | 'comparison'>): boolean {
  const different = comparison?.different ?? []
  return [tally.failed, tally.lost, different].every(({ length }) => length === 0)
}

/** The summary for people. */
export function summaryLines(outcome: RunsOutcome): string[] {
  const { tally, wallMs, isInterrupted, from, comparison } = outcome
  const failed = tally.failed.length + tally.lost.length
  const names = new Set(tally.runs.map(({ name }) => name))
  const faults = [...tally.faults].sort(([one], [other]) => (one < other ? -1 : 1))
  return [
    ...tally.lost.flatMap((lost) => lostLines(lost, from)),
    ...tally.hung.map((name) => `the other seeds of ${name} were left out`),
    ...(isInterrupted ? ['interrupted: what follows is not all'] : []),
    `${tally.runs.length} runs of ${[...names].join(', ') || 'nothing'}: ` +
      `${tally.simulatedHours.toFixed(2)} simulated hours in ${(wallMs / 1000).toFixed(1)} s, ` +
      `${perCpuMinute(tally).toFixed(1)} simulated hours per CPU minute`,
    `faults: ${faults.map(([kind, count]) => `${kind} ${count}`).join(', ') || 'none'}`,
    ...tally.unseen().map(({ simulation, what }) => `never seen in ${simulation}: ${what}`),
    ...(comparison === undefined ? [] : comparisonLines(comparison, tally)),
    failed === 0 ? 'no failures' : `${failed} of ${tally.runs.length + tally.lost.length} failed`,
  ]
}

function comparisonLines({ path, different }: Comparison, { runs }: SeedTally): string[] {
  if (different.length === 0) return [`the same hashes as in ${path}`]
  return [
    ...different.slice(0, shownDifferences).map(differenceLine),
    `${different.length} runs went another way than in ${path}, of ${runs.length}`,
  ]
}

/** A run that came to no end: why, where it was, and how to run it again. */
export function lostLines(lost: LostRun, from: CommandPlace): string[] {
  const { name, seed, message, where } = lost
  return [
    `LOST ${name} seed ${seed}: ${message}`,
    ...where.map((line) => `    ${line}`),
    '  run it again:',
    `    ${replayLine(lost, from)}`,
  ]
}

/** The summary for programs; hashes of every run, so that two machines can be compared. */
export function summaryDocument(outcome: RunsOutcome): object {
  const { tally, wallMs, isInterrupted, shrunk, from, options, comparison } = outcome
  return {
    ok: isGood(outcome) && !isInterrupted,
    interrupted: isInterrupted,
    runCount: tally.runs.length,
    simulatedHours: tally.simulatedHours,
    cpuMinutes: tally.cpuMinutes,
    simulatedHoursPerCpuMinute: perCpuMinute(tally),
    wallMs,
    faults: Object.fromEntries(tally.faults),
    neverSeen: tally.unseen(),
    failures: tally.failed.map((failed) => {
      const smaller = shrunk.get(failed)
      return {
        ...failureDocument(failed, from),
        ...(smaller === undefined ? {} : { shrunk: failureDocument(smaller.report, from) }),
      }
    }),
    ...(comparison === undefined ? {} : { comparison }),
    options,
    lost: tally.lost.map((lost) => ({ ...lost, replay: replayLine(lost, from) })),
    runs: tally.runs,
  }
}

/** A run for programs. */
export function failureDocument(report: RunReport, from: CommandPlace): object {
  return { ...report, replay: replayLine(report, from) }
}

function perCpuMinute(tally: SeedTally): number {
  return tally.cpuMinutes === 0 ? 0 : tally.simulatedHours / tally.cpuMinutes
}
