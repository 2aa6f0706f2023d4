/**
 * Profiles of rows: Flotilla's arm of a row once more, under the profiler of V8, in an OS process
 * of its own. Its figures are not used, because the profiler takes part in them.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ArmFolders, runArmWithSpans } from './arm-process.ts'
import { type Judgement, judgeRow, type MeasuredRow } from './judge.ts'
import { type ProfileSummary, summarize } from './profile.ts'
import type { Row } from './row.ts'

/** Where the time of a row goes. */
export interface Explanation extends ProfileSummary {
  readonly row: string
}

/** What became of a profile. */
export type Profiled =
  | { readonly kind: 'profiled'; readonly explanation: Explanation }
  | { readonly kind: 'failed'; readonly why: string }

const bucketsMax = 6
const limitMs = 600_000
const samplingUs = 200

/** Profiles a row. */
export async function profileRow(
  row: Row,
  { folders, signal }: { readonly folders: ArmFolders; readonly signal: AbortSignal },
): Promise<Profiled> {
  const folder = mkdtempSync(join(tmpdir(), 'flotilla-profile-'))
  const file = 'arm.cpuprofile'
  const flags = ['--cpu-prof', `--cpu-prof-dir=${folder}`, `--cpu-prof-name=${file}`]
  try {
    const { outcome, spans } = await runArmWithSpans(folders, {
      arm: 'flotilla',
      task: { workload: row.workload, size: row.size, count: row.count, slow: false },
      nodeFlags: [...row.nodeFlags, ...flags, `--cpu-prof-interval=${samplingUs}`],
      signal,
      limitMs,
    })
    if (outcome.kind !== 'measured') return { kind: 'failed', why: JSON.stringify(outcome) }
    const profile = readFileSync(join(folder, file), 'utf8')
    const { sampledMs, buckets } = summarize(profile, spans, readProgram)
    const explanation = { row: row.id, sampledMs, buckets: buckets.slice(0, bucketsMax) }
    return { kind: 'profiled', explanation }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function readProgram(url: string): string {
  return readFileSync(new URL(url), 'utf8')
}

/** Whether a target or limit of a metric was missed. */
export function isMissed({ targets, limit }: Judgement): boolean {
  return limit === 'missed' || targets.some(({ verdict }) => verdict === 'missed')
}

/** The rows of which a profile can say why they are missed: those that are about time. */
export function rowsToExplain(rows: readonly MeasuredRow[]): Row[] {
  return rows
    .filter((measured) => judgeRow(measured).some((each) => isMissed(each) && isOfTime(each)))
    .map(({ row }) => row)
}

function isOfTime({ row, metric }: Judgement): boolean {
  return metric.unit !== 'B' && row.workload !== 'import-time'
}
