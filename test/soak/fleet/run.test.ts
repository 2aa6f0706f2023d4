import { describe, expect, test } from 'vitest'
import { ceilingOf } from '../../../soak/fleet/ceiling.ts'
import { pictureOf } from '../../../soak/fleet/picture.ts'
import type { Plant } from '../../../soak/fleet/plants.ts'
import { type RunHooks, runSoak } from '../../../soak/fleet/run.ts'
import { csvOf } from '../../../soak/fleet/sampler.ts'
import { readWorkload } from '../../../soak/fleet/workload.ts'

const workload = readWorkload(new URL('../../../soak/fleet/workload.json', import.meta.url))
const seed = Math.floor(Math.random() * 2 ** 32)

function run(changes: Partial<RunHooks> = {}, seconds = 2, plant?: Plant) {
  const load = {
    ...{ ...workload.levels.S0, workers: 100, callsPerSecond: 1000, endsPerSecond: 100, seconds },
    ...{ keeperLossEverySeconds: seconds / 2.5, stallEverySeconds: seconds / 2.5, stallMs: 20 },
  }
  const { signal } = new AbortController()
  return runSoak(
    { workload, load, seed, plant },
    { level: 'S0', signal, collects: true, observe: () => undefined, ...changes },
  )
}

describe(`a run of seed ${seed}`, () => {
  test('finds nothing wrong, adds up and leaves nothing, with fleets lost and handlers that block', async () => {
    const { facts, lines } = await run()
    expect(facts.findings).toEqual([])
    expect(Object.values(facts.wrong)).toEqual(Object.keys(facts.wrong).map(() => 0))
    expect([facts.missing, facts.imbalances, facts.leftovers, facts.warnings]).toEqual([
      0,
      [],
      [],
      [],
    ])
    expect(facts.keeperLosses).toBe(2)
    expect(facts.keeperGaps.count).toBeGreaterThan(10)
    expect(facts.calls.offered).toBeGreaterThan(1500)
    expect(facts.lookups.afterEnd).toBeGreaterThan(100)
    expect(Object.keys(facts.blows).sort()).toEqual(Object.keys(workload.churn).sort())
    // Each was ended and started again before the clock ran, which is no end of the run.
    const ends = Object.values(facts.ends).reduce((sum, count) => sum + count, 0)
    expect(facts.starts - ends).toBeGreaterThan(100)
    expect(facts.starts - ends).toBeLessThanOrEqual(200)
    expect(lines).toHaveLength(20)
    const answered = lines.reduce((sum, line) => sum + (line.answered ?? 0), 0)
    expect(facts.calls.answered - answered).toBeLessThan(100)
  })

  test('is drawn, and has a line of numbers for each sample', async () => {
    const { lines } = await run({}, 1)
    const rows = csvOf(lines).trimEnd().split('\n')
    expect(rows).toHaveLength(lines.length + 1)
    expect(rows[0]).toMatch(/^seconds,starts,/)
    const columns = rows.map((row) => row.split(',').length)
    expect(new Set(columns).size).toBe(1)
    const picture = await pictureOf('a <title>', lines)
    expect(picture).toMatch(/^<svg .*a &lt;title&gt;.*<\/svg>$/s)
    for (const column of ['answered', 'callP99Ms', 'heapUsed', 'loopDelayMaxMs', 'gapP99Ms']) {
      expect(picture).toContain(column)
    }
  })

  test('that is interrupted ends early, in order', async () => {
    const stopping = new AbortController()
    const { facts } = await run({ signal: stopping.signal, observe: () => stopping.abort() }, 60)
    expect(facts.interrupted).toBe(true)
    expect(facts.seconds).toBeLessThan(30)
    expect([facts.missing, facts.leftovers]).toEqual([0, []])
  })

  test('without a pause shows what the thread can do', async () => {
    const { facts } = await run({ inFlightMax: 32 }, 1)
    const { callsPerSecond } = ceilingOf(facts)
    expect(callsPerSecond).toBeGreaterThan(0)
    expect(facts.operations).toBe(facts.operationsWanted)
  })
})
