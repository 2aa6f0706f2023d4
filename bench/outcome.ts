/**
 * What one arm came to in one round, and what all rounds of it come to.
 *
 * Invariant: figures are believed only if every operation that was intended was completed, in every
 * round.
 */
import type { ArmId, Figures, Metric } from './row.ts'

/** One arm in one round. */
export type Outcome =
  | {
      readonly kind: 'measured'
      readonly intended: number
      readonly completed: number
      readonly figures: Figures
    }
  /** The arm has no such thing. */
  | { readonly kind: 'lacks'; readonly why: string }
  /** The arm cannot be run here. */
  | { readonly kind: 'missing'; readonly how: string }
  | { readonly kind: 'failed'; readonly message: string }

/** One arm of a row in all rounds. */
export interface ArmResult {
  readonly arm: ArmId
  readonly size: number
  readonly count: number
  /** By rounds. */
  readonly outcomes: readonly Outcome[]
}

/** What all rounds of an arm come to. */
export type Standing =
  | { readonly kind: 'measured' }
  | { readonly kind: 'lacks' | 'missing' | 'failed' | 'refused'; readonly why: string }

/** What all rounds of an arm come to: the worst of them. */
export function standingOf({ outcomes }: ArmResult): Standing {
  for (const [index, outcome] of outcomes.entries()) {
    const round = `round ${index + 1}`
    if (outcome.kind === 'failed') return { kind: 'failed', why: `${round}: ${outcome.message}` }
    if (outcome.kind !== 'measured') continue
    const { intended, completed } = outcome
    if (intended === completed && intended > 0) continue
    return { kind: 'refused', why: `${round}: intended ${intended}, completed ${completed}` }
  }
  const [first] = outcomes
  switch (first?.kind) {
    case undefined:
      return { kind: 'missing', why: 'interrupted before its first round' }
    case 'lacks':
      return { kind: 'lacks', why: first.why }
    case 'missing':
      return { kind: 'missing', why: first.how }
    default:
      return { kind: 'measured' }
  }
}

/** The figure a metric is about; undefined if the arm did not tell it. */
export function figureOf({ figure, from }: Metric, figures: Figures): number | undefined {
  const value = from === undefined ? figures[figure] : from(figures)
  return value === undefined || Number.isNaN(value) ? undefined : value
}

/** A figure by rounds; none unless the arm stands as measured. */
export function figureByRounds(result: ArmResult, metric: Metric): number[] {
  if (standingOf(result).kind !== 'measured') return []
  const all = result.outcomes.map((outcome) =>
    outcome.kind === 'measured' ? figureOf(metric, outcome.figures) : undefined,
  )
  // Missing in one, it is missing in all: the arm does not tell it.
  return all.flatMap((figure) => figure ?? [])
}
