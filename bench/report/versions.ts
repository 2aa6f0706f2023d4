/**
 * Flotilla on several versions of Node, each from a run of its own, side by side.
 */
import { type Judgement, judgeRow, type MeasuredRow, worstOf } from '../judge.ts'
import { rowsOfRun } from '../plan.ts'
import type { ArmId } from '../row.ts'
import type { Run } from '../run.ts'
import { figureText, ratioText } from './format.ts'
import { markdownTable } from './page-tables.ts'
import { nameOf } from './table.ts'

/** A line for each figure against the BEAM, three columns for each run; empty for one run alone. */
export function versionTable(
  run: Run,
  rows: readonly MeasuredRow[],
  others: readonly Run[],
): string {
  if (others.length === 0) return ''
  const sides = [
    { run, judgements: judged(rows) },
    ...others.map((other) => ({ run: other, judgements: judged(rowsOfRun(other)) })),
  ]
  const head = sides.flatMap(({ run: { machine } }) => [
    `Node ${machine.node}`,
    'uncharged',
    'ratio to the BEAM',
  ])
  const lines = (sides[0]?.judgements ?? []).map((first) => [
    nameOf(first.row.title, first.metric),
    ...sides.flatMap(({ judgements }) => cells(judgements.find((each) => isSame(each, first)))),
  ])
  return lines.length === 0 ? '' : markdownTable(['work', ...head], lines)
}

function judged(rows: readonly MeasuredRow[]): Judgement[] {
  return rows.filter(({ row }) => row.group === 'beam').flatMap(judgeRow)
}

function isSame(left: Judgement, right: Judgement): boolean {
  return left.row.id === right.row.id && left.metric.figure === right.metric.figure
}

function cells(judgement: Judgement | undefined): string[] {
  const of = (id: ArmId): string => {
    const figure = judgement?.figures.find(({ arm }) => arm === id)
    if (judgement === undefined || figure === undefined) return '–'
    return figureText(figure.spread.median, judgement.metric.unit)
  }
  const best = worstOf((judgement?.comparisons ?? []).filter(({ rival }) => rival !== 'floor'))
  const ratio = best === undefined ? '–' : `**${ratioText(best.ratio)}**`
  return [of('flotilla'), of('flotilla-uncharged'), ratio]
}
