/**
 * What the figures of a run mean: how many times better Flotilla is than each rival, and whether
 * that reaches the targets.
 *
 * Invariant: everything said here follows from the recorded figures and the plan.
 */
import { type ArmResult, figureByRounds } from './outcome.ts'
import { isOurs } from './plan/arms.ts'
import type { ArmId, Metric, Row, Target } from './row.ts'
import type { RowResult } from './run.ts'
import { type Ratio, ratioOf, type Spread, spreadOf } from './statistics.ts'

/** A row of the plan and what was measured of it. */
export interface MeasuredRow {
  readonly row: Row
  readonly result: RowResult
}

/** One figure of one arm. */
export interface ArmFigure {
  readonly arm: ArmId
  readonly spread: Spread
}

/** Flotilla, or what stands for it, beside a rival. */
export interface Comparison {
  readonly subject: ArmId
  readonly rival: ArmId
  readonly ratio: Ratio
}

/**
 * What became of a target.
 *
 * met: the whole interval reaches it; unclear: it lies inside the interval; missed: the whole
 * interval stays below; not judged: the sizes are not those of the target.
 */
export type Verdict = 'met' | 'unclear' | 'missed' | 'not measured' | 'not judged'

/** A target and what became of it. */
export interface TargetVerdict {
  readonly target: Target
  readonly verdict: Verdict
  /** The comparison that decides: that with the best of the rivals; none if none was measured. */
  readonly decisive: Comparison | undefined
}

/** All that is known of one metric of a row. */
export interface Judgement {
  readonly row: Row
  readonly metric: Metric
  readonly figures: readonly ArmFigure[]
  readonly comparisons: readonly Comparison[]
  readonly targets: readonly TargetVerdict[]
  /** Whether the figure stays within its own limit; undefined if it has none. */
  readonly limit: Verdict | undefined
  /** Flotilla's slowed arm beside Flotilla, if it took part. */
  readonly planted: Comparison | undefined
}

/** Judges every metric of a row. */
export function judgeRow({ row, result }: MeasuredRow): Judgement[] {
  return row.metrics.map((metric) => judgeMetric(row, metric, result))
}

/** Whether more rounds could tell what these have not: a target lies inside an interval. */
export function isUnclear(judgements: readonly Judgement[]): boolean {
  return judgements.some(
    ({ targets, limit }) =>
      limit === 'unclear' || targets.some(({ verdict }) => verdict === 'unclear'),
  )
}

function judgeMetric(row: Row, metric: Metric, { arms }: RowResult): Judgement {
  const compare = (subject: ArmId, rival: ArmId): Comparison | undefined => {
    const pairs = pairsOf(metric, armIn(arms, subject), armIn(arms, rival))
    if (pairs.length === 0) return undefined
    return { subject, rival, ratio: ratioOf(pairs, metric.better) }
  }
  const comparisons = arms
    .filter(({ arm }) => !isOurs(arm))
    .flatMap(({ arm }) => compare('flotilla', arm) ?? [])
  return {
    row,
    metric,
    figures: arms.flatMap((result) => {
      const figures = figureByRounds(result, metric)
      return figures.length === 0 ? [] : [{ arm: result.arm, spread: spreadOf(figures) }]
    }),
    comparisons,
    targets: metric.targets.map((target) => {
      const { against, atLeast } = target
      const decisive = worstOf(comparisons.filter(({ rival }) => against.includes(rival)))
      return { target, decisive, verdict: verdictOf(row, decisive?.ratio, atLeast) }
    }),
    limit: limitVerdict(row, metric, armIn(arms, 'flotilla')),
    planted: compare('flotilla-slowed', 'flotilla'),
  }
}

/** The comparison in which the subject looks worst, so with its best rival. */
export function worstOf(comparisons: readonly Comparison[]): Comparison | undefined {
  return comparisons.toSorted((left, right) => left.ratio.median - right.ratio.median)[0]
}

function pairsOf(metric: Metric, ours: ArmResult | undefined, theirs: ArmResult | undefined) {
  if (ours === undefined || theirs === undefined) return []
  const theirFigures = figureByRounds(theirs, metric)
  return figureByRounds(ours, metric).flatMap((our, round) => {
    const their = theirFigures[round]
    return their === undefined ? [] : [{ ours: our, theirs: their }]
  })
}

function armIn(arms: readonly ArmResult[], id: ArmId): ArmResult | undefined {
  return arms.find(({ arm }) => arm === id)
}

function verdictOf({ isJudged }: Row, ratio: Ratio | undefined, atLeast: number): Verdict {
  if (ratio === undefined) return 'not measured'
  if (!isJudged) return 'not judged'
  if (ratio.low >= atLeast) return 'met'
  return ratio.high < atLeast ? 'missed' : 'unclear'
}

/** A limit is a target beside a rival that always has exactly the limit. */
function limitVerdict(row: Row, metric: Metric, ours: ArmResult | undefined): Verdict | undefined {
  const { atMost, better } = metric
  if (atMost === undefined) return undefined
  const figures = ours === undefined ? [] : figureByRounds(ours, metric)
  if (figures.length === 0) return 'not measured'
  const pairs = figures.map((our) => ({ ours: our, theirs: atMost }))
  return verdictOf(row, ratioOf(pairs, better), 1)
}
