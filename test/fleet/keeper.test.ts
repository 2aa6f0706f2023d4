import { defineServer, type ExitReason, exit, fleet, ignore, isAlive, next } from 'flotilla'
import { describe, expect, it } from 'vitest'
import { comesBack, restartTable } from '../supervisor/restart-types.ts'
import { feed, run } from '../supervisor/running.ts'
import { endings, failingAt, from, gate, type Part } from '../supervisor/worker.ts'
import { type Crew, changes, crew, pidAt } from './crew.ts'

describe('the restart type of a fleet', () => {
  it.each(restartTable)('%s, after %s', async (restart, ending) => {
    const workers = crew({ restart })
    const { host } = await run(workers)
    const pid = await workers.ensure({ id: 'a' })
    const sibling = await workers.ensure({ id: 'b' })
    endings[ending]?.(pid)
    await host.settle()
    expect(isAlive(pid)).toBe(false)
    expect(workers.whereis('b')).toBe(sibling)
    const running = comesBack[restart].includes(ending) ? 2 : 1
    expect(workers.counts()).toEqual({ desired: running, running, pending: 0, parked: 0 })
    expect([...workers.keys()]).toEqual(running === 2 ? ['a', 'b'] : ['b'])
    if (running === 2) expect(await workers.call('a', 'id')).toBe('a')
  })

  it('permanent, after an exit signal of normal: nothing has happened', async () => {
    const workers = crew()
    const { host } = await run(workers)
    const pid = await workers.ensure({ id: 'a' })
    exit(pid, 'normal')
    await host.settle()
    expect(workers.whereis('a')).toBe(pid)
  })

  it('forgets a worker whose init chooses not to start again', async () => {
    let isWanted = true
    const server = defineServer({
      name: 'guest',
      init: (key: string) => (isWanted ? next(key) : ignore()),
    })
    const guests = fleet(server, { name: 'guests', key: (key: string) => key })
    const { host } = await run(guests)
    const pid = await guests.ensure('a')
    isWanted = false
    exit(pid, 'kill')
    await host.settle()
    expect(guests.counts()).toEqual({ desired: 0, running: 0, pending: 0, parked: 0 })
  })
})

describe('the restart budget of a key', () => {
  it('parks a key that uses it up, with an event, and no other key notices', async () => {
    const events = feed()
    const workers = crew()
    const { host } = await run(workers)
    const siblings = await Promise.all(['b', 'c', 'd'].map((id) => workers.ensure({ id })))
    await workers.ensure({ id: 'a' })
    for (let kills = 0; kills < 4; kills += 1) {
      exit(pidAt(workers, 'a'), 'kill')
      await host.settle()
      expect(await Promise.all(['b', 'c', 'd'].map((key) => workers.call(key, 'pid')))).toEqual(
        siblings,
      )
    }
    expect(workers.parked()).toEqual([{ key: 'a', reason: { kind: 'killed' } }])
    expect(workers.counts()).toEqual({ desired: 4, running: 3, pending: 0, parked: 1 })
    expect(workers.whereis('a')).toBeUndefined()
    const parked = events.filter(({ kind }) => kind === 'parked')
    expect(parked).toMatchObject([{ fleet: 'crew', key: 'a', reason: { kind: 'killed' } }])
  })

  it('is one for each key', async () => {
    const workers = crew()
    const { host } = await run(workers)
    const keys = from(1, 50).map(String)
    await Promise.all(keys.map((id) => workers.ensure({ id })))
    for (let kills = 0; kills < 3; kills += 1) {
      for (const key of keys) exit(pidAt(workers, key), 'kill')
      await host.settle()
    }
    expect(workers.counts()).toEqual({ desired: 50, running: 50, pending: 0, parked: 0 })
  })

  it('slides: a key may crash for ever, but slowly', async () => {
    const workers = crew({ maxRestarts: 1, maxSeconds: 1 })
    const { host } = await run(workers)
    await workers.ensure({ id: 'a' })
    for (let kills = 0; kills < 20; kills += 1) {
      exit(pidAt(workers, 'a'), 'kill')
      await host.advance(1001)
    }
    expect(workers.counts().running).toBe(1)
  })

  it('of 0 parks a key at its first end', async () => {
    const workers = crew({ maxRestarts: 0 })
    const { host } = await run(workers)
    exit(await workers.ensure({ id: 'a' }), 'kill')
    await host.settle()
    expect(workers.counts()).toEqual({ desired: 1, running: 0, pending: 0, parked: 1 })
  })

  it('is spent by starts that fail', async () => {
    const workers = crew()
    const { host } = await run(workers)
    const { tries, init } = failingAt(...from(2, 99))
    exit(await workers.ensure({ id: 'a', init }), 'kill')
    await host.advance(60_000)
    expect(workers.parked()).toMatchObject([{ key: 'a', reason: { kind: 'crash' } }])
    expect(tries()).toBe(4)
  })
})

describe('a parked key', () => {
  it('is taken up again by release, with an event and a fresh budget', async () => {
    const events = feed()
    const { workers, host } = await parkedCrew()
    expect(await workers.release('a')).toBe(true)
    expect(await workers.call('a', 'id')).toBe('a')
    expect(workers.parked()).toEqual([])
    expect(events.filter(({ kind }) => kind === 'released')).toMatchObject([
      { fleet: 'crew', key: 'a' },
    ])
    exit(pidAt(workers, 'a'), 'kill')
    await host.settle()
    expect(workers.counts().running).toBe(1)
    expect(await workers.release('a')).toBe(false)
  })

  it('is taken up again by start, with the new argument', async () => {
    const events = feed()
    const { workers, journal } = await parkedCrew()
    const started = await workers.start({ id: 'a', journal })
    expect(started).toEqual({ ok: true, pid: pidAt(workers, 'a') })
    expect(journal).toEqual(['+a'])
    expect(events.filter(({ kind }) => kind === 'released').length).toBe(1)
  })

  it('is forgotten by stop, so that ensure starts it afresh', async () => {
    const { workers } = await parkedCrew()
    await expect(workers.ensure({ id: 'a' })).rejects.toMatchObject({
      code: 'FLOTILLA_EXIT_PARKED',
      reason: { kind: 'parked', reason: { kind: 'killed' } },
      message: expect.stringContaining('crew "a"'),
    })
    expect(await workers.stop('a')).toBe(true)
    expect(workers.counts().desired).toBe(0)
    expect(isAlive(await workers.ensure({ id: 'a' }))).toBe(true)
  })

  it('that fails again after its release is parked again', async () => {
    const workers = crew({ maxRestarts: 1 })
    const { host } = await run(workers)
    const { init } = failingAt(...from(2, 99))
    exit(await workers.ensure({ id: 'a', init }), 'kill')
    await host.advance(60_000)
    expect(workers.counts().parked).toBe(1)
    expect(await workers.release('a')).toBe(true)
    expect(workers.counts()).toEqual({ desired: 1, running: 0, pending: 1, parked: 0 })
    await host.advance(60_000)
    expect(workers.counts().parked).toBe(1)
  })
})

describe('the wait between two tries', () => {
  it('doubles from 10 ms to 5 s', async () => {
    const { timesMs } = await poisoned({ maxRestarts: 100 }, async ({ host }) => {
      await host.advance(16_000)
    })
    expect(timesMs).toEqual([0, 10, 30, 70, 150, 310, 630, 1270, 2550, 5110, 10_110, 15_110])
  })

  it('starts again at 10 ms once the worker has run', async () => {
    const { timesMs } = await poisoned(
      { maxRestarts: 100, failing: failingAt(2, 3, 5, 6).init },
      async ({ host, workers }) => {
        await host.advance(1000)
        expect(await workers.call('a', 'id')).toBe('a')
        exit(pidAt(workers, 'a'), 'kill')
        await host.advance(1000)
      },
    )
    expect(timesMs).toEqual([0, 10, 30, 1000, 1010, 1030])
  })

  it('is cut short by start, without a second row of tries beside the first', async () => {
    const { timesMs } = await poisoned({ maxRestarts: 100 }, async ({ host, workers, part }) => {
      await host.advance(100)
      expect(await workers.start(part)).toMatchObject({
        ok: false,
        reason: { kind: 'init_failed', exit: { code: 'FLOTILLA_EXIT_CRASH' } },
      })
      await host.advance(1000)
    })
    expect(timesMs).toEqual([0, 10, 30, 70, 100, 260, 580])
  })

  it('leaves no timer behind when the key is stopped', async () => {
    await poisoned({ maxRestarts: 100 }, async ({ host, workers }) => {
      await host.advance(2000)
      expect(workers.counts()).toEqual({ desired: 1, running: 0, pending: 1, parked: 0 })
      expect(await workers.stop('a')).toBe(true)
      expect(workers.counts().desired).toBe(0)
      expect(host.pendingTimers).toBe(0)
    })
  })
})

describe('a slow init', () => {
  it('of one key delays no other key', async () => {
    const { wait, release } = gate()
    const workers = crew()
    await run(workers)
    const slow = workers.ensure({ id: 'slow', init: () => wait() })
    for (const id of ['a', 'b']) {
      exit(await workers.ensure({ id }), 'kill')
      expect(await workers.ensure({ id })).toBe(workers.whereis(id))
      expect(await workers.stop(id)).toBe(true)
    }
    expect(workers.counts()).toEqual({ desired: 1, running: 0, pending: 1, parked: 0 })
    release()
    expect(await slow).toBe(workers.whereis('slow'))
  })

  it('makes calls by name wait for it', async () => {
    const { wait, release } = gate()
    const workers = crew()
    const { host } = await run(workers)
    const starting = workers.start({ id: 'a', init: () => wait() })
    await host.settle()
    const answer = workers.call('a', 'id')
    release()
    expect(await answer).toBe('a')
    expect((await starting).ok).toBe(true)
  })
})

describe('a worker that ends while its start order is on its way', () => {
  it('is not handed out dead', async () => {
    const workers = crew()
    await run(workers)
    changes(workers)
    const pid = await workers.ensure({ id: 'a' })
    const starting = workers.start({ id: 'a' })
    exit(pid, 'kill')
    const started = await starting
    if (started.ok || started.reason.kind !== 'already_started') throw new Error('started twice')
    expect(isAlive(started.reason.pid)).toBe(true)
    expect(started.reason.pid).toBe(workers.whereis('a'))
  })
})

async function parkedCrew(): Promise<{
  readonly workers: Crew
  readonly host: Awaited<ReturnType<typeof run>>['host']
  readonly journal: string[]
}> {
  const workers = crew({ maxRestarts: 1 })
  const { host } = await run(workers)
  const killed: ExitReason = { kind: 'killed' }
  await workers.ensure({ id: 'a' })
  for (let kills = 0; kills < 2; kills += 1) {
    exit(pidAt(workers, 'a'), 'kill')
    await host.settle()
  }
  expect(workers.parked()).toEqual([{ key: 'a', reason: killed }])
  return { workers, host, journal: [] }
}

interface Poison {
  readonly maxRestarts: number
  /** Default: every init after the first fails. */
  readonly failing?: () => void
}

type Poisoned = Awaited<ReturnType<typeof run>> & { readonly workers: Crew; readonly part: Part }

/** Kills a worker whose init fails from then on, and writes down the times of the tries. */
async function poisoned(
  { maxRestarts, failing = failingAt(...from(2, 99)).init }: Poison,
  then: (poisoned: Poisoned) => Promise<void>,
): Promise<{ readonly timesMs: readonly number[] }> {
  const workers = crew({ maxRestarts })
  const running = await run(workers)
  const timesMs: number[] = []
  const part = {
    id: 'a',
    init: () => {
      timesMs.push(running.host.nowMs)
      failing()
    },
  }
  const pid = await workers.ensure(part)
  timesMs.length = 0
  exit(pid, 'kill')
  await running.host.settle()
  await then({ ...running, workers, part })
  return { timesMs }
}
