/**
 * A run in words while it goes on: one line for a log, several for a terminal.
 *
 * Invariant: pure; what is not ASCII or needs colour is only said to a terminal.
 */

import type { GapSummary } from './gaps.ts'
import type { Snapshot } from './snapshot.ts'
import { killKinds } from './tally.ts'

/** How a terminal may be written to. */
export interface Style {
  readonly columns: number
  readonly colour: boolean
}

/** One line for a log. */
export function statusLine(seen: Snapshot): string {
  if (seen.phase === 'starting') return `starting ${titleOf(seen)}`
  return [
    `${(seen.elapsedMs / 1000).toFixed(0).padStart(4)} s`,
    ...(seen.phase === 'stopping' ? ['stopping'] : []),
    `${number(seen.alive)} alive`,
    `${number(seen.callsPerSecond)} calls/s`,
    `${number(killsOf(seen))} kills`,
    `${number(seen.restarts)} restarts`,
    `gap ${gapText(seen.nameGapMs)}`,
    `${number(seen.gamesFinished)} games over`,
    invariantsText(seen),
  ].join('  ')
}

/** The lines for a terminal, none wider than it is. */
export function statusLines(seen: Snapshot, style: Style): readonly string[] {
  const wanted = seen.users + seen.games
  const kills = killKinds.map((kind) => `${words[kind]} ${number(seen.kills[kind])}`).join(' · ')
  const rows: readonly (readonly [string, string])[] = [
    ['workers', `${number(seen.alive)} of ${number(wanted)} alive`],
    ['calls', `${number(seen.callsPerSecond)}/s   ${callsText(seen)}`],
    ['kills', `${number(killsOf(seen))}   ${kills}`],
    ['restarts', number(seen.restarts)],
    ['name gap', gapText(seen.nameGapMs)],
    ['games', gamesText(seen)],
  ]
  const lines = [
    `flotilla under fire · ${titleOf(seen)} · seed ${seen.seed}`,
    `${bar(seen)}  ${progressText(seen)}`,
    ...rows.map(([name, text]) => `${name.padEnd(11)}${text}`),
    `invariants ${invariantsText(seen)}`,
  ].map((line) => cut(line, style.columns))
  const looks = new Map<number, Look>([
    [0, 'bold'],
    [lines.length - 1, seen.violations === 0 ? 'green' : 'red'],
  ])
  return lines.map((line, index) => {
    const look = looks.get(index)
    return look === undefined ? line : paint(line, look, style)
  })
}

/** The kinds of kills, in words. */
export const words = {
  kill: 'kill',
  throw: 'throw',
  stop: 'stop',
  failingInit: 'failing init',
  exitSignal: 'exit signal',
} as const satisfies Readonly<Record<keyof Snapshot['kills'], string>>

function titleOf({ users, games }: Snapshot): string {
  return `${number(users)} users and ${number(games)} games`
}

function callsText({ calls, failedCalls }: Snapshot): string {
  return `${number(calls)} in all, ${number(failedCalls)} met no one or a death`
}

function gamesText({ gamesFinished, movesAccepted, movesRetried }: Snapshot): string {
  const moves = `${number(movesAccepted)} moves, ${number(movesRetried)} sent again`
  return `${number(gamesFinished)} played to the end, ${moves}`
}

function invariantsText({ violations }: Snapshot): string {
  return violations === 0 ? 'all hold' : `BROKEN ${number(violations)} times`
}

const barCells = 40

function bar(seen: Snapshot): string {
  const share = seen.phase === 'stopping' ? 1 : Math.min(1, seen.elapsedMs / seen.seconds / 1000)
  const full = Math.floor(share * barCells)
  return `[${'█'.repeat(full)}${'░'.repeat(barCells - full)}]`
}

function progressText({ phase, elapsedMs, seconds }: Snapshot): string {
  if (phase === 'starting') return 'starting'
  if (phase === 'stopping') return 'stopping: waiting for the last to come back'
  return `${(elapsedMs / 1000).toFixed(1)} of ${seconds} s`
}

/** The percentiles of the name gaps. */
export function gapText({ count, p50, p99, max }: GapSummary): string {
  if (count === 0) return 'none yet'
  return `p50 ${p50.toFixed(2)}  p99 ${p99.toFixed(2)}  max ${max.toFixed(2)} ms`
}

function killsOf({ kills }: Snapshot): number {
  return killKinds.reduce((sum, kind) => sum + kills[kind], 0)
}

/** A count with its thousands apart. */
export function number(value: number): string {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',')
}

const codes = { bold: 1, green: 32, red: 31 } as const

/** How a text may stand out. */
export type Look = keyof typeof codes

/** Colours a text if that is wanted. */
export function paint(text: string, look: Look, { colour }: Style): string {
  return colour ? `\x1b[${codes[look]}m${text}\x1b[0m` : text
}

/** Cuts a line to the columns of the terminal: a line that wraps would break the picture. */
function cut(line: string, columns: number): string {
  return line.slice(0, Math.max(0, columns - 1))
}
