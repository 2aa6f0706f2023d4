import { ended, exit, supervisor } from 'flotilla'
import { describe, expect, test } from 'vitest'
import { run } from '../supervisor/running.ts'
import { gate, pidOf } from '../supervisor/worker.ts'
import { crew } from './crew.ts'

describe('counts of a fleet', () => {
  test('count no dead worker as running, not even in the turn of its end', async () => {
    const workers = crew()
    const { host } = await run(workers)
    const pid = await workers.ensure({ id: 'a' })
    await workers.ensure({ id: 'b' })
    exit(pid, 'kill')
    expect(workers.counts()).toEqual({ desired: 2, running: 1, pending: 1, parked: 0 })
    await host.settle()
    expect(workers.counts()).toEqual({ desired: 2, running: 2, pending: 0, parked: 0 })
  })
})

describe('stop with the reason normal', () => {
  test.each([true, false])('ends the worker at once, trapping: %s', async (traps) => {
    const workers = crew()
    const { host } = await run(workers)
    const reason = ended(await workers.ensure({ id: 'a', traps }))
    expect(await workers.stop('a', { kind: 'normal' })).toBe(true)
    expect(await reason).toEqual({ kind: 'normal' })
    expect(host.nowMs).toBe(0)
  })
})

describe('a fleet of temporary workers', () => {
  // S2: a temporary worker never runs a second time, whatever it ended of.
  test.each([
    ['its supervisor is lost', 'crew'],
    ['everything above it is lost', 'middle'],
  ])('does not start them again when %s', async (_, lost) => {
    const journal: string[] = []
    const workers = crew({ restart: 'temporary' })
    const middle = supervisor({ name: 'middle', strategy: 'one_for_one' }, [workers])
    const top = supervisor({ name: 'top', strategy: 'one_for_one' }, [middle])
    const { host } = await run(top)
    await workers.ensure({ id: 'a', journal })
    exit(pidOf(lost === 'crew' ? middle : top, lost), 'kill')
    await host.advance(60_000)
    expect(journal).toEqual(['+a'])
    expect(workers.counts().desired).toBe(0)
    expect((await workers.start({ id: 'a', journal })).ok).toBe(true)
  })

  test('does not make good a start that was interrupted', async () => {
    const journal: string[] = []
    const workers = crew({ restart: 'temporary' })
    const top = supervisor({ name: 'top', strategy: 'one_for_one' }, [workers])
    const { host } = await run(top)
    const started = workers.start({ id: 'a', journal, init: gate().wait })
    await host.settle()
    exit(pidOf(top, 'crew'), 'kill')
    await expect(started).rejects.toMatchObject({ reason: { kind: 'killed' } })
    await host.advance(60_000)
    expect(journal).toEqual(['+a'])
    expect(workers.counts().desired).toBe(0)
  })
})
