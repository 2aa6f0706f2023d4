/**
 * A run as text for a terminal: a block for each row, a line for each arm, and the verdicts.
 */
import type { Comparison, Judgement, MeasuredRow } from '../judge.ts'
import { judgeRow } from '../judge.ts'
import { type ArmResult, standingOf } from '../outcome.ts'
import { armOf } from '../plan/arms.ts'
import type { Metric, Target } from '../row.ts'
import { figureText, rangeText, ratioText, timesText } from './format.ts'

/** A row and what it came to. */
export function rowText(measured: MeasuredRow): string {
  const { row, result } = measured
  const rounds = Math.max(0, ...result.arms.map(({ outcomes }) => outcomes.length))
  const judgements = judgeRow(measured)
  const head = `${row.id}: ${row.title} (${amountText(row)}, ${roundsText(rounds)})`
  const silent = result.arms.flatMap((arm) => silentText(arm) ?? [])
  const parts = judgements.map((judgement) => metricText(judgement, result.arms))
  return [head, ...parts, ...silent].filter((part) => part !== '').join('\n')
}

/** How much of a thing was measured, as `size 1,000, 20,000 times`. */
function amountText({ size, count }: { size: number; count: number }): string {
  const often = count === size ? '' : `, ${count.toLocaleString('en-US')} times`
  return `size ${size.toLocaleString('en-US')}${often}`
}

/** One line for each arm of a metric, then what became of the targets. */
function metricText(judgement: Judgement, arms: readonly ArmResult[]): string {
  const { metric, figures, comparisons, planted } = judgement
  const lines = figures.map(({ arm, spread }) => {
    const comparison = comparisons.find(({ rival }) => rival === arm)
    const amount = ownAmount(
      judgement,
      arms.find((each) => each.arm === arm),
    )
    return [
      `  ${armOf(arm).title}${amount}`.padEnd(34),
      figureText(spread.median, metric.unit).padStart(11),
      `  ${rangeText(spread, metric.unit).padEnd(15)}`,
      comparison === undefined ? '' : standingText(comparison),
    ].join('')
  })
  const name = metric.title === undefined ? [] : [`  - ${metric.title}`]
  return [...name, ...lines.map((line) => line.trimEnd()), ...verdictLines(judgement)]
    .concat(planted === undefined ? [] : [`  => ${standingText(planted)}: the planted loss`])
    .join('\n')
}

function roundsText(rounds: number): string {
  return rounds === 1 ? 'one round' : `${rounds} rounds`
}

/** Who is ahead of whom, and by how much, as `Flotilla is ahead by 8.2× (7.9–8.8)`. */
function standingText({ subject, ratio }: Comparison): string {
  const { median, low, high } = ratio
  const name = armOf(subject).title
  if (!Number.isFinite(median)) return 'cannot be compared'
  if (median >= 1) return `${name} is ahead by ${ratioText(ratio)}`
  const behind = { median: 1 / median, low: 1 / high, high: 1 / low }
  return `${name} is BEHIND by ${ratioText(behind)}`
}

function verdictLines({ metric, targets, limit }: Judgement): string[] {
  return [
    ...targets.map(({ target, verdict, decisive }) => {
      const best = decisive === undefined ? '' : `, best is ${armOf(decisive.rival).title}`
      return `  => target ${targetText(target)}${best}: ${verdict}`
    }),
    ...(limit === undefined || metric.atMost === undefined
      ? []
      : [`  => limit ${figureText(metric.atMost, metric.unit)}: ${limit}`]),
  ]
}

/** A target in words, as `8× the BEAM` or `ahead of every peer`. */
export function targetText({ atLeast, of }: Target): string {
  return atLeast === 1 ? `ahead of ${of}` : `${timesText(atLeast)} ${of}`
}

/** Why an arm has no figures, in a line; undefined if it has. */
function silentText(result: ArmResult): string | undefined {
  const standing = standingOf(result)
  const title = armOf(result.arm).title.padEnd(32)
  switch (standing.kind) {
    case 'measured':
      return undefined
    case 'lacks':
      return `  ${title}has no such thing: ${standing.why}`
    case 'missing':
      return `  ${title}not measured: ${standing.why}`
    case 'failed':
      return `  ${title}FAILED in ${standing.why}`
    case 'refused':
      return `  ${title}REFUSED in ${standing.why}`
  }
}

/** Said of an arm that did less than the row asks for. */
function ownAmount({ row }: Judgement, result: ArmResult | undefined): string {
  if (result === undefined) return ''
  const { size, count } = result
  return size === row.size && count === row.count ? '' : ` (${amountText(result)})`
}

/** Whether a metric is worth a title of its own. */
export function nameOf(title: string, metric: Metric): string {
  return metric.title === undefined ? title : `${title}: ${metric.title}`
}
