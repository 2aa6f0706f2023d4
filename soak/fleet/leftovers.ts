/**
 * What must be gone once a node has stopped.
 */
import type { NodeStatistics } from 'flotilla'
import { heapAfterCollection } from './meters.ts'

/** How things were before the node was started, and at their worst. */
export interface Before {
  readonly heap: number
  readonly resources: readonly string[]
  readonly heapMax: number
}

/** Code that was compiled, and what the meters have noted, stays; a tenth of the rest may not. */
const heapGrowthMax = 16 * 1024 * 1024
const shareMax = 0.1

/** What is left, in words. */
export function leftoversOf(statistics: NodeStatistics, before: Before): readonly string[] {
  const heap = heapAfterCollection()
  return leftoversBetween(statistics, before, {
    heap,
    resources: activeResources(),
  })
}

/** As `leftoversOf`, of what was measured. */
export function leftoversBetween(
  statistics: NodeStatistics,
  before: Before,
  after: { readonly heap: number; readonly resources: readonly string[] },
): readonly string[] {
  const { processes, deadlines, monitors, links, aliases, queued, deferred } = statistics
  const rows = Object.values(statistics.rows).reduce((sum, size) => sum + size, 0)
  const tables = { processes, deadlines, monitors, links, aliases, queued, deferred, rows }
  const left = Object.entries(tables)
    .filter(([, size]) => size !== 0)
    .map(([name, size]) => `${size} ${name}`)
  for (const kind of new Set(after.resources)) {
    const more = count(after.resources, kind) - count(before.resources, kind)
    if (more > 0) left.push(`${more} ${kind}`)
  }
  const growth = after.heap - before.heap
  const allowed = heapGrowthMax + Math.max(0, before.heapMax - before.heap) * shareMax
  if (growth > allowed) left.push(`${Math.round(growth / 1024)} kB of heap`)
  return left
}

/** What keeps the program alive, by kind; without its own output, which opens when it is used. */
export function activeResources(): readonly string[] {
  return process.getActiveResourcesInfo().filter((kind) => !outputKinds.includes(kind))
}

const outputKinds = ['PipeWrap', 'TTYWrap', 'WriteWrap', 'FSReqCallback', 'TTYWRAP', 'PIPEWRAP']

function count(kinds: readonly string[], wanted: string): number {
  return kinds.filter((kind) => kind === wanted).length
}
