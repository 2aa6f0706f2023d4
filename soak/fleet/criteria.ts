/**
 * The verdict: every criterion with what was seen and what the limit is.
 *
 * Invariant: a criterion decides by the facts alone. One that a run is too short for says so, and
 * is never counted as held.
 */
import type { Facts } from './facts.ts'
import type { SeriesName } from './sampler.ts'
import { lastPart, poissonLimit, slopeOf } from './statistics.ts'

/** One criterion, decided. */
export interface Criterion {
  readonly id: string
  readonly title: string
  readonly seen: string
  readonly limit: string
  readonly verdict: 'held' | 'broken' | 'not judged'
}

const gapMaxMs = 100
const gapsMin = 1000
const keeperGapMaxMs = 1000
const failureFactor = 1.5
const missFactor = 1.1
const driftFactor = 1.2
/** A tenth of the run must have so many calls for its 99th percentile to be worth comparing. */
const driftCallsMin = 9000
/** So long memory is watched at least once it has settled; less says nothing about its slope. */
const memorySecondsMin = 240
const slopeShareMax = 0.001
const paceMin = 0.99
const allowedReasons = ['killed', 'crash', 'normal', 'shutdown']

/** Decides all criteria. */
export function judge(facts: Facts): readonly Criterion[] {
  return [
    ...effects(facts),
    ...lookups(facts),
    ...returns(facts),
    ...failures(facts),
    drift(facts),
    ...slopes(facts),
    none('accounting', 'starts, ends and calls add up', facts.imbalances),
    none('quiescence', 'nothing is left after the stop', facts.leftovers),
    none('warnings', 'no warning, nothing overloaded, unheard or given up', facts.warnings),
    pace(facts),
  ]
}

/** Whether a run is red. */
export function isRed(criteria: readonly Criterion[]): boolean {
  return criteria.some(({ verdict }) => verdict === 'broken')
}

function effects({ wrong }: Facts): readonly Criterion[] {
  return [
    zero('wrong-owner', 'replies of another key or process', wrong.wrongOwner),
    zero('wrong-incarnation', 'replies of another life', wrong.wrongIncarnation),
    zero('duplicate-effect', 'operations done twice', wrong.duplicateEffect),
    zero('lost-effect', 'acknowledged operations lost', wrong.lostEffect),
    zero('order', 'replies out of order', wrong.orderViolation),
    zero('two-holders', 'names taken twice', wrong.twoHolders),
  ]
}

function lookups({ wrong, lookups: { hit, absent, miss, missesExpected } }: Facts): Criterion[] {
  const all = hit + absent + miss
  const limit = poissonLimit(missesExpected * missFactor)
  return [
    zero('dead-lookups', 'look-ups that show the dead', wrong.deadLookup),
    zero('wrong-lookups', 'look-ups that show another, or nobody', wrong.wrongLookup),
    zero('counts', 'counts and walks that differ from who lives', wrong.wrongCount),
    made(
      { id: 'misses', title: 'look-ups that miss, of those whose key is wanted' },
      `${miss} of ${all}`,
      {
        text: `${limit}, for ${missesExpected.toFixed(2)} expected of the gaps`,
        holds: miss <= limit,
      },
    ),
  ]
}

function returns({ missing, wrong, gaps, keeperGaps, keeperLosses }: Facts): Criterion[] {
  // Of fewer, one in a thousand is none: the longest would be judged, which is chance.
  const isMany = gaps.count >= gapsMin
  const [name, gapMs] = isMany
    ? (['p99.9', gaps.p999] as const)
    : (['p99, too few for p99.9', gaps.p99] as const)
  const keepers = { id: 'keeper-gap', title: 'names free after the loss of a fleet, longest' }
  return [
    zero('missing', 'workers that did not come back', missing),
    zero('needless-starts', 'workers started more than once', wrong.needlessStart),
    zero('unplanned-ends', 'workers that ended unasked', wrong.unplannedEnd),
    made({ id: 'name-gap', title: `names free until the worker is back, ${name}` }, ms(gapMs), {
      text: ms(gapMaxMs),
      holds: gapMs <= gapMaxMs,
    }),
    keeperLosses === 0
      ? unjudged(keepers, 'no fleet was lost')
      : made(keepers, ms(keeperGaps.max), {
          text: ms(keeperGapMaxMs),
          holds: keeperGaps.max <= keeperGapMaxMs,
        }),
  ]
}

function failures({ calls: { failed, allowed, offered }, wrong }: Facts): Criterion[] {
  const all = Object.values(failed).reduce((sum, count) => sum + count, 0)
  const foreign = Object.entries(failed).filter(([reason, count]) => {
    return count > 0 && !allowedReasons.includes(reason)
  })
  const seen = foreign.map(([reason, count]) => `${reason} ${count}`).join(', ')
  const limit = Math.floor(allowed * failureFactor)
  return [
    made(
      { id: 'failure-reasons', title: 'calls failed for reasons nobody has caused' },
      seen === '' ? '0' : seen,
      { text: '0', holds: foreign.length === 0 },
    ),
    zero('failures-explained', 'failures without an end of the worker', wrong.unexplainedFailure),
    made({ id: 'failures', title: 'failed calls' }, `${all} of ${offered}`, {
      text: `${limit}, 1.5 x ${allowed} in the hands of the struck`,
      holds: all <= limit,
    }),
  ]
}

function drift({ drift: { second, last }, interrupted, seconds, load }: Facts): Criterion {
  const what = { id: 'drift', title: 'p99 of calls, last tenth against the second' }
  if (interrupted) return unjudged(what, 'interrupted')
  // Else one tenth has a fault and the other has none.
  if (seconds / 10 < Math.max(load.keeperLossEverySeconds, load.stallEverySeconds)) {
    return unjudged(what, 'a tenth of the run is shorter than the time between two faults')
  }
  if (Math.min(second.count, last.count) < driftCallsMin) return unjudged(what, 'too few calls')
  return made(what, `${ms(last.p99)} after ${ms(second.p99)}`, {
    text: `${ms(second.p99 * driftFactor)}`,
    holds: last.p99 <= second.p99 * driftFactor,
  })
}

const slopeTitles: Readonly<Record<SeriesName, readonly [id: string, title: string]>> = {
  heapAfterCollection: ['heap-slope', 'heap after collection'],
  rss: ['rss-slope', 'resident memory after collection'],
  openFiles: ['files-slope', 'open files'],
  timers: ['timers-slope', 'timers'],
  handles: ['handles-slope', 'handles'],
  deadlines: ['deadlines-slope', 'deadlines of the node'],
  excessNames: ['names-slope', 'names beyond those held'],
  excessProcesses: ['processes-slope', 'processes beyond the workers'],
  monitors: ['monitors-slope', 'monitors'],
  links: ['links-slope', 'links'],
  parkedReplies: ['replies-slope', 'replies put off'],
}
const memoryNames: readonly string[] = ['heapAfterCollection', 'rss']

function slopes({ series, seconds, load }: Facts): readonly Criterion[] {
  const { memorySettlesSeconds } = load
  const neededSeconds = memorySettlesSeconds + memorySecondsMin
  return Object.entries(series).map(([name, samples]) => {
    const [id, title] = isSeriesName(name) ? slopeTitles[name] : [name, name]
    const what = { id, title: `${title}, slope` }
    const isMemory = memoryNames.includes(name)
    if (isMemory && seconds < neededSeconds) {
      return unjudged(what, `the run is shorter than ${neededSeconds} s`)
    }
    const judged = samples.filter(({ atSeconds }) => !isMemory || atSeconds >= memorySettlesSeconds)
    const part = lastPart(judged, 0.8)
    if (part.length < 8) return unjudged(what, 'too few samples')
    const { perHour, low, high, median } = slopeOf(part)
    const level = Math.max(1, Math.abs(median))
    const share = perHour / level
    return made(what, `${percent(share)}/h (${percent(low / level)} to ${percent(high / level)})`, {
      text: `${percent(slopeShareMax)}/h, or not surely above 0`,
      holds: low <= 0 || share < slopeShareMax,
    })
  })
}

function pace({ operations, operationsWanted, blows, blowsWanted }: Facts): Criterion {
  const struck = Object.values(blows).reduce((sum, count) => sum + count, 0)
  const share = Math.min(operations / operationsWanted, blowsWanted > 0 ? struck / blowsWanted : 1)
  return made({ id: 'pace', title: 'share of the load that was really offered' }, percent(share), {
    text: `${percent(paceMin)} at least`,
    holds: share >= paceMin,
  })
}

interface What {
  readonly id: string
  readonly title: string
}

function zero(id: string, title: string, count: number): Criterion {
  return made({ id, title }, `${count}`, { text: '0', holds: count === 0 })
}

function none(id: string, title: string, found: readonly string[]): Criterion {
  const seen = found.length === 0 ? 'so it is' : found.slice(0, 5).join('; ')
  return made({ id, title }, seen, { text: 'without exception', holds: found.length === 0 })
}

function made(what: What, seen: string, limit: { text: string; holds: boolean }): Criterion {
  return { ...what, seen, limit: limit.text, verdict: limit.holds ? 'held' : 'broken' }
}

function unjudged(what: What, why: string): Criterion {
  return { ...what, seen: why, limit: '-', verdict: 'not judged' }
}

function isSeriesName(name: string): name is SeriesName {
  return Object.hasOwn(slopeTitles, name)
}

function ms(value: number): string {
  return `${Math.round(value * 100) / 100} ms`
}

function percent(share: number): string {
  const value = share * 100
  return `${Math.abs(value) >= 100 ? Math.round(value) : Math.round(value * 100) / 100} %`
}
