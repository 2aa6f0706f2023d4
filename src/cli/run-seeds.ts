/**
 * `flotilla sim run`: many seeds of some simulations, spread over processes.
 *
 * Invariant: the result does not depend on how many processes there are, only the time does; when
 * it is over or interrupted, none of them is left.
 */
import type { RunChoices } from './choices.ts'
import { checkDeterminism } from './determinism.ts'
import { alsoFailedLines, explainFailure, headline } from './explain.ts'
import { findFiles } from './find-files.ts'
import { Progress } from './progress.ts'
import { replayLine } from './replay-line.ts'
import { differences, type Earlier, readEarlier } from './same-as.ts'
import { type LostRun, SeedTally } from './seed-tally.ts'
import { exitCodes, type Shell } from './shell.ts'
import { isGood, type RunsOutcome, type Shrunk, summaryDocument, summaryLines } from './summary.ts'
import { findTargets } from './targets.ts'
import type { Performer, RunReport, Target } from './task.ts'
import { WorkerPool } from './worker-pool.ts'

/**
 * Runs seeds, and prints what came of them.
 *
 * @returns the exit code
 */
export async function runSeeds(choices: RunChoices, shell: Shell): Promise<number> {
  const found = findFiles(choices.paths, shell)
  if (!found.ok) return refuse(shell, found.message)
  const { sameAs } = choices
  const earlier =
    sameAs === undefined ? undefined : readEarlier(sameAs, shell.folder, choices.options)
  if (earlier?.ok === false) return refuse(shell, earlier.message)
  const pool = new WorkerPool({ size: choices.jobs, limitMs: choices.limitMs })
  const perform: Performer = (task) => pool.perform(task)
  let isInterrupted = false
  const stopListening = shell.onInterrupt(() => {
    isInterrupted = true
    pool.close()
  })
  try {
    const targets = await findTargets(found.files, choices.only, perform)
    if (!targets.ok) return refuse(shell, targets.message)
    if (choices.checksDeterminism) {
      const code = await checkDeterminism(choices, { targets: targets.targets, perform, shell })
      return isInterrupted ? exitCodes.interrupted : code
    }
    const session = new Session(choices, perform, shell)
    await session.run(targets.targets)
    if (session.refusal !== undefined) return refuse(shell, session.refusal)
    await session.shrink()
    const isGood = session.print(isInterrupted, earlier?.runs)
    if (isInterrupted) return exitCodes.interrupted
    return isGood ? exitCodes.ok : exitCodes.failed
  } finally {
    stopListening()
    pool.close()
  }
}

function refuse(shell: Shell, message: string): number {
  shell.say(message)
  return exitCodes.refused
}

type EarlierRuns = Extract<Earlier, { readonly ok: true }>['runs'] | undefined

/** The runs of one command. */
class Session {
  refusal: string | undefined
  readonly #choices: RunChoices
  readonly #perform: Performer
  readonly #shell: Shell
  readonly #tally = new SeedTally()
  readonly #hung = new Set<Target>()
  readonly #shrunk = new Map<RunReport, Shrunk>()
  readonly #beganMs: number

  constructor(choices: RunChoices, perform: Performer, shell: Shell) {
    this.#choices = choices
    this.#perform = perform
    this.#shell = shell
    this.#beganMs = shell.nowMs()
  }

  async run(targets: readonly Target[]): Promise<void> {
    const { seeds, firstSeed, jobs } = this.#choices
    const total = seeds * targets.length
    const progress = new Progress(this.#shell, total)
    const work = seedsOf(targets, firstSeed, seeds)
    const lane = async (): Promise<void> => {
      for (const [target, seed] of work) {
        if (this.#hung.has(target)) continue
        if (this.refusal !== undefined || !(await this.#runOne(target, seed))) return
        progress.done(this.#tally)
      }
    }
    await Promise.all(Array.from({ length: Math.min(jobs, total) }, lane))
    this.#tally.sort()
  }

  /** False if nothing more is to be run. */
  async #runOne(target: Target, seed: number): Promise<boolean> {
    const options = { ...this.#choices.options, seed }
    const answer = await this.#perform({ kind: 'run', ...target, options, wantsTimeline: false })
    switch (answer.kind) {
      case 'ran':
        // Many fail for one reason; the progress counts them.
        if (this.#tally.add(answer.report)) this.#shell.say(`failed: ${headline(answer.report)}`)
        return true
      case 'hung':
        if (!this.#hung.has(target)) this.#tally.hung.push(target.name)
        this.#hung.add(target)
        this.#lose({ ...target, seed, options, ...answer })
        return true
      case 'died':
        this.#lose({ ...target, seed, options, ...answer, where: [] })
        return true
      case 'refused':
        this.refusal = answer.message
        return false
      default:
        return false
    }
  }

  #lose({ file, name, seed, options, message, where }: LostRun): void {
    this.#tally.lost.push({ file, name, seed, options, message, where })
    this.#shell.say(`lost: ${name} seed ${seed}: ${message}`)
  }

  async shrink(): Promise<void> {
    const { maxShrinkRuns } = this.#choices
    if (maxShrinkRuns === 0) return
    const shrinkOne = async (failed: RunReport): Promise<void> => {
      this.#shell.say(`making ${failed.name} seed ${failed.seed} smaller …`)
      const { file, name, options } = failed
      const maxRuns = maxShrinkRuns
      const answer = await this.#perform({ kind: 'shrink', file, name, options, maxRuns })
      if (answer.kind === 'shrunk') this.#shrunk.set(failed, answer)
      else if (answer.kind !== 'stopped') {
        const why = 'message' in answer ? answer.message : answer.kind
        this.#shell.say(`cannot make it smaller: ${why}`)
      }
    }
    await Promise.all(this.#tally.distinct().map(shrinkOne))
  }

  /** Prints what came of it all; false if something is wrong. */
  print(isInterrupted: boolean, earlier: EarlierRuns): boolean {
    const outcome = this.#outcome(isInterrupted, earlier)
    if (this.#choices.json) {
      this.#shell.print(JSON.stringify(summaryDocument(outcome), undefined, 2))
    } else {
      this.#printFailures()
      for (const line of summaryLines(outcome)) this.#shell.print(line)
    }
    return isGood(outcome)
  }

  #outcome(isInterrupted: boolean, earlier: EarlierRuns): RunsOutcome {
    const { options, sameAs: path } = this.#choices
    const tally = this.#tally
    const wallMs = this.#shell.nowMs() - this.#beganMs
    // Of runs that were interrupted some are missing anyway.
    const comparison =
      path === undefined || earlier === undefined || isInterrupted
        ? undefined
        : { path, different: differences(earlier, tally.runs) }
    const outcome = { tally, wallMs, isInterrupted, shrunk: this.#shrunk, from: this.#shell }
    return { ...outcome, options, comparison }
  }

  #printFailures(): void {
    const shell = this.#shell
    const tally = this.#tally
    const distinct = tally.distinct()
    for (const failed of distinct) {
      const shrunk = this.#shrunk.get(failed)
      const lines = shrunk === undefined ? explainFailure(failed, shell) : []
      for (const line of lines) shell.print(line)
      if (shrunk !== undefined) this.#printShrunk(failed, shrunk)
      shell.print('')
    }
    const others = tally.failed.filter((failed) => !distinct.includes(failed))
    for (const line of alsoFailedLines(others)) shell.print(line)
  }

  #printShrunk(failed: RunReport, { report, runs }: Shrunk): void {
    const shell = this.#shell
    for (const line of explainFailure(report, shell)) shell.print(line)
    shell.print(`  that is the smallest of ${runs} runs; as it was found, it is`)
    shell.print(`    ${replayLine(failed, shell)}`)
  }
}

/** Every seed of every simulation; who takes one has it alone. */
function* seedsOf(
  targets: readonly Target[],
  firstSeed: number,
  seeds: number,
): Generator<readonly [Target, number]> {
  for (let index = 0; index < seeds; index += 1) {
    for (const target of targets) yield [target, firstSeed + index]
  }
}
