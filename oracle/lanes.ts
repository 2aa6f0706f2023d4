/**
 * A run: programs dealt out to lanes, and what they find, counted.
 */
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { NoElixir } from './beam.ts'
import type { Difference, LaneReport, LaneStart, Order } from './lane.ts'

/** What to run. */
export interface RunPlan {
  readonly elixir: string
  readonly programs: number
  readonly seed: number
  /** How many differences are enough to stop. */
  readonly differencesMax: number
  readonly signal: AbortSignal
  /** Called now and then with how far the run is. */
  observe(counts: Counts): void
}

/** How far a run is. */
export interface Counts {
  readonly programs: number
  readonly explained: number
  readonly different: number
}

/** How a run ended. */
export interface RunReport extends Counts {
  readonly versions: string
  readonly differences: readonly Difference[]
}

const programsPerOrder = 256

/** Runs programs on as many lanes as there are processors. @throws NoElixir as a rejection */
export async function runLanes(plan: RunPlan): Promise<RunReport> {
  const run = new Run(plan)
  const lanes = Math.min(availableParallelism(), Math.ceil(plan.programs / programsPerOrder))
  await Promise.all(Array.from({ length: Math.max(1, lanes) }, () => run.lane()))
  return run.report()
}

class Run {
  readonly #plan: RunPlan
  readonly #differences: Difference[] = []
  #versions = ''
  #dealt = 0
  #programs = 0
  #explained = 0

  constructor(plan: RunPlan) {
    this.#plan = plan
  }

  report(): RunReport {
    const differences = this.#differences.toSorted((left, right) => left.number - right.number)
    return { ...this.#counts(), versions: this.#versions, differences }
  }

  /** Keeps one lane busy until there is nothing left to do. */
  lane(): Promise<void> {
    const { elixir, seed } = this.#plan
    const workerData: LaneStart = { elixir, seed }
    const worker = new Worker(new URL('./lane.js', import.meta.url), { workerData })
    return new Promise((resolve, reject) => {
      worker.on('error', reject)
      worker.on('exit', () => resolve())
      worker.on('message', (report: LaneReport) => {
        const problem = this.#heard(report)
        if (problem !== undefined) {
          reject(problem)
          void worker.terminate()
        } else worker.postMessage(this.#nextOrder())
      })
    })
  }

  #heard(report: LaneReport): Error | undefined {
    switch (report.kind) {
      case 'ready':
        this.#versions = report.versions
        return undefined
      case 'no elixir':
        return new NoElixir(report.message)
      case 'failed':
        return new Error(`${report.message}${inWords(report.order)}`)
      case 'judged':
        this.#programs += report.order.count
        this.#explained += report.explained
        this.#differences.push(...report.differences)
        this.#plan.observe(this.#counts())
        return undefined
    }
  }

  #nextOrder(): Order | undefined {
    const { programs, signal, differencesMax } = this.#plan
    const isOver = signal.aborted || this.#differences.length >= differencesMax
    const count = isOver ? 0 : Math.min(programsPerOrder, programs - this.#dealt)
    if (count <= 0) return undefined
    this.#dealt += count
    return { first: this.#dealt - count, count }
  }

  #counts(): Counts {
    const different = this.#differences.length
    return { programs: this.#programs, explained: this.#explained, different }
  }
}

function inWords(order: Order | undefined): string {
  return order === undefined
    ? ''
    : ` (in programs ${order.first} to ${order.first + order.count - 1})`
}
