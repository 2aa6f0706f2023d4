/** The table as text. */
import type { Row, Standing, Table } from './table.ts'

/** Counts per area; below, the ids that differ and those that are missing. */
export function summaryOf({ rows }: Table): string {
  const areas = [...new Set(rows.map(({ area }) => area))]
  return [
    columns('area', ['holds', 'differs', 'missing', 'lines']),
    ...areas.map((area) =>
      countLine(
        area,
        rows.filter((row) => row.area === area),
      ),
    ),
    countLine('all', rows),
    '',
    `differs: ${ids(rows, 'differs')}`,
    `missing: ${ids(rows, 'missing')}`,
  ].join('\n')
}

/** Every line with the tests that show it. */
export function fullTextOf({ rows }: Table): string {
  return rows
    .flatMap(({ id, standing, behaviour, tests }) => [
      `${id} ${standing}: ${behaviour}`,
      ...tests.map(({ path, line, title }) => `  ${path}:${line} ${title}`),
    ])
    .join('\n')
}

function countLine(name: string, rows: readonly Row[]): string {
  const standings = ['holds', 'differs', 'missing'] as const
  const counts = standings.map((standing) => rows.filter((row) => row.standing === standing).length)
  return columns(name, [...counts, rows.length])
}

function columns(name: string, cells: readonly (string | number)[]): string {
  return [name.padEnd(6), ...cells.map((cell) => String(cell).padStart(8))].join('')
}

function ids(rows: readonly Row[], standing: Standing): string {
  const found = rows.filter((row) => row.standing === standing).map(({ id }) => id)
  return found.length === 0 ? 'none' : found.join(' ')
}
