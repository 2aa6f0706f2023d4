/**
 * Rounds: the arms of a row take turns, A B C A B C, so that what changes on the machine while the
 * row is measured changes for all of them.
 *
 * Invariant: an arm takes its next turn only when every other arm of the row has had as many.
 */
import { type ArmResult, figureOf, type Outcome } from './outcome.ts'
import { isOurs } from './plan/arms.ts'
import type { ArmId, Entry, Row, Task } from './row.ts'
import type { RowResult } from './run.ts'

/** Measures one arm once. */
export type Measure = (arm: ArmId, task: Task, row: Row) => Promise<Outcome>

/** How rows are measured. */
export interface Rounds {
  readonly measure: Measure
  /** How many rounds each row has at least. */
  readonly rounds: number
  /** How many it may have, if `wantsMore` asks for more. */
  readonly roundsMax: number
  /** Whether a row is to have another round after those it has had. */
  wantsMore(row: Row, result: RowResult): boolean
  readonly signal: AbortSignal
  /** Called with each row that has been measured, and with what there is of an interrupted one. */
  measured(row: Row, result: RowResult): void
  /** Called before every turn. */
  observe(turn: Turn): void
  currentLoad(): number
}

/** Whose turn it is. */
export interface Turn {
  readonly row: Row
  readonly arm: ArmId
  /** From 1. */
  readonly round: number
}

/** Measures rows, one after the other; when interrupted, what there is by then. */
export async function measureRows(rows: readonly Row[], rounds: Rounds): Promise<RowResult[]> {
  const results: RowResult[] = []
  for (const row of rows) {
    if (rounds.signal.aborted) break
    const measuring = new MeasuredRow(row, rounds)
    await measuring.run()
    const result = measuring.result()
    results.push(result)
    rounds.measured(row, result)
  }
  return results
}

class MeasuredRow {
  readonly #row: Row
  readonly #rounds: Rounds
  readonly #loads: number[] = []
  readonly #outcomes: readonly { readonly entry: Entry; readonly outcomes: Outcome[] }[]

  constructor(row: Row, rounds: Rounds) {
    this.#row = row
    this.#rounds = rounds
    this.#outcomes = row.entries.map((entry) => ({ entry, outcomes: [] }))
  }

  async run(): Promise<void> {
    const { signal, wantsMore } = this.#rounds
    const limit = this.#row.roundsMax ?? Number.POSITIVE_INFINITY
    const roundsMax = Math.min(this.#rounds.roundsMax, limit)
    const rounds = Math.min(this.#rounds.rounds, limit)
    for (let round = 1; round <= roundsMax && !signal.aborted; round++) {
      if (round > rounds && !wantsMore(this.#row, this.result())) return
      await this.#round(round)
    }
  }

  result(): RowResult {
    const { id, size, count } = this.#row
    const arms = this.#outcomes.map(({ entry, outcomes }): ArmResult => {
      return { arm: entry.arm, size: entry.size ?? size, count: entry.count ?? count, outcomes }
    })
    return { id, loads: this.#loads, arms }
  }

  async #round(round: number): Promise<void> {
    const { measure, signal, observe, currentLoad } = this.#rounds
    this.#loads.push(currentLoad())
    for (const { entry, outcomes } of this.#outcomes) {
      if (outcomes.some(({ kind }) => kind !== 'measured')) continue
      observe({ row: this.#row, arm: entry.arm, round })
      const outcome = await measure(entry.arm, this.#taskOf(entry), this.#row)
      // What an interrupt cut short says nothing about the arm.
      if (signal.aborted) return
      outcomes.push(this.#complete(entry.arm, outcome))
    }
  }

  #taskOf({ arm, ...own }: Entry): Task {
    const { workload, size, count } = { ...this.#row, ...own }
    return { workload, size, count, slow: arm === 'flotilla-slowed' }
  }

  /** An answer without a figure that the row is about is no answer. */
  #complete(arm: ArmId, outcome: Outcome): Outcome {
    if (outcome.kind !== 'measured') return outcome
    const absent = this.#row.metrics
      .filter(({ isOwn = false }) => isOurs(arm) || !isOwn)
      .filter((metric) => figureOf(metric, outcome.figures) === undefined)
    if (absent.length === 0) return outcome
    const names = absent.map(({ figure }) => figure).join(', ')
    const has = Object.keys(outcome.figures).join(', ')
    return { kind: 'failed', message: `told no ${names}, but ${has}` }
  }
}
