/**
 * A run: the selected rows measured in rounds, and everything about it written down.
 */
import { type ArmFolders, runArm } from './arm-process.ts'
import { type Explanation, profileRow, rowsToExplain } from './explain.ts'
import { installedBytes, publishedBytes } from './installed-size.ts'
import { isUnclear, judgeRow, type MeasuredRow } from './judge.ts'
import { currentLoad, type Machine } from './machine.ts'
import type { Outcome } from './outcome.ts'
import { armOf } from './plan/arms.ts'
import type { Selection } from './plan.ts'
import { type Output, Progress } from './progress.ts'
import { type Measure, measureRows, type Rounds } from './rounds.ts'
import type { ArmId, Row } from './row.ts'
import type { RowResult, Run } from './run.ts'

/** How a run is made. */
export interface Measuring {
  readonly machine: Machine
  readonly command: string
  readonly selection: Selection
  /** How many rounds each row has; left out: as many as it takes, within bounds. */
  readonly rounds: number | undefined
  readonly folders: ArmFolders
  /** Of the repository, where packages are installed. */
  readonly root: string
  readonly signal: AbortSignal
  /** Where the progress goes. */
  readonly output: Output
  /** Whether rows that miss a target are profiled at the end. */
  readonly explain: boolean
  /** Called with each row as soon as it has been measured. */
  measured(row: MeasuredRow): void
}

const roundsOf = { full: { rounds: 5, roundsMax: 9 }, quick: { rounds: 1, roundsMax: 3 } } as const
/** What a quick run spends; what has been begun by then is finished. */
const quickMs = 120_000
const limitMs = 600_000

/** Measures rows. */
export async function measureRun(rows: readonly Row[], measuring: Measuring): Promise<Run> {
  const { machine, command, selection, signal, output } = measuring
  const { rounds } = measuring
  const progress = new Progress(output, rows)
  const began = new Date().toISOString()
  const results = await measureRows(rows, {
    ...(rounds === undefined ? roundsOf[selection.scale] : { rounds, roundsMax: rounds }),
    measure: measureWith(measuring),
    wantsMore:
      selection.scale === 'quick'
        ? pace(rows)
        : (row, result) => isUnclear(judgeRow({ row, result })),
    measured: (row, result) => {
      progress.clear()
      measuring.measured({ row, result })
    },
    observe: (turn) => progress.show(turn),
    signal,
    currentLoad,
  })
  return {
    format: 'flotilla-bench-1',
    began,
    ended: new Date().toISOString(),
    interrupted: signal.aborted,
    scale: selection.scale,
    planted: selection.planted,
    command,
    machine,
    rows: results,
    explanations: measuring.explain ? await explain(rows, results, measuring) : [],
  }
}

/** Profiles, one row after the other; a row that fails under the profiler is said and left out. */
async function explain(
  rows: readonly Row[],
  results: readonly RowResult[],
  { folders, signal, output }: Measuring,
): Promise<Explanation[]> {
  const measured = rows.flatMap((row) => {
    const result = results.find(({ id }) => id === row.id)
    return result === undefined ? [] : [{ row, result }]
  })
  const explanations: Explanation[] = []
  for (const row of rowsToExplain(measured)) {
    if (signal.aborted) break
    output.write(`profile of ${row.id}\n`)
    const profiled = await profileRow(row, { folders, signal })
    if (profiled.kind === 'profiled') explanations.push(profiled.explanation)
    else output.write(`${row.id} could not be profiled: ${profiled.why}\n`)
  }
  return explanations
}

/** More rounds as long as the rows behind this one keep their part of the time. */
function pace(rows: readonly Row[]): Rounds['wantsMore'] {
  const beganMs = performance.now()
  return ({ id }) => {
    const done = rows.findIndex((row) => row.id === id) + 1
    return performance.now() - beganMs < (quickMs * done) / rows.length
  }
}

function measureWith({ folders, root, signal }: Measuring): Measure {
  return async (arm, task, { nodeFlags }) =>
    // What lies on the disk is no affair of a running arm.
    task.workload === 'installed-size'
      ? installedSize(arm, root)
      : runArm(folders, { arm, task, nodeFlags, signal, limitMs })
}

function installedSize(arm: ArmId, root: string): Outcome {
  const { packageName = '' } = armOf(arm)
  const isOwn = arm === 'flotilla'
  const bytes = isOwn ? publishedBytes(root) : installedBytes(root, packageName)
  return { kind: 'measured', intended: 1, completed: 1, figures: { bytes } }
}
