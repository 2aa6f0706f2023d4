/**
 * What a node holds and has done, as plain numbers.
 */
import type { Counters, NodeRuntime } from './node-runtime.ts'

/** Table sizes now and counts since the start. */
export interface NodeStatistics extends Counters {
  /** Living processes. */
  readonly processes: number
  /** Deadlines waiting: call time-outs, timers, back-offs. */
  readonly deadlines: number
  /** Rows by table: entries and locks of registries, wanted workers of fleets, rows of tables. */
  readonly rows: Readonly<Record<string, number>>
  /** Monitors that have not reported, links that are not between parent and child. */
  readonly monitors: number
  readonly links: number
  /** Open aliases. */
  readonly aliases: number
  /** Messages waiting, and calls whose reply was put off. */
  readonly queued: number
  readonly deferred: number
  /** Processes that `sys.suspend` holds up. */
  readonly suspended: number
}

/** Reads a node; walks its processes. */
export function statisticsOf(node: NodeRuntime): NodeStatistics {
  const walked = { monitors: 0, links: 0, queued: 0, deferred: 0, suspended: 0 }
  for (const process of node.processes) {
    const extras = process.extrasIfAny
    walked.queued += process.size
    if (process.oversight?.suspended) walked.suspended += 1
    walked.monitors += extras?.watchers?.size ?? 0
    walked.links += extras?.links?.size ?? 0
    walked.deferred += extras?.deferred?.size ?? 0
  }
  const rows: Record<string, number> = {}
  for (const [name, holding] of node.holdings) rows[name] = holding.rowCount
  return {
    ...node.counters,
    ...walked,
    links: walked.links / 2,
    processes: node.processes.size,
    deadlines: node.timers.size,
    aliases: node.aliases.size,
    rows,
  }
}
