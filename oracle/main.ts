/**
 * The oracle: random supervision programs on Elixir/OTP and on Flotilla.
 *
 * Usage: npm run test:otp -- [options], of which --help tells
 */
import { randomInt } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { interruptible, runProgram } from '../programs/command-line.ts'
import { NoElixir } from './beam.ts'
import { runLanes } from './lanes.ts'
import { type Options, parseOptions, usage } from './options.ts'
import { Progress } from './progress.ts'
import { recordCorpus } from './record.ts'
import { type Verdict, verdictCounts, verdictJson, verdictText } from './report.ts'

const { stderr, stdout } = process
/** The Elixir files and the corpus lie beside the sources, not in the build. */
const sources = fileURLToPath(new URL('../../oracle/', import.meta.url))
const elixir = `${sources}elixir`

await runProgram({ usage, parse: parseOptions, main })

async function main(options: Options): Promise<number> {
  try {
    if (options.task === 'compare') {
      return await interruptible((signal) => compare(options, signal))
    }
    const seed = options.seed ?? 1
    stdout.write(await recordCorpus({ elixir, corpus: `${sources}corpus.jsonl.gz`, seed }))
    return 0
  } catch (error) {
    if (!(error instanceof NoElixir)) throw error
    stderr.write(howToInstall(error))
    return 2
  }
}

async function compare(options: Options, signal: AbortSignal): Promise<number> {
  const { programs, seed = randomInt(2 ** 32), differences, json, report } = options
  const startMs = performance.now()
  if (!json) stdout.write(`seed ${seed}\n`)
  const progress = new Progress(stderr, programs, () => performance.now())
  const run = await runLanes({
    elixir,
    programs,
    seed,
    differencesMax: differences,
    signal,
    observe: (counts) => progress.show(counts),
  })
  progress.close()
  const seconds = (performance.now() - startMs) / 1000
  const verdict: Verdict = { ...run, seed, seconds, interrupted: signal.aborted }
  stdout.write(json ? verdictJson(verdict) : verdictText(verdict))
  if (report !== undefined) writeFileSync(report, verdictCounts(verdict))
  return run.different > 0 ? 1 : signal.aborted ? 130 : 0
}

function howToInstall(error: NoElixir): string {
  return `The oracle needs Elixir, and could not start it: ${error.message}

  Debian, Ubuntu:  apt-get install -y elixir
  macOS:           brew install elixir
  elsewhere:       https://elixir-lang.org/install.html

Without it, npm test still compares with what OTP did when oracle/corpus.jsonl.gz was recorded.
`
}
