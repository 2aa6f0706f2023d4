/**
 * Does one task: lists a file, runs a seed, shrinks a failing run.
 *
 * Invariant: whatever the file of the user does, the answer is a value.
 */
import { ArgumentError } from '../core/argument-error.ts'
import { shrinkSimulation } from '../testing/simulation/shrink.ts'
import { simulate } from '../testing/simulation/simulate.ts'
import type { SimulationRun } from '../testing/simulation/simulation-run.ts'
import { leftBehind, leftBehindFailure } from './left-behind.ts'
import { loadSimulations } from './load-simulations.ts'
import type { RunReport, Task, TaskAnswer } from './task.ts'

/** What a task needs of the OS process it runs in. */
export interface Machine {
  /** Milliseconds that it has computed. */
  readonly cpuMs: () => number
  /** What keeps its event loop going, by type. */
  readonly activeResources: () => readonly string[]
}

/**
 * Does a task in this OS process.
 *
 * @param task one at a time
 * @param machine this OS process
 */
export async function perform(task: Task, machine: Machine): Promise<TaskAnswer> {
  const loaded = await loadSimulations(task.file)
  if (!loaded.ok) return { kind: 'refused', message: loaded.message }
  const { simulations } = loaded
  if (task.kind === 'list') return { kind: 'listed', names: [...simulations.keys()] }
  const simulation = simulations.get(task.name)
  if (simulation === undefined) {
    const message = `${task.file} has no simulation named ${task.name}`
    return { kind: 'refused', message }
  }
  const beganMs = machine.cpuMs()
  const cpuMs = (): number => machine.cpuMs() - beganMs
  try {
    if (task.kind === 'run') {
      const before = machine.activeResources()
      const run = await simulate(simulation, task.options)
      const left = run.ok ? await leftBehind(before, machine.activeResources) : []
      const report = { ...reportOf(task.file, run, cpuMs()), ...failureOf(run, left) }
      return { kind: 'ran', report: task.wantsTimeline || !report.ok ? report : brief(report) }
    }
    const { run, runs } = await shrinkSimulation(simulation, task.options, {
      maxRuns: task.maxRuns,
    })
    return { kind: 'shrunk', report: reportOf(task.file, run, cpuMs()), runs }
  } catch (error) {
    if (error instanceof ArgumentError) return { kind: 'refused', message: error.message }
    throw error
  }
}

/** A passing run without what only readers of a timeline need. */
function brief(report: RunReport): RunReport {
  return { ...report, timeline: [], injected: [] }
}

/** That of a run which has passed but for what it has left; nothing to add otherwise. */
function failureOf(run: SimulationRun, left: readonly string[]) {
  return left.length === 0 ? {} : { ok: false, failure: leftBehindFailure(left, run) }
}

function reportOf(file: string, run: SimulationRun, cpuMs: number): RunReport {
  if (run.failure === undefined) return { ...run, failure: undefined, file, cpuMs }
  const { error, ...failure } = run.failure
  const stack = error instanceof Error ? (error.stack ?? '') : ''
  return { ...run, failure: { ...failure, stack }, file, cpuMs }
}
