/**
 * The workers a fleet wants, owned by the node and not by the process that runs them.
 *
 * Invariant: a row exists from the acceptance of a start until the worker is forgotten (stopped, or
 * ended for good); the death of the keeper, or of the whole tree above it, changes no row.
 */
import type { Kept } from '../core/desired.ts'
import type { ExitReason } from '../core/exit.ts'
import type { Key } from '../core/key.ts'
import { NameTable } from '../core/name-table.ts'
import type { RestartTimes } from '../core/restart-window.ts'
import type { Holding, NodeRuntime } from '../process/node-runtime.ts'
import type { Process } from '../process/process.ts'
import type { Request } from '../process/request.ts'
import { Tenancy } from '../process/tenancy.ts'

/**
 * Where a key stands: being started, running, waiting for its next try, given up on until somebody
 * releases it, or being stopped.
 */
export type RowPhase = 'starting' | 'running' | 'waiting' | 'parked' | 'stopping'

/** One wanted worker. */
export class Row implements Kept {
  readonly key: Key
  argument: unknown
  phase: RowPhase = 'starting'
  process: Process | undefined = undefined
  restarts: RestartTimes | undefined = undefined
  failures = 0
  /** Why its last life or start ended. */
  lastReason: ExitReason | undefined = undefined
  /** Whether the worker ran at least once: only then is a failed start tried again. */
  established = false
  /** The next try, if it has a time. */
  retry: { cancel(): void } | undefined = undefined
  /** Who waits for the end of the present phase. */
  waiters: Request[] | undefined = undefined

  constructor(key: Key, argument: unknown) {
    this.key = key
    this.argument = argument
  }
}

/** How many workers are in which state. */
export interface FleetCounts {
  /** Every wanted worker. */
  readonly desired: number
  readonly running: number
  /** Starting, or waiting for the next try. */
  readonly pending: number
  readonly parked: number
}

/** The rows of one fleet on one node. */
export class DesiredSet implements Holding {
  readonly #rows = new NameTable<Row>()
  readonly #tenancy: Tenancy
  /** When the latest keeper took over, and how many lives in a row were short. */
  keeperSinceMs = Number.NEGATIVE_INFINITY
  shortLives = 0

  constructor(fleet: string) {
    this.#tenancy = new Tenancy('desired set of the fleet', fleet)
  }

  get rowCount(): number {
    return this.#rows.size
  }

  /** Ties the rows to the node. */
  attach(node: NodeRuntime): void {
    this.#tenancy.enter(node, this)
  }

  release(): void {
    this.#rows.clear()
    this.#tenancy.leave()
    this.keeperSinceMs = Number.NEGATIVE_INFINITY
    this.shortLives = 0
  }

  find(key: Key): Row | undefined {
    return this.#rows.holder(key)
  }

  add(row: Row): void {
    this.#rows.claim(row.key, row, undefined)
  }

  remove(row: Row): void {
    this.#rows.release(row.key, row)
  }

  rows(): IterableIterator<Row> {
    return this.#rows.holders()
  }

  counts(): FleetCounts {
    const counts = { desired: 0, running: 0, pending: 0, parked: 0 }
    for (const row of this.rows()) {
      counts.desired += 1
      // A worker whose end is on its way to the keeper does not run any more.
      if (row.phase === 'running' && row.process?.alive !== false) counts.running += 1
      else if (row.phase === 'parked') counts.parked += 1
      else counts.pending += 1
    }
    return counts
  }
}
