/**
 * A run that is kept in a file while it is made: a whole one takes more than half an hour, and what
 * was measured before an interrupt need not be measured again.
 *
 * Invariant: the file has whole rows, all of one machine, one state of the code and one scale.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { DecodeError } from './decode.ts'
import { rowsOfRun } from './plan.ts'
import { runJson } from './report/json.ts'
import { type Run, readRun } from './run.ts'

/** What all rows of a run have in common. */
export type Circumstances = Pick<Run, 'machine' | 'scale' | 'planted'>

/**
 * The run to go on with.
 *
 * @returns undefined if there is no such file
 * @throws DecodeError if the file has no run, or one that was made in other circumstances, or if
 * there is no folder to put it in: that is to be known before anything is measured
 */
export function earlierRun(path: string, now: Circumstances): Run | undefined {
  const folder = dirname(path)
  if (!existsSync(folder)) {
    throw new DecodeError(`Cannot keep the run in ${path}: there is no folder ${folder}`)
  }
  if (!existsSync(path)) return undefined
  const run = readRun(readFileSync(path, 'utf8'), path)
  const different = differencesOf(run, now)
  if (different.length === 0) return run
  throw new DecodeError(
    `Cannot go on with ${path}: it differs in ${different.join(', ')}. Name another file`,
  )
}

/** Writes what there is; whoever reads finds the text from before or this one, and no half. */
export function keepRun(path: string, run: Run): void {
  const written = `${path}.part`
  writeFileSync(written, runJson(run, rowsOfRun(run)))
  renameSync(written, path)
}

const comparedOfMachine = [
  'processor',
  'processors',
  'node',
  'elixir',
  'flotilla',
  'commit',
] as const

function differencesOf(earlier: Circumstances, now: Circumstances): string[] {
  const { machine } = earlier
  const peers = JSON.stringify(machine.peers) === JSON.stringify(now.machine.peers)
  return [
    ...comparedOfMachine.filter((part) => machine[part] !== now.machine[part]),
    ...(peers ? [] : ['peers']),
    ...(['scale', 'planted'] as const).filter((part) => earlier[part] !== now[part]),
  ]
}
