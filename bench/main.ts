/**
 * The benchmark.
 *
 * Usage: npm run bench -- [options], of which --help tells
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { interruptible, runProgram } from '../programs/command-line.ts'
import type { ArmFolders } from './arm-process.ts'
import { floorsFrom, readFloors, underFloors, unseenPlants } from './check.ts'
import { DecodeError } from './decode.ts'
import { profileRow } from './explain.ts'
import { judgeRow, type MeasuredRow } from './judge.ts'
import { lookAtMachine } from './machine.ts'
import { measureRun } from './measure.ts'
import { commandText, type Options, parseOptions, usage } from './options.ts'
import { standingOf } from './outcome.ts'
import { groups, rowsOfRun, select } from './plan.ts'
import { earlierRun, keepRun } from './record.ts'
import { drawCurves } from './report/curves.ts'
import { runJson } from './report/json.ts'
import { pageText } from './report/page.ts'
import { profileText } from './report/profiles.ts'
import { rowText } from './report/table.ts'
import { type Run, readRun } from './run.ts'

const { stderr, stdout } = process
/** The Elixir files, the floors and the page lie beside the sources, not in the build. */
const root = fileURLToPath(new URL('../..', import.meta.url))
const floorsPath = `${root}/bench/floors.json`

await runProgram({ usage, parse: parseOptions, main })

async function main(options: Options): Promise<number> {
  try {
    const { profile } = options
    if (profile !== undefined) {
      return await interruptible((signal) => showProfile(profile, options, signal))
    }
    const run = await interruptible((signal) => runOf(options, signal))
    return await report(options, run)
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    stderr.write(`${error.message}\n`)
    return 2
  }
}

/** The run to report: a recorded one, or one that is measured now. */
async function runOf(options: Options, signal: AbortSignal): Promise<Run> {
  const { from, selection, rounds, explain, json, record } = options
  const [path] = from
  if (path !== undefined) {
    const run = readRun(readFileSync(path, 'utf8'), path)
    if (!json) for (const row of rowsOfRun(run)) show(row)
    return run
  }
  const rows = select(selection)
  const machine = lookAtMachine(root, executableOf(options))
  const earlier = record === undefined ? undefined : earlierRun(record, { machine, ...selection })
  return measureRun(rows, {
    machine,
    earlier,
    keep: (run) => {
      if (record !== undefined) keepRun(record, run)
    },
    command: commandText(process.argv.slice(2)),
    selection,
    rounds,
    folders: foldersOf(options),
    explain,
    root,
    signal,
    output: stderr,
    measured: (row) => {
      if (!json) show(row)
    },
  })
}

function executableOf({ node }: Options): string {
  return node ?? process.execPath
}

function foldersOf(options: Options): ArmFolders {
  const executable = executableOf(options)
  return { node: `${root}/build/bench/arms`, beam: `${root}/bench/beam`, executable }
}

async function showProfile(id: string, options: Options, signal: AbortSignal): Promise<number> {
  const [row] = select({ groups, only: [id], scale: 'full', planted: false })
  if (row === undefined) throw new RangeError(`No row is called ${id}`)
  const profiled = await profileRow(row, { folders: foldersOf(options), signal })
  if (profiled.kind === 'failed') {
    stderr.write(`${id} could not be profiled: ${profiled.why}\n`)
    return signal.aborted ? 130 : 1
  }
  const { explanation } = profiled
  const json = `${JSON.stringify(explanation, undefined, 2)}\n`
  stdout.write(options.json ? json : profileText(row, explanation))
  return 0
}

function show(row: MeasuredRow): void {
  stdout.write(`${rowText(row)}\n\n`)
}

async function report(options: Options, run: Run): Promise<number> {
  const rows = rowsOfRun(run)
  if (options.json) stdout.write(runJson(run, rows))
  if (run.interrupted) {
    stderr.write('Interrupted: nothing is written and nothing is checked\n')
    return 130
  }
  const others = options.from.slice(1).map((path) => readRun(readFileSync(path, 'utf8'), path))
  if (options.page) await writePage(run, rows, others)
  const problems = [...brokenArms(rows), ...(options.check ? found(run, rows) : [])]
  for (const problem of problems) stderr.write(`${problem}\n`)
  if (options.floors) writeFloors(run, rows)
  if (options.check && problems.length === 0) stderr.write('No ratio is under its floor\n')
  return problems.length === 0 ? 0 : 1
}

function brokenArms(rows: readonly MeasuredRow[]): string[] {
  return rows.flatMap(({ row, result }) =>
    result.arms.flatMap((each) => {
      const standing = standingOf(each)
      const isBroken = standing.kind === 'failed' || standing.kind === 'refused'
      return isBroken ? [`${row.id}: ${each.arm} ${standing.kind} in ${standing.why}`] : []
    }),
  )
}

function found({ scale, planted }: Run, rows: readonly MeasuredRow[]): string[] {
  const judgements = rows.flatMap(judgeRow)
  const floors = readFloors(readFileSync(floorsPath, 'utf8'), floorsPath)
  const under = underFloors(judgements, floors[scale])
  return planted ? [...under, ...unseenPlants(judgements)] : under
}

function writeFloors({ scale }: Run, rows: readonly MeasuredRow[]): void {
  const before = readFloors(readFileSync(floorsPath, 'utf8'), floorsPath)
  const floors = floorsFrom(rows.flatMap(judgeRow), scale, before)
  writeFileSync(floorsPath, `${JSON.stringify(floors, undefined, 2)}\n`)
  stderr.write('Wrote bench/floors.json\n')
}

async function writePage(
  run: Run,
  rows: readonly MeasuredRow[],
  others: readonly Run[],
): Promise<void> {
  const curves = await drawCurves(rows)
  const folder = `${root}/docs/performance`
  if (curves.length > 0) mkdirSync(folder, { recursive: true })
  for (const { csv, svg } of curves) {
    for (const { name, content } of [csv, svg]) writeFileSync(`${folder}/${name}`, content)
  }
  writeFileSync(`${root}/docs/performance.md`, pageText({ run, rows, curves, others }))
  stderr.write('Wrote docs/performance.md\n')
}
