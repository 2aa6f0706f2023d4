/**
 * The trial of one mutant: planted, built, hunted.
 */
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { listAt, parseJson, textAt, valueAt } from '../../tools/json.ts'
import type { Copy } from './copy.ts'
import type { HuntPlan } from './hunt.ts'
import type { Mutant } from './mutant.ts'
import { runProgram } from './program.ts'
import { type Hunt, type Kill, oneLine } from './verdict.ts'

/** What the trial of a mutant came to. */
export interface Trial extends Hunt {
  readonly mutant: Mutant
  readonly seconds: number
}

/** How it is hunted. */
export interface TrialOptions {
  readonly seeds: number
  readonly minutes: number
  /** After so long a hunt does not come to an end any more. */
  readonly limitMs: number
  readonly signal: AbortSignal
}

/** A mutant that cannot be tried: a mistake in the list, which says nothing of the checkers. */
export class Untried extends Error {
  override readonly name = 'Untried'
}

/** Without any bug: it is hunted with the same seeds, and what tests hunt with must pass. */
export const sound: Mutant = {
  id: 'none',
  bug: 'nothing: the source as it is',
  targets: [],
  changes: [],
}

/** Tries a mutant. @throws Untried if it does not fit the source or does not run at all */
export async function tryMutant(copy: Copy, mutant: Mutant, options: TrialOptions): Promise<Trial> {
  const beganMs = performance.now()
  copy.plant(mutant)
  const found =
    mutant.test === undefined
      ? await huntWithSeeds(copy, mutant, options)
      : await huntWithTest(copy, mutant.test.path, options)
  return { ...found, mutant, seconds: (performance.now() - beganMs) / 1000 }
}

async function huntWithSeeds(
  copy: Copy,
  mutant: Mutant,
  { seeds, minutes, limitMs, signal }: TrialOptions,
): Promise<Hunt> {
  const build = await copy.build(signal)
  if (build.code !== 0) throw new Untried(`${mutant.id} does not compile: ${build.stdout}`)
  const plan: HuntPlan = { seeds, minutes, targets: mutant.targets }
  const program = ['build/soak/mutants/hunt-worker.js', JSON.stringify(plan)]
  const run = await runProgram(program, { cwd: copy.path, signal, limitMs })
  if (run.wasTooLong) {
    const message = `the hunt does not come to an end within ${limitMs / 1000} s`
    const kill: Kill = { kind: 'hang', by: 'no end', message, scenario: '', seeds: 0 }
    return { kill, ownSeeds: undefined, runs: 0 }
  }
  const hunt = readHunt(parseJson(run.stdout))
  if (hunt !== undefined) return hunt
  throw new Untried(`${mutant.id} does not run: ${oneLine(run.stderr, 2000)}`)
}

async function huntWithTest(copy: Copy, path: string, options: TrialOptions): Promise<Hunt> {
  const { signal, limitMs } = options
  const report = join(copy.path, 'report.json')
  rmSync(report, { force: true })
  const reporter = ['--reporter=json', `--outputFile=${report}`]
  const program = [join(copy.path, 'node_modules/vitest/vitest.mjs'), 'run', '--project', 'unit']
  const line = [...program, '--bail=1', ...reporter, path]
  const run = await runProgram(line, { cwd: copy.path, signal, limitMs })
  if (run.code === 0) return { kill: undefined, ownSeeds: undefined, runs: 1 }
  const [title = 'the run as a whole'] = failedTests(report)
  const message = oneLine(title)
  const kill: Kill = { kind: 'test', by: path, message, scenario: '', seeds: 0 }
  return { kill, ownSeeds: undefined, runs: 1 }
}

function failedTests(report: string): readonly string[] {
  return listAt(readReport(report), 'testResults')
    .flatMap((file) => listAt(file, 'assertionResults'))
    .filter((test) => textAt(test, 'status') === 'failed')
    .map((test) => textAt(test, 'fullName'))
}

function readReport(path: string): unknown {
  try {
    return parseJson(readFileSync(path, 'utf8'))
  } catch {
    // The run ended before it could write: told by its exit code.
    return undefined
  }
}

/** What the hunting process wrote; undefined if it did not come that far. */
function readHunt(document: unknown): Hunt | undefined {
  const runs = valueAt(document, 'runs')
  if (typeof runs !== 'number') return undefined
  const ownSeeds = valueAt(document, 'ownSeeds')
  return {
    kill: readKill(valueAt(document, 'kill')),
    ownSeeds: typeof ownSeeds === 'number' ? ownSeeds : undefined,
    runs,
  }
}

function readKill(value: unknown): Kill | undefined {
  const kind = valueAt(value, 'kind')
  if (kind !== 'invariant' && kind !== 'oracle') return undefined
  const seeds = Number(valueAt(value, 'seeds'))
  const [by, message] = [textAt(value, 'by'), textAt(value, 'message')]
  return { kind, by, message, scenario: textAt(value, 'scenario'), seeds }
}
