/**
 * Runs in words: why one failed, how it was drawn, what happened last.
 */
import { type CommandPlace, replayLine } from './replay-line.ts'
import type { RunReport } from './task.ts'

/** How much of a timeline is printed. */
const timelineLines = 40
const sliceLines = 40

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
  const { message, stack, slice } = failure
  const trace = stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 5)
  return [
    `FAILED ${headline(report)}`,
    ...message.split('\n').map((line) => `  ${line}`),
    ...trace,
    ...drawnLines(report),
    ...part('what led to it', slice.slice(-sliceLines)),
    ...part('the last events', report.timeline.slice(-timelineLines)),
    `  hash ${report.hash}`,
    '  run it again:',
    `    ${replayLine(report, from)}`,
  ]
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

/** Lines under a title, further in; nothing if there are none. */
export function part(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`  ${title}:`, ...lines.map((line) => `    ${line}`)]
}
