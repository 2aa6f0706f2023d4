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
import { allRows, type Selection } from './plan.ts'
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
  /** A run to go on with: its rows are not measured again. */
  readonly earlier: Run | undefined
  /** Called with each row as soon as it has been measured. */
  measured(row: MeasuredRow): void
  /** Called with all that is there, without what an interrupt cut short, whenever it is more. */
  keep(run: Run): void
}

const roundsOf = { full: { rounds: 5, roundsMax: 9 }, quick: { rounds: 1, roundsMax: 3 } } as const
/** What a quick run spends; what has been begun by then is finished. */
const quickMs = 100_000
const limitMs = 600_000

/** Measures rows. */
export async function measureRun(rows: readonly Row[], measuring: Measuring): Promise<Run> {
  const { selection, signal, output, rounds, earlier } = measuring
  const began = earlier?.began ?? new Date().toISOString()
  const whole = [...(earlier?.rows ?? [])]
  const left = rows.filter(({ id }) => whole.every((result) => result.id !== id))
  const progress = new Progress(output, left)
  const explanations = [...(earlier?.explanations ?? [])]
  const goesOn = earlier === undefined || left.length > 0
  const commands = [...(earlier?.commands ?? []), ...(goesOn ? [measuring.command] : [])]
  const runWith = (results: readonly RowResult[], interrupted: boolean): Run => ({
    ...{ format: 'flotilla-bench-1', began, ended: new Date().toISOString(), interrupted },
    ...{ scale: selection.scale, planted: selection.planted, commands },
    ...{ machine: measuring.machine, explanations },
    rows: inOrder(results),
  })
  const measured = await measureRows(left, {
    ...(rounds === undefined ? roundsOf[selection.scale] : { rounds, roundsMax: rounds }),
    measure: measureWith(measuring),
    wantsMore:
      selection.scale === 'quick'
        ? pace(left)
        : (row, result) => isUnclear(judgeRow({ row, result })),
    measured: (row, result) => {
      progress.clear()
      measuring.measured({ row, result })
      if (signal.aborted) return
      whole.push(result)
      measuring.keep(runWith(whole, true))
    },
    observe: (turn) => progress.show(turn),
    signal,
    currentLoad,
  })
  const results = [...(earlier?.rows ?? []), ...measured]
  if (measuring.explain) explanations.push(...(await explain(rows, results, measuring)))
  if (!signal.aborted) measuring.keep(runWith(whole, false))
  return runWith(results, signal.aborted)
}

/** As the plan has them, whenever they were measured. */
function inOrder(results: readonly RowResult[]): readonly RowResult[] {
  const places = new Map(allRows.map(({ id }, place) => [id, place]))
  const placeOf = ({ id }: RowResult): number => places.get(id) ?? places.size
  return results.toSorted((one, other) => placeOf(one) - placeOf(other))
}

/** Profiles, one row after the other; a row that fails under the profiler is said and left out. */
async function explain(
  rows: readonly Row[],
  results: readonly RowResult[],
  { folders, signal, output, earlier }: Measuring,
): Promise<Explanation[]> {
  const measured = rows.flatMap((row) => {
    const result = results.find(({ id }) => id === row.id)
    return result === undefined ? [] : [{ row, result }]
  })
  const explanations: Explanation[] = []
  for (const row of rowsToExplain(measured)) {
    if (signal.aborted) break
    if (earlier?.explanations.some((explained) => explained.row === row.id)) continue
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
