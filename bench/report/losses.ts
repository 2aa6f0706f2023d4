/**
 * Where Flotilla loses: every rival that is ahead, and every target and limit that is not reached.
 */
import type { Comparison, Judgement } from '../judge.ts'
import { armOf } from '../plan/arms.ts'
import { figureText, ratioText, timesText } from './format.ts'
import { nameOf } from './table.ts'

/** A list, or the sentence that there is nothing to list. */
export function lossLines(judgements: readonly Judgement[]): string {
  const lines = judgements.flatMap((judgement) => [
    ...judgement.comparisons.flatMap((comparison) => behind(judgement, comparison)),
    ...shortOf(judgement),
  ])
  if (lines.length > 0) return lines.join('\n')
  return 'No rival that was measured is ahead in any row, and no target or limit was missed.'
}

function behind({ row, metric }: Judgement, { rival, ratio }: Comparison): string[] {
  // The floor has none of the semantics: that it is faster is what it is for.
  if (rival === 'floor' || !(ratio.median < 1)) return []
  const times = { median: 1 / ratio.median, low: 1 / ratio.high, high: 1 / ratio.low }
  return [`- ${nameOf(row.title, metric)}: ${armOf(rival).title} is ahead by ${ratioText(times)}.`]
}

function shortOf({ row, metric, targets, limit }: Judgement): string[] {
  const name = nameOf(row.title, metric)
  const missed = targets.flatMap(({ verdict, target: { atLeast }, decisive }) => {
    // A lost row is in the list already.
    if (verdict !== 'missed' || decisive === undefined || atLeast <= 1) return []
    const reached = `${ratioText(decisive.ratio)} of ${armOf(decisive.rival).title}`
    return [`- ${name}: ${reached}, and ${timesText(atLeast)} was the target.`]
  })
  if (limit !== 'missed' || metric.atMost === undefined) return missed
  return [...missed, `- ${name}: over the limit of ${figureText(metric.atMost, metric.unit)}.`]
}
