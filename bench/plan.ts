/**
 * The plan: every row, and which of them a run takes, at which sizes.
 *
 * Invariant: a quick run measures the same works as a full one, only less of each.
 */
import { DecodeError } from './decode.ts'
import type { MeasuredRow } from './judge.ts'
import { beamRows } from './plan/beam.ts'
import { claimRows } from './plan/claims.ts'
import { curveRows } from './plan/curves.ts'
import { peerRows } from './plan/peers.ts'
import type { ArmId, Entry, GroupId, Row } from './row.ts'
import type { Run } from './run.ts'

/** How much is measured. */
export type Scale = 'full' | 'quick'

/** All groups, in the order in which they are shown. */
export const groups: readonly GroupId[] = ['beam', 'peers', 'claims', 'curves']

/** All rows at their full sizes, in the order in which they are measured and shown. */
export const allRows: readonly Row[] = [...beamRows, ...peerRows, ...claimRows, ...curveRows]

/** What of the plan a run takes. */
export interface Selection {
  readonly groups: readonly GroupId[]
  /** Ids; all of the groups if left out. */
  readonly only: readonly string[] | undefined
  readonly scale: Scale
  /** Adds the slowed arm where there is time to slow. */
  readonly planted: boolean
}

/** The rows of a selection. */
export function select({ groups: wanted, only, scale, planted }: Selection): Row[] {
  return allRows
    .filter(({ id, group }) => (only === undefined ? wanted.includes(group) : only.includes(id)))
    .map((row) => (scale === 'quick' ? quick(row) : row))
    .map((row) => (planted ? withPlanted(row) : row))
    .map((row) => ({ ...row, title: row.title.replace('{size}', compact(row.size)) }))
    .filter(({ entries }) => !planted || entries.some(({ arm }) => arm === 'flotilla-slowed'))
}

/** The rows of a recorded run beside those of the plan. @throws DecodeError */
export function rowsOfRun({ rows, scale, planted }: Run): MeasuredRow[] {
  const known = select({ groups, only: undefined, scale, planted })
  return rows.map((result) => {
    const row = known.find(({ id }) => id === result.id)
    if (row === undefined) throw new DecodeError(`The plan has no row ${result.id}: record anew`)
    return { row, result }
  })
}

/** What tells nothing new, or nothing that holds, of a small size. */
const quickWithout: readonly ArmId[] = ['beam-2', 'floor', 'flotilla-by-name']

function quick(row: Row): Row {
  const entries = row.entries
    .filter(({ arm }) => row.group === 'curves' || !quickWithout.includes(arm))
    .map((entry) => quickEntry(row, entry))
  return { ...row, ...smaller(row), entries, isJudged: false }
}

/** Who does less than the others because it is slow does less still. */
function quickEntry(row: Row, entry: Entry): Entry {
  const { size = row.size, count = row.count } = entry
  if (size === row.size && count === row.count) return { ...entry, ...smaller(row) }
  const tenth = (value: number): number => (value > 1_000 ? Math.round(value / 10) : value)
  return { ...entry, size: tenth(size), count: tenth(count) }
}

/** Less, but enough for compilers to have had their last word and for counts to mean something. */
function smaller({ size, count }: Amount): Amount {
  const quickSize = size <= 2_000 ? size : Math.min(50_000, Math.max(2_000, size / 10))
  if (count === size) return { size: quickSize, count: quickSize }
  const quickCount = Math.max(Math.min(count, 2_000), Math.round(count / 10))
  return { size: quickSize, count: count >= 100_000 ? 50_000 : quickCount }
}

interface Amount {
  readonly size: number
  readonly count: number
}

function withPlanted(row: Row): Row {
  if (!row.isPlantable) return row
  const [first, ...rest] = row.entries
  if (first === undefined) return row
  return { ...row, entries: [first, { arm: 'flotilla-slowed' }, ...rest] }
}

function compact(size: number): string {
  if (size >= 1_000_000) return `${size / 1_000_000} M`
  return size >= 1_000 ? `${size / 1_000} k` : `${size}`
}
