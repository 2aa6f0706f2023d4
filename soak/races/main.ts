/**
 * The long form of the race checks.
 *
 * Usage: npm run test:races -- [options], of which --help tells
 */
import { randomInt } from 'node:crypto'
import { runProgram } from '../../programs/command-line.ts'
import { type TierResult, tiersOf } from './exhaustive.ts'
import { type Options, parseOptions, usage } from './options.ts'
import { runRandom } from './random.ts'
import {
  type FindingText,
  findingOf,
  type Report,
  randomLine,
  roundFinding,
  tierLine,
  verdictText,
} from './report.ts'

const { stdout } = process

// No handler for Ctrl-C: the work never leaves its turn, so nothing but the OS can end it.
await runProgram({ usage, parse: parseOptions, main })

async function main(options: Options): Promise<number> {
  const { json, seed = randomInt(2 ** 32), exhaustive: extent } = options
  const beganAt = performance.now()
  const say = (line: string): void => {
    if (!json) stdout.write(`${line}\n`)
  }
  const findings: FindingText[] = []
  const exhaustive: TierResult['count'][] = []
  const onProgress = progress(say)
  say(`seed ${seed}`)
  for (const tier of extent === 'none' ? [] : tiersOf(extent, seed)) {
    const { count, finding } = await tier({ onProgress })
    exhaustive.push(count)
    say(tierLine(count))
    if (finding !== undefined) findings.push(findingOf(finding))
  }
  const random = await runRandom({ operations: options.operations, seed, onProgress })
  say(randomLine(random.count))
  if (random.finding !== undefined) findings.push(roundFinding(random.finding))
  const seconds = (performance.now() - beganAt) / 1000
  const parts = { exhaustive, random: random.count, findings }
  const report: Report = { seed, node: process.version, seconds, ...parts }
  stdout.write(json ? `${JSON.stringify(report, undefined, 2)}\n` : verdictText(report))
  return findings.length === 0 ? 0 : 1
}

/** Says how far it is, ten seconds after it last did. */
function progress(say: (line: string) => void): (count: { operations: number }) => void {
  let saidAt = performance.now()
  return ({ operations }) => {
    if (performance.now() - saidAt < 10_000) return
    saidAt = performance.now()
    say(`… ${operations.toLocaleString('en-US')} operations`)
  }
}
