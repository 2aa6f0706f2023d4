/**
 * Runs in words: why one failed, how it was drawn, what happened last.
 */
import { pathToFileURL } from 'node:url'
import { type CommandPlace, replayLine } from './replay-line.ts'
import type { RunReport } from './task.ts'

/** How much of a timeline is printed. */
const timelineLines = 40
const sliceLines = 40
const seedsShown = 10
const faultsShown = 20
const exitHint =
  '  the client did not catch it: under faults expect exits, and tell them with Exit.is'
/** The frames of this package say nothing of the code of its users. */
const ownFolder = new URL('../', import.meta.url).href

/**
 * A failed run: what failed, how it was drawn, what led to it, and how to run it again.
 *
 * @param report of the run
 * @param from how and where it would be run again
 * @returns lines
 */
export function explainFailure(report: RunReport, from: CommandPlace): string[] {
  const { failure } = report
  if (failure === undefined) return []
  const { kind, message, stack, slice, sequence } = failure
  const isExit = kind === 'client' && stack.startsWith('Exit:')
  // What comes after it is the end of the run.
  const events = report.timeline.filter((line) => numberOf(line) <= sequence)
  return [
    `FAILED ${headline(report)}`,
    ...message.split('\n').map((line) => `  ${line}`),
    ...(isExit ? [exitHint] : []),
    ...traceOf(stack, from),
    ...drawnLines(report),
    ...part('the faults that happened', faultLines(report).slice(-faultsShown)),
    ...part('what led to it', slice.slice(-sliceLines)),
    ...part('the last events', events.slice(-timelineLines)),
    `  hash ${report.hash}`,
    '  run it again:',
    `    ${replayLine(report, from)}`,
  ]
}

/** Where it was thrown, without what is not the user's. */
function traceOf(stack: string, from: CommandPlace): string[] {
  return stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .filter((line) => !line.includes('node:internal') && !line.includes(ownFolder))
    .map((line) => line.replace(`${pathToFileURL(from.folder).href}/`, ''))
    .slice(0, 5)
}

/** By the names that `--only-faults` takes. */
function faultLines({ injected }: RunReport): string[] {
  return injected.map(({ name, target, atMs }) => {
    const whom = name.includes(target) ? '' : `, of ${target}`
    return `${atMs.toFixed(3).padStart(12)} ms  ${name}${whom}`
  })
}

/** Which run failed at what, in a line. */
export function headline({ name, seed, failure }: RunReport): string {
  if (failure === undefined) return `${name} seed ${seed}`
  const { kind, subject, atMs } = failure
  const what = subject === '' ? kind : `${kind} ${subject}`
  return `${name} seed ${seed}: ${what}, at ${atMs.toFixed(3)} ms`
}

/** How the run was drawn, and what befell it. */
export function drawnLines({ drawn, faultCounts, events, virtualMs }: RunReport): string[] {
  const rates = Object.entries(drawn.faults).map(([kind, rate]) => {
    const count = Reflect.get(faultCounts, kind)
    return `${kind} ${rate} (${typeof count === 'number' ? count : 0} times)`
  })
  return [
    `  schedule ${drawn.schedule}, ${drawn.minutes} minutes, ${drawn.nodes} nodes, ` +
      `${drawn.clients.length} clients; ${events} events in ${virtualMs.toFixed(0)} ms`,
    `  faults: ${rates.length === 0 ? 'none' : rates.join(', ')}`,
  ]
}

/** Those that failed for the same reason as one that was explained. */
export function alsoFailedLines(others: readonly RunReport[]): string[] {
  const seeds = new Map<string, number[]>()
  for (const { name, seed, failure } of others) {
    const what = [name, failure?.kind, failure?.subject].filter(Boolean).join(' ')
    seeds.set(what, [...(seeds.get(what) ?? []), seed])
  }
  return [...seeds].map(([what, list]) => {
    const more = list.length > seedsShown ? ` and ${list.length - seedsShown} more` : ''
    return `failed as well: ${what}, seeds ${list.slice(0, seedsShown).join(', ')}${more}`
  })
}

/** A line of a timeline begins with the number of its event. */
function numberOf(line: string): number {
  return Number.parseInt(line, 10)
}

/** Lines under a title, further in; nothing if there are none. */
export function part(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`  ${title}:`, ...lines.map((line) => `    ${line}`)]
}
