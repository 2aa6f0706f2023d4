/**
 * The verdict, for people.
 *
 * Invariant: it says `held` exactly if the report does, and then names nothing as broken.
 */

import { type Invariant, invariants } from './oracle/invariants.ts'
import type { Report } from './report.ts'
import { gapText, number, paint, type Style, words } from './status.ts'
import { killKinds } from './tally.ts'

/** The exit code of a report. */
export function exitCodeOf({ verdict }: Report): 0 | 1 {
  return verdict === 'held' ? 0 : 1
}

/** The report of `--json`: one document. */
export function verdictJson(report: Report): string {
  return `${JSON.stringify(report, undefined, 2)}\n`
}

/** The report for people. */
export function verdictText(report: Report, style: Style): string {
  const lines = [
    ...summaryLines(report),
    '',
    ...invariantNames.map((name) => invariantLine(name, report.violations[name], style)),
    ...report.findings.map((finding) => `         ${finding}`),
    '',
    verdictLine(report, style),
  ]
  return `${lines.join('\n')}\n`
}

const invariantNames = Object.keys(invariants).filter(isInvariant)

function isInvariant(name: string): name is Invariant {
  return Object.hasOwn(invariants, name)
}

function summaryLines(report: Report): readonly string[] {
  const { moves, nameGapMs, eventLoopDelayMs: delay } = report
  const kinds = killKinds
    .map((kind) => `${words[kind]} ${number(report.killsByKind[kind])}`)
    .join(', ')
  const failed = Object.entries(report.failedCalls).map(([reason, count]) => {
    return `${reason} ${number(count)}`
  })
  const rows: readonly (readonly [string, string])[] = [
    ['run', `${report.seconds} s${report.interrupted ? ', interrupted' : ''}, seed ${report.seed}`],
    ['workers', `${number(report.users)} users, ${number(report.games)} games at a time`],
    ['calls', `${number(report.calls)}, ${number(report.callsPerSecond)} a second`],
    ['no answer', failed.length === 0 ? 'never' : failed.join(', ')],
    ['look-ups', number(report.lookups)],
    ['kills', `${number(report.kills)}: ${kinds}`],
    ['restarts', `${number(report.restarts)}, with ${number(report.failedStarts)} failed starts`],
    ['name gap', gapText(nameGapMs)],
    ['timers', `late by p50 ${delay.p50}  p99 ${delay.p99}  max ${delay.max} ms`],
    ['games', `${number(report.gamesFinished)} of ${number(report.gamesStarted)} finished`],
    ['moves', `${number(moves.accepted)} accepted, ${number(moves.retried)} sent again`],
  ]
  return rows.map(([name, text]) => `${name.padEnd(11)}${text}`)
}

function invariantLine(name: Invariant, count: number, style: Style): string {
  const mark = count === 0 ? paint('  ok   ', 'green', style) : paint('BROKEN ', 'red', style)
  return `${mark}${number(count).padStart(5)}  ${invariants[name]}`
}

function verdictLine({ verdict }: Report, style: Style): string {
  return verdict === 'held'
    ? paint('held: no invariant broke', 'green', style)
    : paint('BROKEN: see above', 'red', style)
}
