/**
 * What many runs came to: counted as they come in, whatever their order.
 *
 * Invariant: it keeps what the summary needs, and the whole report of failed runs alone.
 */
import type { SimulateOptions } from '../testing/simulation/simulation-run.ts'
import type { RunReport, Target } from './task.ts'

/** One run, in short. */
export interface RunLine extends Target {
  readonly seed: number
  readonly ok: boolean
  readonly hash: string
  readonly events: number
  readonly virtualMs: number
  readonly cpuMs: number
}

/** A run that no process could finish. */
export interface LostRun extends Target {
  readonly seed: number
  readonly options: SimulateOptions
  readonly message: string
  /** Where its code was, if that is known, as in a stack trace. */
  readonly where: readonly string[]
}

/** Something that `sometimes` or `reachable` waits for. */
export interface Unseen {
  readonly simulation: string
  readonly what: string
}

/** Counts runs. */
export class SeedTally {
  readonly runs: RunLine[] = []
  readonly failed: RunReport[] = []
  readonly lost: LostRun[] = []
  /** Simulations of which no more seeds are run, since each may take as long as one that hung. */
  readonly hung: string[] = []
  readonly faults = new Map<string, number>()
  readonly #reasons = new Set<string>()
  readonly #seen = new Map<string, Map<string, number>>()

  /** A run that is over. @returns whether none failed for the same reason before */
  add(report: RunReport): boolean {
    const { file, name, seed, ok, hash, events, virtualMs, cpuMs } = report
    this.runs.push({ file, name, seed, ok, hash, events, virtualMs, cpuMs })
    if (!ok) this.failed.push(report)
    for (const [kind, count] of Object.entries(report.faultCounts)) add(this.faults, kind, count)
    const seen = this.#seen.get(name) ?? new Map<string, number>()
    this.#seen.set(name, seen)
    for (const [what, count] of Object.entries(report.sometimes)) add(seen, what, count)
    const reason = reasonOf(report)
    if (ok || this.#reasons.has(reason)) return false
    this.#reasons.add(reason)
    return true
  }

  /** Everybody in the order of the seeds, so that a report does not depend on who was faster. */
  sort(): void {
    const order = (one: RunLine | RunReport | LostRun, other: typeof one): number =>
      one.seed - other.seed || compare(one.name, other.name) || compare(one.file, other.file)
    this.runs.sort(order)
    this.failed.sort(order)
    this.lost.sort(order)
  }

  /** What was looked for in every run in which somebody came by, and never was. */
  unseen(): Unseen[] {
    return [...this.#seen].flatMap(([simulation, seen]) =>
      [...seen].flatMap(([what, count]) => (count === 0 ? [{ simulation, what }] : [])),
    )
  }

  /** The first failed run of each kind: the others will most often have the same cause. */
  distinct(): RunReport[] {
    const first = new Map<string, RunReport>()
    for (const report of this.failed) {
      const reason = reasonOf(report)
      if (!first.has(reason)) first.set(reason, report)
    }
    return [...first.values()]
  }

  get simulatedHours(): number {
    return this.#sum(({ virtualMs }) => virtualMs) / 3_600_000
  }

  /** Of the processes that simulate, while they do. */
  get cpuMinutes(): number {
    return this.#sum(({ cpuMs }) => cpuMs) / 60_000
  }

  #sum(value: (run: RunLine) => number): number {
    return this.runs.reduce((sum, run) => sum + value(run), 0)
  }
}

/** Runs of one simulation that fail at the same mostly have the same cause. */
function reasonOf({ file, name, failure }: RunReport): string {
  return JSON.stringify([file, name, failure?.kind, failure?.subject])
}

function add(counts: Map<string, number>, key: string, count: number): void {
  counts.set(key, (counts.get(key) ?? 0) + count)
}

function compare(one: string, other: string): number {
  if (one === other) return 0
  return one < other ? -1 : 1
}
