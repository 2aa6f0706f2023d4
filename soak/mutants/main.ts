/**
 * Mutants: whether the simulator and the tests see bugs that are planted.
 *
 * Usage: npm run mutants -- [options], of which --help tells
 */
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onInterrupt } from '../../programs/interrupts.ts'
import { parseJson } from '../../tools/json.ts'
import { allMutants } from './bugs/all.ts'
import { readList } from './list.ts'
import { type Mutant, misfits } from './mutant.ts'
import { type Options, parseOptions, usage } from './options.ts'
import {
  type Circumstances,
  evidencePage,
  exitCodeOf,
  namesText,
  outputOf,
  trialLine,
} from './report.ts'
import { Untried } from './trial.ts'
import { tryAll } from './try-all.ts'

const { stderr, stdout } = process
const root = fileURLToPath(new URL('../../../', import.meta.url))
const page = 'docs/evidence/mutants.md'
/** Long enough for a mutant that is found with the last seed, and short for one that spins. */
const limitMs = 400_000
const minutes = 0.25

const parsed = parseOptions(process.argv.slice(2))
switch (parsed.kind) {
  case 'help':
    stdout.write(usage)
    break
  case 'refused':
    stderr.write(`${parsed.message}\n`)
    process.exitCode = 2
    break
  case 'run':
    process.exitCode = await main(parsed.options)
}

async function main(options: Options): Promise<number> {
  const chosen = choose(options)
  if ('problems' in chosen) {
    stderr.write(`${chosen.problems.join('\n')}\n`)
    return 2
  }
  if (options.task === 'names') {
    stdout.write(namesText(chosen.mutants))
    return 0
  }
  const stopping = new AbortController()
  using _interrupts = onInterrupt(
    process,
    () => stopping.abort(),
    () => undefined,
  )
  try {
    return await tryChosen(chosen.mutants, options, stopping.signal)
  } catch (error) {
    if (stopping.signal.aborted) return 130
    if (!(error instanceof Untried)) throw error
    stderr.write(`${error.message}\n`)
    return 2
  }
}

async function tryChosen(
  mutants: readonly Mutant[],
  options: Options,
  signal: AbortSignal,
): Promise<number> {
  const { seeds, jobs } = options
  const beganMs = performance.now()
  stderr.write(`without a bug first, ${seeds} seeds …\n`)
  const findings = await tryAll(mutants, {
    ...{ root, jobs, seeds, minutes, limitMs, signal },
    onTrial: (trial) => stderr.write(`${trialLine(trial)}\n`),
  })
  const at = { ...circumstances(), seeds, seconds: (performance.now() - beganMs) / 1000 }
  const exitCode = exitCodeOf(findings)
  if (options.task === 'report' && findings.trials.length > 0) {
    writeFileSync(join(root, page), evidencePage(findings, at))
    stderr.write(`wrote ${page}\n`)
  }
  stdout.write(outputOf(findings, at, options))
  return exitCode
}

/** The mutants that are meant, or why there are none. */
function choose({
  only,
  list,
}: Options): { readonly mutants: readonly Mutant[] } | { readonly problems: readonly string[] } {
  const given = list === undefined ? allMutants : readGiven(list)
  if (given === undefined) {
    return { problems: [`Cannot read ${list}: want a JSON array of id, bug, targets, changes`] }
  }
  const known = new Set(given.map(({ id }) => id))
  const unknown = only.filter((id) => !known.has(id))
  if (unknown.length > 0) {
    return { problems: unknown.map((id) => `There is no mutant ${id}; --names lists them`) }
  }
  const mutants = given.filter(({ id }) => only.length === 0 || only.includes(id))
  const problems = misfits(mutants, (path) => readFileSync(join(root, path), 'utf8'))
  return problems.length === 0 ? { mutants } : { problems }
}

function readGiven(path: string): readonly Mutant[] | undefined {
  try {
    return readList(parseJson(readFileSync(path, 'utf8')))
  } catch {
    // No such file: refused like one that is no list.
    return undefined
  }
}

function circumstances(): Pick<Circumstances, 'node' | 'platform' | 'commit' | 'date'> {
  const git = spawnSync('git', ['describe', '--always', '--dirty'], { cwd: root, encoding: 'utf8' })
  const { version: node, platform, arch } = process
  const commit = git.stdout?.trim() || 'unknown'
  const date = new Date().toISOString().slice(0, 10)
  return { node, platform: `${platform} ${arch}`, commit, date }
}
