/**
 * Making a failed run smaller: fewer faults, clients and nodes, less time.
 *
 * Invariant: every try is a run of its own with the same seed, and the smaller one is taken only if
 * it fails for the same reason: the same kind of failure, of the same subject.
 * Source: Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", 2002.
 */
import { argumentError, checkCount, checkOptions } from '../../core/argument-error.ts'
import type { Simulation } from './definition.ts'
import { simulate } from './simulate.ts'
import type { SimulateOptions, SimulationRun } from './simulation-run.ts'

/** How much work shrinking may be. */
export interface ShrinkOptions {
  /** How many runs at most; default 200. */
  readonly maxRuns?: number
}

/** The smallest failing run that was found. */
export interface ShrunkSimulation {
  /** What fails still; `run.options` bring it about again. */
  readonly run: SimulationRun
  /** How many runs it took. */
  readonly runs: number
}

/**
 * Shrinks a failing run.
 *
 * @param simulation the same simulation
 * @param options those of the failing run, as in `run.options`
 * @param limits maxRuns (default 200)
 * @returns the smallest run that still fails in the same way
 * @throws ArgumentError (as a rejection) as `simulate`; FLOTILLA_INVALID_ARGUMENT if the run does
 * not fail
 */
export async function shrinkSimulation<M>(
  simulation: Simulation<M>,
  options: SimulateOptions,
  limits: ShrinkOptions = {},
): Promise<ShrunkSimulation> {
  const attempted = 'shrink a simulation'
  const { maxRuns = 200 } = checkOptions(attempted, limits, ['maxRuns'])
  checkCount(attempted, maxRuns, { option: 'maxRuns', min: 1 })
  const first = await simulate(simulation, options)
  if (first.failure === undefined) {
    const problem = `the run of seed ${first.seed} does not fail`
    const fix = 'give the options of a run that failed'
    throw argumentError('invalid_argument', { attempted, problem, fix })
  }
  const shrinking = new Shrinking((smaller) => simulate(simulation, smaller), first, maxRuns)
  await shrinking.shrink()
  return { run: shrinking.best, runs: shrinking.runs }
}

class Shrinking {
  best: SimulationRun
  runs = 1
  readonly #simulate: (options: SimulateOptions) => Promise<SimulationRun>
  readonly #maxRuns: number

  constructor(
    simulate: (options: SimulateOptions) => Promise<SimulationRun>,
    first: SimulationRun,
    maxRuns: number,
  ) {
    this.#simulate = simulate
    this.best = first
    this.#maxRuns = maxRuns
  }

  async shrink(): Promise<void> {
    await this.#shorten()
    await this.#fewer(
      () => this.best.injected.map(({ name }) => name),
      (onlyFaults) => ({ onlyFaults }),
    )
    await this.#fewer(
      () => this.best.drawn.clients,
      (onlyClients) => ({ onlyClients }),
    )
    while (this.best.drawn.nodes > 1) {
      if (!(await this.#tries({ nodes: this.best.drawn.nodes - 1 }))) break
    }
    await this.#shorten()
  }

  /** To the moment of the failure, and then by halves. */
  async #shorten(): Promise<void> {
    const atMs = this.best.failure?.atMs ?? 0
    const needed = Math.ceil(atMs + 1) / 60_000
    if (needed < this.best.drawn.minutes) await this.#tries({ minutes: needed })
    while (this.best.drawn.minutes * 60_000 > 100) {
      if (!(await this.#tries({ minutes: this.best.drawn.minutes / 2 }))) break
    }
  }

  /** Delta debugging: takes away parts of a list, large ones first, for as long as it fails. */
  async #fewer(
    list: () => readonly string[],
    optionsOf: (kept: readonly string[]) => Partial<SimulateOptions>,
  ): Promise<void> {
    if (list().length > 0 && (await this.#tries(optionsOf([])))) return
    let parts = 2
    while (list().length >= 2 && !this.#isSpent) {
      const size = Math.ceil(list().length / parts)
      const shrunk = await this.#withoutOnePart(list(), size, optionsOf)
      if (shrunk) parts = Math.max(2, parts - 1)
      else if (size === 1) return
      else parts = Math.min(list().length, parts * 2)
    }
  }

  async #withoutOnePart(
    items: readonly string[],
    size: number,
    optionsOf: (kept: readonly string[]) => Partial<SimulateOptions>,
  ): Promise<boolean> {
    for (let start = 0; start < items.length; start += size) {
      const kept = items.filter((_, index) => index < start || index >= start + size)
      if (await this.#tries(optionsOf(kept))) return true
    }
    return false
  }

  get #isSpent(): boolean {
    return this.runs >= this.#maxRuns
  }

  /** Whether a smaller run fails in the same way; it is then the best. */
  async #tries(smaller: Partial<SimulateOptions>): Promise<boolean> {
    if (this.#isSpent) return false
    this.runs += 1
    const run = await this.#simulate({ ...this.best.options, ...smaller })
    const isSame =
      run.failure?.kind === this.best.failure?.kind &&
      run.failure?.subject === this.best.failure?.subject
    if (isSame) this.best = run
    return isSame
  }
}
