import { describe, expect, test } from 'vitest'
import { isRed, judge } from '../../../soak/fleet/criteria.ts'
import type { Facts } from '../../../soak/fleet/facts.ts'
import type { Wrong } from '../../../soak/fleet/oracle.ts'
import { plants } from '../../../soak/fleet/plants.ts'
import type { SeriesName } from '../../../soak/fleet/sampler.ts'
import { goodFacts, series } from './good-facts.ts'

function brokenOf(facts: Facts): readonly string[] {
  return judge(facts)
    .filter(({ verdict }) => verdict === 'broken')
    .map(({ id }) => id)
}

const good = goodFacts()
const slow = { ...good.latency, p99: 2.5 }

test('a good run holds every criterion, and each has an id of its own', () => {
  const criteria = judge(good)
  expect(criteria.map(({ verdict }) => verdict)).toEqual(criteria.map(() => 'held'))
  expect(new Set(criteria.map(({ id }) => id)).size).toBe(criteria.length)
  expect(isRed(criteria)).toBe(false)
})

describe('is broken, and nothing else is,', () => {
  test.each<[Wrong, string]>([
    ['wrongOwner', 'wrong-owner'],
    ['wrongIncarnation', 'wrong-incarnation'],
    ['duplicateEffect', 'duplicate-effect'],
    ['lostEffect', 'lost-effect'],
    ['orderViolation', 'order'],
    ['twoHolders', 'two-holders'],
    ['deadLookup', 'dead-lookups'],
    ['wrongLookup', 'wrong-lookups'],
    ['wrongCount', 'counts'],
    ['needlessStart', 'needless-starts'],
    ['unplannedEnd', 'unplanned-ends'],
    ['unexplainedFailure', 'failures-explained'],
  ])('by one %s: %s', (wrong, id) => {
    expect(brokenOf(goodFacts({ wrong: { ...good.wrong, [wrong]: 1 } }))).toEqual([id])
  })

  test.each<[string, Partial<Facts>]>([
    ['misses', { lookups: { ...good.lookups, miss: 30 } }],
    ['missing', { missing: 1 }],
    ['name-gap', { gaps: { ...good.gaps, p999: 101 } }],
    ['name-gap', { gaps: { ...good.gaps, count: 999, p99: 101 } }],
    ['keeper-gap', { keeperGaps: { ...good.gaps, max: 1001 } }],
    ['failure-reasons', { calls: { ...good.calls, failed: { timeout: 1 } } }],
    ['failure-reasons', { calls: { ...good.calls, failed: { overload: 1 } } }],
    ['failures', { calls: { ...good.calls, failed: { killed: 136 } } }],
    ['drift', { drift: { second: good.latency, last: slow } }],
    ['accounting', { imbalances: ['starts 1 and ends 2'] }],
    ['quiescence', { leftovers: ['1 process'] }],
    ['warnings', { warnings: ['MaxListenersExceededWarning: 11'] }],
    ['pace', { operations: 7_000_000 }],
    ['pace', { blows: { kill: 100_000 } }],
  ])('%s', (id, changes) => {
    expect(brokenOf(goodFacts(changes))).toEqual([id])
    expect(isRed(judge(goodFacts(changes)))).toBe(true)
  })

  test.each<[SeriesName, string]>([
    ['heapAfterCollection', 'heap-slope'],
    ['rss', 'rss-slope'],
    ['openFiles', 'files-slope'],
    ['timers', 'timers-slope'],
    ['handles', 'handles-slope'],
    ['deadlines', 'deadlines-slope'],
    ['excessNames', 'names-slope'],
    ['excessProcesses', 'processes-slope'],
    ['monitors', 'monitors-slope'],
    ['links', 'links-slope'],
    ['parkedReplies', 'replies-slope'],
  ])('by %s that grow by a thousandth in five minutes: %s', (name, id) => {
    const growing = series((second) => 1000 + second / 300 + (second % 2) / 100)
    expect(brokenOf(goodFacts({ series: { ...good.series, [name]: growing } }))).toEqual([id])
  })
})

describe('is held', () => {
  test('by a slope that is below the limit, however sure it is', () => {
    const growing = series((second) => 1000 + second * 1e-5)
    expect(brokenOf(goodFacts({ series: { ...good.series, rss: growing } }))).toEqual([])
  })

  test('by memory that has grown until it settled, and not after that', () => {
    const late = series((second) => 1000 + Math.min(second, 220) + (second % 2))
    const rss = late.map(({ atSeconds, value }) => ({ atSeconds: 3 * atSeconds, value }))
    const long = { seconds: 900, series: { ...good.series, rss } }
    expect(brokenOf(goodFacts(long))).toEqual(['rss-slope'])
    const load = { ...good.load, memorySettlesSeconds: 660 }
    expect(brokenOf(goodFacts({ ...long, load }))).toEqual([])
  })

  test('by one long gap of fewer than a thousand', () => {
    const gaps = { ...good.gaps, count: 999, p999: 101 }
    expect(brokenOf(goodFacts({ gaps }))).toEqual([])
  })

  test('by what shrinks', () => {
    const shrinking = series((second) => 1000 - second)
    expect(brokenOf(goodFacts({ series: { ...good.series, links: shrinking } }))).toEqual([])
  })
})

describe('is not judged', () => {
  const unjudged = (facts: Facts): readonly string[] => {
    const criteria = judge(facts).filter(({ verdict }) => verdict === 'not judged')
    return criteria.map(({ id }) => id)
  }

  test('the slope of memory in a run that is too short for it', () => {
    const growing = { ...good.series, rss: series((second) => second) }
    const short = unjudged(goodFacts({ seconds: 20, series: growing }))
    expect(short).toEqual(expect.arrayContaining(['heap-slope', 'rss-slope']))
  })

  test('the slope of memory in a run that ends soon after it has settled', () => {
    const { load } = goodFacts()
    const short = goodFacts({ load: { ...load, memorySettlesSeconds: 61 } })
    expect(unjudged(short)).toEqual(['heap-slope', 'rss-slope'])
  })

  test('a slope of few samples', () => {
    const few = { ...good.series, timers: series((second) => second).slice(0, 8) }
    expect(unjudged(goodFacts({ series: few }))).toEqual(['timers-slope'])
  })

  test('the drift of few calls, of tenths without a fault each, or of a run that was interrupted', () => {
    const few = { second: { ...good.latency, count: 8999 }, last: slow }
    expect(unjudged(goodFacts({ drift: few }))).toEqual(['drift'])
    const short = goodFacts({ seconds: 299, drift: { ...good.drift, last: slow } })
    expect(unjudged(short)).toEqual(['drift'])
    const interrupted = goodFacts({ interrupted: true, drift: { ...good.drift, last: slow } })
    expect(unjudged(interrupted)).toEqual(['drift'])
  })

  test('the return of a fleet when none was lost', () => {
    expect(unjudged(goodFacts({ keeperLosses: 0 }))).toEqual(['keeper-gap'])
  })
})

test('every planted defect has a criterion', () => {
  const ids = judge(good).map(({ id }) => id)
  expect(ids).toEqual(expect.arrayContaining(Object.values(plants)))
})
