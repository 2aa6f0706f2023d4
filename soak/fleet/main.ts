/**
 * The soak: a fleet under load and churn for as long as it takes, judged by an oracle.
 *
 * Usage: npm run soak -- [options], of which --help tells
 */
import { randomInt } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { interruptible, runProgram } from '../../programs/command-line.ts'
import { fitLoad, measureCeiling } from './ceiling.ts'
import { compare, NoElixir } from './compare.ts'
import { isRed, judge } from './criteria.ts'
import { type Options, parseOptions, usage } from './options.ts'
import { pictureOf } from './picture.ts'
import { type Verdict, verdictCounts, verdictJson, verdictText } from './report.ts'
import { type Finished, runSoak } from './run.ts'
import { csvOf, type Line } from './sampler.ts'
import { type Load, readWorkload } from './workload.ts'

const { stderr, stdout } = process
/** The workload and the Elixir script lie beside the sources, not in the build. */
const sources = fileURLToPath(new URL('../../../soak/', import.meta.url))
const workloadFile = join(sources, 'fleet/workload.json')

await runProgram({
  usage,
  parse: parseOptions,
  main: (options) => interruptible((signal) => main(options, signal)),
})

async function main(options: Options, signal: AbortSignal): Promise<number> {
  if (options.task === 'run') return runOnce(options, signal)
  try {
    const load = loadOf(options)
    const files = { program: fileURLToPath(import.meta.url), workloadFile, sources }
    const { text, json, interrupted } = await compare(options, load, {
      ...files,
      signal,
      say: (line) => stderr.write(`${line}\n`),
    })
    stdout.write(options.json ? json : text)
    return interrupted ? 130 : 0
  } catch (error) {
    if (!(error instanceof NoElixir)) throw error
    stderr.write(`The comparison needs Elixir, and could not start it: ${error.message}\n`)
    return 2
  }
}

async function runOnce(options: Options, signal: AbortSignal): Promise<number> {
  const { level, seed = randomInt(2 ** 32), plant, collects, json } = options
  const workload = readWorkload(workloadFile)
  const plan = { workload, load: loadOf(options), seed, plant }
  let ceiling: string | undefined
  if (options.measureCeiling) {
    stderr.write('measuring what one thread can do\n')
    const fitted = fitLoad(plan.load, await measureCeiling(plan, level, signal))
    plan.load = fitted.load
    ceiling = fitted.said
    stderr.write(`${fitted.said}\n`)
  }
  const observe = progress(plan.load.seconds)
  const finished = await runSoak(plan, { level, signal, collects, observe })
  const verdict = { facts: finished.facts, criteria: judge(finished.facts), ceiling }
  await record(options.output, finished, verdict)
  stdout.write(json ? verdictJson(verdict) : verdictText(verdict))
  if (options.report !== undefined) writeFileSync(options.report, verdictCounts(verdict))
  if (isRed(verdict.criteria)) return 1
  return signal.aborted ? 130 : 0
}

/** The load of the level, as changed on the command line. */
function loadOf(options: Options): Load {
  const load = readWorkload(workloadFile).levels[options.level]
  const { minutes, workers = load.workers, callsPerSecond, endsPerSecond } = options
  return {
    ...load,
    workers,
    fleets: Math.min(load.fleets, workers),
    callsPerSecond: callsPerSecond ?? load.callsPerSecond,
    endsPerSecond: endsPerSecond ?? load.endsPerSecond,
    seconds: minutes === undefined ? load.seconds : minutes * 60,
  }
}

/** Says how it goes, at once and every ten seconds. */
function progress(allSeconds: number): (line: Line) => void {
  let saidAt = Number.NEGATIVE_INFINITY
  return (line) => {
    const { seconds = 0, answered = 0, names = 0, callP99Ms = 0, heapUsed = 0 } = line
    if (seconds - saidAt < 10 && seconds < allSeconds) return
    saidAt = seconds
    const heap = `${Math.round(heapUsed / 2 ** 20)} MB of heap`
    stderr.write(
      `${seconds.toFixed(0).padStart(6)} s of ${allSeconds}: ${names} names, ` +
        `${answered} answers in the last sample, p99 ${callP99Ms} ms, ${heap}\n`,
    )
  }
}

/** Writes the CSV and the picture. */
async function record(output: string, { lines }: Finished, { facts, criteria }: Verdict) {
  mkdirSync(output, { recursive: true })
  const name = [facts.level, facts.plant, facts.seed].filter((part) => part !== undefined).join('-')
  const file = join(output, `soak-${name}`)
  const colour = isRed(criteria) ? 'red' : 'green'
  const { workers, callsPerSecond, endsPerSecond } = facts.load
  const title =
    `Soak ${facts.level}: ${workers} workers, ${callsPerSecond} calls/s, ` +
    `${endsPerSecond} ends/s, seed ${facts.seed}: ${colour}`
  writeFileSync(`${file}.csv`, csvOf(lines))
  writeFileSync(`${file}.svg`, await pictureOf(title, lines))
  stderr.write(`wrote ${file}.csv and .svg\n`)
}
