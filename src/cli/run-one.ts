/**
 * `flotilla sim replay` and `flotilla sim shrink`: one run, looked at closely.
 *
 * Invariant: with a debugger it runs in this OS process, to which that is attached; otherwise in
 * one that can be ended if its code does not come back.
 */

import type { SimulateOptions } from '../testing/simulation/simulation-run.ts'
import type { OneChoices } from './choices.ts'
import { drawnLines, explainFailure, headline, part } from './explain.ts'
import { findFiles } from './find-files.ts'
import { perform } from './perform.ts'
import { replayLine } from './replay-line.ts'
import { exitCodes, type Shell } from './shell.ts'
import { failureDocument, lostLines } from './summary.ts'
import { findTargets } from './targets.ts'
import type { Performer, RunReport, Target, TaskAnswer } from './task.ts'
import { WorkerPool } from './worker-pool.ts'

/** The most events that a run keeps. */
const timelineMax = 20_000
/** How many events are shown around a time, or of a run that passes. */
const shownEvents = 60

/** Runs one seed again and shows what happened. @returns the exit code */
export function replayOne(choices: OneChoices, shell: Shell): Promise<number> {
  return one(choices, shell, async (target, run) => {
    const { atMs } = choices
    const timelineLength = atMs === undefined ? 200 : timelineMax
    const options = { ...choices.options, timelineLength }
    const answer = await run({ kind: 'run', ...target, options, wantsTimeline: true })
    if (answer.kind !== 'ran') return answerCode(answer, { ...target, options }, shell)
    const { report } = answer
    if (choices.json) {
      shell.print(JSON.stringify(failureDocument(report, shell), undefined, 2))
    } else if (atMs !== undefined) printAround(report, atMs, shell)
    if (!choices.json) printReplay(report, shell)
    return report.ok ? exitCodes.ok : exitCodes.failed
  })
}

/** Makes one failing run smaller and shows what is left. @returns the exit code */
export function shrinkOne(choices: OneChoices, shell: Shell): Promise<number> {
  return one(choices, shell, async (target, run) => {
    const { options, maxShrinkRuns: maxRuns } = choices
    shell.say(`making ${target.name} seed ${options.seed} smaller …`)
    const answer = await run({ kind: 'shrink', ...target, options, maxRuns })
    if (answer.kind !== 'shrunk') return answerCode(answer, { ...target, options }, shell)
    const { report, runs } = answer
    if (choices.json) {
      const document = { ...failureDocument(report, shell), runs }
      shell.print(JSON.stringify(document, undefined, 2))
    } else {
      for (const line of explainFailure(report, shell)) shell.print(line)
      shell.print(`the smallest of ${runs} runs`)
    }
    return exitCodes.failed
  })
}

/** Does something with the one simulation that is meant, until it is interrupted. */
async function one(
  choices: OneChoices,
  shell: Shell,
  work: (target: Target, run: Performer) => Promise<number>,
): Promise<number> {
  const found = findFiles([choices.file], shell)
  if (!found.ok) return refuse(shell, found.message)
  const { limitMs, json } = choices
  const output = json ? 'ignore' : 'inherit'
  const pool = shell.isDebugged ? undefined : new WorkerPool({ size: 1, limitMs, output })
  const run: Performer = (task) => pool?.perform(task) ?? perform(task, shell)
  let stopListening: (() => void) | undefined
  const interrupted = new Promise<number>((resolve) => {
    stopListening = shell.onInterrupt(() => resolve(exitCodes.interrupted))
  })
  try {
    return await Promise.race([
      oneOf(choices, { shell, files: found.files, run, work }),
      interrupted,
    ])
  } finally {
    stopListening?.()
    pool?.close()
  }
}

interface Looking {
  readonly shell: Shell
  readonly files: readonly string[]
  readonly run: Performer
  readonly work: (target: Target, run: Performer) => Promise<number>
}

async function oneOf(choices: OneChoices, { shell, files, run, work }: Looking): Promise<number> {
  const targets = await findTargets(files, choices.only, run)
  if (!targets.ok) return refuse(shell, targets.message)
  const [target, another] = targets.targets
  if (target === undefined || another !== undefined) {
    const names = targets.targets.map(({ name }) => name)
    return refuse(
      shell,
      `${choices.file} has several simulations, say --only ${names.join(' or ')}`,
    )
  }
  return await work(target, run)
}

function refuse(shell: Shell, message: string): number {
  shell.say(message)
  return exitCodes.refused
}

/** Of a task that did not come to what it was for. */
function answerCode(
  answer: TaskAnswer,
  run: Target & { readonly options: SimulateOptions },
  shell: Shell,
): number {
  if (answer.kind === 'hung' || answer.kind === 'died') {
    const { seed } = run.options
    const where = answer.kind === 'hung' ? answer.where : []
    const { message } = answer
    for (const line of lostLines({ ...run, seed, message, where }, shell)) shell.print(line)
    return exitCodes.failed
  }
  return refuse(shell, 'message' in answer ? answer.message : answer.kind)
}

function printReplay(report: RunReport, shell: Shell): void {
  if (!report.ok) {
    for (const line of explainFailure(report, shell)) shell.print(line)
    return
  }
  shell.print(`passed: ${headline(report)}`)
  for (const line of drawnLines(report)) shell.print(line)
  for (const line of part('the last events', report.timeline.slice(-shownEvents))) shell.print(line)
  shell.print(`  hash ${report.hash}`)
  shell.print(`  ${replayLine(report, shell)}`)
}

function printAround(report: RunReport, atMs: number, shell: Shell): void {
  const after = report.timeline.findIndex((line) => timeOf(line) >= atMs)
  const middle = after < 0 ? report.timeline.length : after
  const lines = report.timeline.slice(
    Math.max(0, middle - shownEvents / 2),
    middle + shownEvents / 2,
  )
  if (middle === 0) shell.say(`the timeline has the last ${timelineMax} events, which begin later`)
  for (const line of part(`around ${atMs} ms`, lines)) shell.print(line)
}

/** A line begins with the number of the event and the time. */
function timeOf(line: string): number {
  return Number(/^\s*\d+\s+([\d.]+) ms/.exec(line)?.[1])
}
