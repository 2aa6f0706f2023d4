import { expect, test } from 'vitest'
import { judge } from '../../../soak/fleet/criteria.ts'
import { verdictJson } from '../../../soak/fleet/report.ts'
import { sideOfElixir, sideOfFlotilla } from '../../../soak/fleet/side.ts'
import { goodFacts } from './good-facts.ts'
import { side } from './sides.ts'

test('reads what the Elixir script prints', () => {
  const given = side({ version: 'Elixir 1.14.0, OTP 25' })
  expect(sideOfElixir(JSON.stringify({ ...given, schedulers: 2 }))).toEqual(given)
})

test('refuses what lacks a figure, and names it', () => {
  expect(() => sideOfElixir('{"version":"v1"}')).toThrow('did not tell startMs')
})

test('reads what the soak prints with --json', () => {
  const facts = goodFacts()
  const wrong = { ...facts.wrong, deadLookup: 5, lostEffect: 2 }
  const calls = { ...facts.calls, failed: { killed: 4, timeout: 3 } }
  const lookups = { ...facts.lookups, deadAfterEnd: 3 }
  const changed = goodFacts({ wrong, calls, lookups })
  const printed = verdictJson({ facts: changed, criteria: judge(changed), ceiling: undefined })
  expect(sideOfFlotilla(printed)).toMatchObject({
    ...{ version: 'Node v20.0.0', wrong: 2, deadLookups: 2, deadAfterEnd: 3 },
    ...{ failedCalls: 7, timeouts: 3, lookups: 100_000, misses: 10, blows: 149_990 },
    ...{ calling: facts.latency, gaps: facts.gaps, restarts: facts.restarts },
  })
})
