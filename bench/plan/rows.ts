/**
 * What the tables of rows are written with.
 */
import type { GroupId, Metric, Row } from '../row.ts'

/** Time of one operation. */
export const nanoseconds: Metric = {
  figure: 'nsPerOperation',
  unit: 'ns',
  better: 'less',
  targets: [],
}

/** Operations in a second. */
export const perSecond: Metric = {
  figure: 'operationsPerSecond',
  unit: '/s',
  better: 'more',
  targets: [],
}

/** Time of the whole. */
export const milliseconds: Metric = {
  figure: 'milliseconds',
  unit: 'ms',
  better: 'less',
  targets: [],
}

/** Heap of one worker. */
export const bytes: Metric = { figure: 'bytesPerWorker', unit: 'B', better: 'less', targets: [] }

/** What a row needs besides its id and title. */
export interface RowParts {
  readonly group: GroupId
  /** Workload, size, count. */
  readonly work: readonly [workload: string, size: number, count: number]
  readonly entries: Row['entries']
  readonly metrics: readonly Metric[]
  readonly isPlantable?: boolean
  readonly nodeFlags?: readonly string[]
  readonly roundsMax?: number
  readonly point?: NonNullable<Row['point']>
}

/** A row, plantable unless it says otherwise. */
export function row(id: string, title: string, parts: RowParts): Row {
  const { work, isPlantable = true, nodeFlags = [], ...rest } = parts
  const [workload, size, count] = work
  return {
    id,
    title,
    workload,
    size,
    count,
    isJudged: true,
    isPlantable,
    nodeFlags,
    ...rest,
  }
}
