/**
 * A run in words, as JSON, and as counts for .ci/run.
 *
 * Invariant: it says that every criterion held exactly if none is broken.
 */
import { type Criterion, isRed } from './criteria.ts'
import type { Facts } from './facts.ts'
import type { Durations } from './latency.ts'

/** A judged run. */
export interface Verdict {
  readonly facts: Facts
  readonly criteria: readonly Criterion[]
  /** What the ceiling is and what followed from it, if it was measured. */
  readonly ceiling: string | undefined
}

/** For readers. */
export function verdictText({ facts, criteria, ceiling }: Verdict): string {
  const { calls, lookups, load } = facts
  const failed = Object.entries(calls.failed).map(([reason, count]) => `${reason} ${count}`)
  const blows = Object.entries(facts.blows).map(([kind, count]) => `${kind} ${count}`)
  const unanswered = failed.length === 0 ? 'all answered' : `no answer: ${failed.join(', ')}`
  const all = lookups.hit + lookups.miss + lookups.absent
  const plant = facts.plant === undefined ? '' : `, planted: ${facts.plant}`
  const rows: readonly (readonly [string, string])[] = [
    [
      'run',
      `${facts.level}, ${facts.seconds.toFixed(1)} s${facts.interrupted ? ', interrupted' : ''}, ` +
        `seed ${facts.seed}, Node ${facts.node}${plant}`,
    ],
    ['workers', `${number(load.workers)} in ${load.fleets} fleets, ${memory(facts)}`],
    ...(ceiling === undefined ? [] : [['ceiling', ceiling] as const]),
    ['calls', `${number(calls.offered)}, ${rate(calls.offered, facts)}; ${unanswered}`],
    ['duration', durations(facts.latency)],
    ['look-ups', `${number(all)}, and ${number(lookups.afterEnd)} right after an end`],
    ['ends', `${rate(sum(facts.ends), facts)}: ${blows.join(', ')}`],
    ['restarts', durations(facts.restarts)],
    ['name gap', durations(facts.gaps)],
    ['cpu', `${facts.cpuMicrosecondsPerOperation.toFixed(1)} µs for each operation`],
  ]
  const lines = [
    ...rows.map(([name, text]) => `${name.padEnd(10)}${text}`),
    '',
    ...criteria.map(criterionLine),
    ...facts.findings.map((finding) => `          ${finding}`),
    '',
    closingLine(criteria),
  ]
  return `${lines.join('\n')}\n`
}

/** For programs. */
export function verdictJson(verdict: Verdict): string {
  const { series, ...facts } = verdict.facts
  const counts = Object.entries(series).map(([name, samples]) => [name, samples.length])
  const document = { ...verdict, facts: { ...facts, samples: Object.fromEntries(counts) } }
  const held = isRed(verdict.criteria) ? 'broken' : 'held'
  return `${JSON.stringify({ verdict: held, ...document }, undefined, 2)}\n`
}

/** In the shape of vitest's JSON reporter: each criterion that was judged counts as one test. */
export function verdictCounts({ criteria, facts }: Verdict): string {
  const broken = criteria.filter(({ verdict }) => verdict === 'broken').length
  const held = criteria.filter(({ verdict }) => verdict === 'held').length
  return JSON.stringify({
    numPassedTests: held,
    numFailedTests: broken,
    success: broken === 0 && !facts.interrupted,
  })
}

const marks = { held: 'held  ', broken: 'BROKEN', 'not judged': '-     ' } as const

function criterionLine({ verdict, title, seen, limit }: Criterion): string {
  const limited = verdict === 'not judged' ? '' : `  (limit ${limit})`
  return `${marks[verdict]}  ${title}: ${seen}${limited}`
}

function closingLine(criteria: readonly Criterion[]): string {
  const counted = (verdict: Criterion['verdict']): number => {
    return criteria.filter((criterion) => criterion.verdict === verdict).length
  }
  const rest = counted('not judged') === 0 ? '' : `, ${counted('not judged')} not judged`
  return isRed(criteria)
    ? `RED: ${counted('broken')} of ${criteria.length} criteria broken${rest}`
    : `green: ${counted('held')} criteria held${rest}`
}

function memory({ startMs, bytesPerWorker }: Facts): string {
  return `started in ${Math.round(startMs)} ms, ${Math.round(bytesPerWorker)} bytes each`
}

function durations({ count, p50, p99, p999, max }: Durations): string {
  if (count === 0) return 'none'
  return `p50 ${p50}  p99 ${p99}  p99.9 ${p999}  max ${max} ms (${number(count)})`
}

function rate(count: number, { seconds }: Facts): string {
  return `${number(Math.round(count / Math.max(seconds, 0.001)))} a second`
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((all, count) => all + count, 0)
}

function number(count: number): string {
  return count.toLocaleString('en-US')
}
