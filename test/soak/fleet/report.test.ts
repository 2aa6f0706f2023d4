import { describe, expect, test } from 'vitest'
import { judge } from '../../../soak/fleet/criteria.ts'
import type { Facts } from '../../../soak/fleet/facts.ts'
import { verdictCounts, verdictJson, verdictText } from '../../../soak/fleet/report.ts'
import { goodFacts } from './good-facts.ts'

const verdictOf = (facts: Facts) => ({ facts, criteria: judge(facts), ceiling: undefined })
const good = verdictOf(goodFacts())
const bad = verdictOf(goodFacts({ missing: 2, findings: ['missing: key 7'], plant: 'timer-leak' }))

describe('for readers', () => {
  test('a good run has a line for each criterion with what was seen and its limit', () => {
    const text = verdictText(good)
    expect(text).toMatch(/^run {7}S1, 300\.0 s, seed 7, Node v20\.0\.0\n/)
    for (const { title, seen } of good.criteria) {
      expect(text).toContain(`held    ${title}: ${seen}  (limit `)
    }
    expect(text.endsWith(`\ngreen: ${good.criteria.length} criteria held\n`)).toBe(true)
  })

  test('a bad one shows what is broken, what was found, and what was planted', () => {
    const text = verdictText(bad)
    expect(text).toContain('planted: timer-leak')
    expect(text).toContain('BROKEN  workers that did not come back: 2  (limit 0)')
    expect(text).toContain('          missing: key 7\n')
    expect(text).toMatch(/\nRED: 1 of \d+ criteria broken\n$/)
  })

  test('says what the ceiling is and what was not judged', () => {
    const short = verdictOf(goodFacts({ seconds: 20, interrupted: true }))
    const text = verdictText({ ...short, ceiling: 'one thread does 9 calls/s' })
    expect(text).toContain('\nceiling   one thread does 9 calls/s\n')
    expect(text).toContain(', interrupted, seed 7')
    expect(text).toMatch(/\ngreen: \d+ criteria held, 3 not judged\n$/)
  })
})

test('for programs it is one document with the verdict in front', () => {
  expect(JSON.parse(verdictJson(good))).toMatchObject({ verdict: 'held', facts: { seed: 7 } })
  const document = JSON.parse(verdictJson(bad))
  expect(document).toMatchObject({
    verdict: 'broken',
    facts: { missing: 2, samples: { rss: 300 } },
  })
  expect(document.facts.series).toBeUndefined()
})

test('for the CI each criterion that was judged is one test', () => {
  const all = good.criteria.length
  expect(JSON.parse(verdictCounts(good))).toEqual({
    ...{ numPassedTests: all, numFailedTests: 0, success: true },
  })
  expect(JSON.parse(verdictCounts(bad))).toEqual({
    ...{ numPassedTests: all - 1, numFailedTests: 1, success: false },
  })
  const interrupted = verdictOf(goodFacts({ interrupted: true }))
  expect(JSON.parse(verdictCounts(interrupted))).toMatchObject({ success: false })
})
