/**
 * Why a row misses its target: the floor beside it, where the time goes, and what follows.
 */
import { type Explanation, isMissed } from '../explain.ts'
import { type Judgement, worstOf } from '../judge.ts'
import { armOf } from '../plan/arms.ts'
import { reasons } from '../plan/reasons.ts'
import type { Row } from '../row.ts'
import { figureText, timesText } from './format.ts'
import { nameOf } from './table.ts'

/** A profile as text for a terminal. */
export function profileText(row: Row, { sampledMs, buckets }: Explanation): string {
  const lines = buckets.map(({ name, share }) => `  ${percent(share).padStart(5)}  ${name}`)
  return `${row.id}: ${row.title}, ${Math.round(sampledMs)} ms\n${lines.join('\n')}\n`
}

/** A heading for each row that misses a target, with all there is to say; empty if none does. */
export function explanationText(
  judgements: readonly Judgement[],
  explanations: readonly Explanation[],
): string {
  const missed = judgements.filter(isMissed)
  const rows = new Map(missed.map(({ row }) => [row.id, row]))
  return [...rows.values()]
    .map((row) => {
      const profile = explanations.find((each) => each.row === row.id)
      const parts = [
        `### ${row.title} (\`${row.id}\`)`,
        missed
          .filter((each) => each.row.id === row.id)
          .map(besideFloor)
          .join('\n'),
        profile === undefined ? '' : bucketTable(profile),
        reasons[row.id] ?? '',
      ]
      return parts.filter((part) => part !== '').join('\n\n')
    })
    .join('\n\n')
}

/** Flotilla, the floor and the best rival, in one line. */
function besideFloor({ row, metric, figures, comparisons }: Judgement): string {
  const told = figures
    .filter(({ arm }) => arm === 'flotilla' || arm === 'floor')
    .map(({ arm, spread }) => `${armOf(arm).title} ${figureText(spread.median, metric.unit)}`)
  const floor = comparisons.find(({ rival }) => rival === 'floor')
  const multiple =
    floor === undefined ? [] : [`${timesText(1 / floor.ratio.median)} the cost of the floor`]
  const best = worstOf(comparisons.filter(({ rival }) => rival !== 'floor'))
  const rival = figures.find(({ arm }) => arm === best?.rival)
  const beside =
    rival === undefined
      ? []
      : [`${armOf(rival.arm).title} ${figureText(rival.spread.median, metric.unit)}`]
  return `- ${nameOf(row.title, metric)}: ${[...told, ...multiple, ...beside].join(', ')}.`
}

function bucketTable({ buckets }: Explanation): string {
  const lines = buckets.map(({ name, share }) => `| ${name} | ${percent(share)} |`)
  return ['| self time, of what was measured | share |', '| --- | ---: |', ...lines].join('\n')
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}
