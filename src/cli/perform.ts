/**
 * Does one task: lists a file, runs a seed, shrinks a failing run.
 *
 * Invariant: whatever the file of the user does, the answer is a value.
 */
import { ArgumentError } from '../core/argument-error.ts'
import { shrinkSimulation } from '../testing/simulation/shrink.ts'
import { simulate } from '../testing/simulation/simulate.ts'
import type { SimulationRun } from '../testing/simulation/simulation-run.ts'
import { loadSimulations } from './load-simulations.ts'
import type { RunReport, Task, TaskAnswer } from './task.ts'

/**
 * Does a task in this OS process.
 *
 * @param task one at a time
 * @param cpuMs how long this OS process has computed
 */
export async function perform(task: Task, cpuMs: () => number): Promise<TaskAnswer> {
  const loaded = await loadSimulations(task.file)
  if (!loaded.ok) return { kind: 'refused', message: loaded.message }
  const { simulations } = loaded
  if (task.kind === 'list') return { kind: 'listed', names: [...simulations.keys()] }
  const simulation = simulations.get(task.name)
  if (simulation === undefined) {
    const message = `${task.file} has no simulation named ${task.name}`
    return { kind: 'refused', message }
  }
  const beganMs = cpuMs()
  try {
    if (task.kind === 'run') {
      const run = await simulate(simulation, task.options)
      const isWanted = task.wantsTimeline || !run.ok
      return {
        kind: 'ran',
        report: reportOf(task.file, isWanted ? run : brief(run), cpuMs() - beganMs),
      }
    }
    const { run, runs } = await shrinkSimulation(simulation, task.options, {
      maxRuns: task.maxRuns,
    })
    return { kind: 'shrunk', report: reportOf(task.file, run, cpuMs() - beganMs), runs }
  } catch (error) {
    if (error instanceof ArgumentError) return { kind: 'refused', message: error.message }
    throw error
  }
}

/** A passing run without what only readers of a timeline need. */
function brief(run: SimulationRun): SimulationRun {
  return { ...run, timeline: [], injected: [] }
}

function reportOf(file: string, run: SimulationRun, cpuMs: number): RunReport {
  if (run.failure === undefined) return { ...run, failure: undefined, file, cpuMs }
  const { error, ...failure } = run.failure
  const stack = error instanceof Error ? (error.stack ?? '') : ''
  return { ...run, failure: { ...failure, stack }, file, cpuMs }
}
