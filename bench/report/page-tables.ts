/**
 * The tables of the page: work by arms, and claims by limits.
 */
import type { ArmFigure, Judgement, TargetVerdict } from '../judge.ts'
import { worstOf } from '../judge.ts'
import { arms } from '../plan/arms.ts'
import type { ArmId, Metric } from '../row.ts'
import { figureText, rangeText, ratioText } from './format.ts'
import { nameOf, targetText } from './table.ts'

/** A line for each metric, a column for each arm; empty if nothing was measured. */
export function armTable(judgements: readonly Judgement[]): string {
  const measured = judgements.filter(({ figures }) => figures.length > 0)
  const columns = arms.filter(({ id }) =>
    measured.some(({ figures }) => figures.some(({ arm }) => arm === id)),
  )
  if (columns.length === 0) return ''
  const head = ['work', ...columns.map(({ title }) => title), 'ratio', 'target']
  const lines = measured.map((judgement) => [
    nameOf(judgement.row.title, judgement.metric),
    ...columns.map(({ id }) => cellOf(judgement, id)),
    ratioOfBest(judgement),
    targetsText(judgement.targets),
  ])
  return markdownTable(head, lines)
}

/** A line for each metric: what was measured and what its limit or target is. */
export function claimTable(judgements: readonly Judgement[]): string {
  const lines = judgements.flatMap(({ row, metric, figures, targets, limit }) => {
    const own = figures.find(({ arm }) => arm === 'flotilla')
    if (own === undefined) return []
    const limits = limit === undefined ? [] : [`at most ${limitText(metric)}: ${limit}`]
    const wanted = [...limits, targetsText(targets)].filter((text) => text !== '')
    return [[nameOf(row.title, metric), cellText(own, metric), wanted.join(', ')]]
  })
  return lines.length === 0 ? '' : markdownTable(['claim', 'median (min–max)', 'limit'], lines)
}

function limitText({ atMost = Number.NaN, unit }: Metric): string {
  return figureText(atMost, unit)
}

function cellOf({ figures, metric }: Judgement, id: ArmId): string {
  const figure = figures.find(({ arm }) => arm === id)
  return figure === undefined ? '–' : cellText(figure, metric)
}

function cellText({ spread }: ArmFigure, { unit }: Metric): string {
  const median = figureText(spread.median, unit)
  return spread.min === spread.max ? median : `${median} (${rangeText(spread, unit)})`
}

function ratioOfBest({ comparisons }: Judgement): string {
  const worst = worstOf(comparisons.filter(({ rival }) => rival !== 'floor'))
  return worst === undefined ? '–' : `**${ratioText(worst.ratio)}**`
}

function targetsText(targets: readonly TargetVerdict[]): string {
  return targets.map(({ target, verdict }) => `${targetText(target)}: ${verdict}`).join('; ')
}

/** A table, the first column of which is text. */
export function markdownTable(
  head: readonly string[],
  lines: readonly (readonly string[])[],
): string {
  const rule = head.map((_, index) => (index === 0 ? '---' : '---:'))
  return [head, rule, ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}
