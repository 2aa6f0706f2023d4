import { exit, supervisor } from 'flotilla'
import { describe, expect, it } from 'vitest'
import { feed, run, startedPid } from '../supervisor/running.ts'
import { failingAt, from } from '../supervisor/worker.ts'
import { type Crew, changes, crew, expectOneHolderEach, pidAt } from './crew.ts'

const many = 10_000
const keys = from(1, many).map(String)

describe('a fleet of 10,000 workers', () => {
  it('that are all killed in one turn has all of them back under their names', async () => {
    const workers = crew()
    const { host } = await run(workers)
    const events = changes(workers)
    await startAll(workers)
    const before = new Set(keys.map((key) => pidAt(workers, key)))
    events.length = 0
    for (const pid of before) exit(pid, 'kill')
    expect([workers.size, events.length]).toEqual([0, 0])
    await registrations(workers, many)
    const holders = expectOneHolderEach(events.filter(({ kind }) => kind === 'register'))
    expect(holders.size).toBe(many)
    expect(events.length).toBe(2 * many)
    expect(workers.counts()).toEqual({ desired: many, running: many, pending: 0, parked: 0 })
    for (const key of keys) {
      expect(before.has(pidAt(workers, key))).toBe(false)
      expect(holders.get(key)).toBe(pidAt(workers, key))
    }
    expect(await Promise.all(keys.map((key) => workers.call(key, 'id')))).toEqual(keys)
    expect(host.nowMs).toBe(0)
  })

  it('that lose their supervisor has all of them back under their names', async () => {
    const events = feed()
    const workers = crew()
    const { host } = await run(supervisor({ name: 'top', strategy: 'one_for_one' }, [workers]))
    await startAll(workers)
    exit(startedPid(events, 'crew'), 'kill')
    expect(workers.size).toBe(0)
    const back = registrations(workers, many)
    await host.advance(10)
    await back
    expect(workers.counts()).toEqual({ desired: many, running: many, pending: 0, parked: 0 })
    expect(await Promise.all(keys.map((key) => workers.call(key, 'id')))).toEqual(keys)
  })

  it('keeps all but one at full service while that one always fails in init', async () => {
    const events = feed()
    const workers = crew()
    const { host } = await run(workers)
    await startAll(workers)
    const before = keys.map((key) => pidAt(workers, key))
    const { tries, init } = failingAt(...from(2, 99))
    exit(await workers.ensure({ id: 'poisoned', init }), 'kill')
    for (const delayMs of [0, 10, 20, 40, 5000]) {
      await host.advance(delayMs)
      const pids = await Promise.all(keys.map((key) => workers.call(key, 'pid')))
      expect(pids.every((pid, index) => pid === before[index])).toBe(true)
    }
    expect(workers.counts()).toEqual({ desired: many + 1, running: many, pending: 0, parked: 1 })
    expect(workers.parked()).toMatchObject([{ key: 'poisoned', reason: { kind: 'crash' } }])
    expect(tries()).toBe(4)
    expect(events.filter(({ kind }) => kind === 'parked')).toMatchObject([
      { fleet: 'crew', key: 'poisoned' },
    ])
  })
})

async function startAll(workers: Crew): Promise<void> {
  await Promise.all(keys.map((id) => workers.ensure({ id })))
  expect(workers.counts().running).toBe(many)
}

/** Resolves at the last of so many registrations; armed at once. */
function registrations(workers: Crew, count: number): Promise<void> {
  return new Promise((resolve) => {
    let seen = 0
    const watching = workers.watch(({ kind }) => {
      if (kind !== 'register') return
      seen += 1
      if (seen < count) return
      watching.stop()
      resolve()
    })
  })
}
