/**
 * A run as one JSON document: what was recorded, and what follows from it.
 */
import { judgeRow, type MeasuredRow } from '../judge.ts'
import type { Run } from '../run.ts'

/** The document; `--from` reads it again and leaves out what follows. */
export function runJson(run: Run, rows: readonly MeasuredRow[]): string {
  const judgements = rows.flatMap(judgeRow).map(({ row, metric, ...judgement }) => {
    const { figure, unit, better, atMost } = metric
    return { row: row.id, title: row.title, figure, unit, better, atMost, ...judgement }
  })
  return `${JSON.stringify({ ...run, judgements }, undefined, 2)}\n`
}
