/**
 * What a run came to, in words, as JSON, and as counts for .ci/run.
 */
import type { Difference } from './lane.ts'
import type { RunReport } from './lanes.ts'
import { programText } from './print.ts'

/** A finished run. */
export interface Verdict extends RunReport {
  readonly seed: number
  readonly seconds: number
  readonly interrupted: boolean
}

/** For readers. */
export function verdictText(verdict: Verdict): string {
  const { programs, explained, differences, seconds, seed, versions, interrupted } = verdict
  const rate = Math.round(programs / Math.max(seconds, 0.001))
  const lines = [
    ...differences.map((difference) => differenceText(difference, seed)),
    `${versions}, seed ${seed}${interrupted ? ', interrupted' : ''}`,
    `${count(programs)} programs in ${seconds.toFixed(1)} s (${count(rate)}/s)`,
    `${count(programs - explained - differences.length)} the same at once, ` +
      `${count(explained)} the same under another schedule of OTP, ` +
      `${count(differences.length)} different`,
  ]
  return `${lines.join('\n')}\n`
}

/** For programs. */
export function verdictJson(verdict: Verdict): string {
  return `${JSON.stringify(verdict, undefined, 2)}\n`
}

/** In the shape of vitest's JSON reporter: each program counts as one test. */
export function verdictCounts({ programs, differences, interrupted }: Verdict): string {
  return JSON.stringify({
    numPassedTests: programs - differences.length,
    numFailedTests: differences.length,
    success: differences.length === 0 && !interrupted,
  })
}

/** A difference: the program, then the first step that differs, both sides beside each other. */
function differenceText(difference: Difference, seed: number): string {
  const { number, program, otp, flotilla } = difference
  const theirs = otp.split('\n\n')
  const ours = flotilla.split('\n\n')
  const step = theirs.findIndex((text, index) => text !== ours[index])
  const name = step === 0 ? 'the start' : step > program.operations.length ? 'the end' : `${step}.`
  return [
    `Program ${number} of seed ${seed}, shrunk:`,
    '',
    programText(program),
    '',
    `differs at ${name} (what happened, by process; then how things stand)`,
    '',
    ...besides(['OTP', ...linesOf(theirs[step])], ['Flotilla', ...linesOf(ours[step])]),
    '',
  ].join('\n')
}

function linesOf(text: string | undefined): readonly string[] {
  return text === undefined ? [] : text.split('\n')
}

/** Two columns; lines of one side that the other has, too, stand beside each other. */
function besides(left: readonly string[], right: readonly string[]): string[] {
  const rows: [string, string][] = []
  let at = 0
  for (const line of left) {
    const same = right.indexOf(line, at)
    if (same < 0) {
      rows.push([line, ''])
      continue
    }
    for (const only of right.slice(at, same)) rows.push(['', only])
    rows.push([line, line])
    at = same + 1
  }
  for (const only of right.slice(at)) rows.push(['', only])
  const width = Math.max(...rows.map(([text]) => text.length))
  return rows.map(([one, other]) => {
    return `  ${one === other ? ' ' : '!'} ${one.padEnd(width)} | ${other}`.trimEnd()
  })
}

function count(value: number): string {
  return value.toLocaleString('en-US')
}
