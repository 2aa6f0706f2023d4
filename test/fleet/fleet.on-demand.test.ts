import { call, cast, defineServer, exit, fleet, reply, supervisor, tryCall } from 'flotilla'
import { describe, expect, it } from 'vitest'
import { run } from '../supervisor/running.ts'
import { gate } from '../supervisor/worker.ts'
import { crew, pidAt } from './crew.ts'

describe('a call to an absent key', () => {
  it('starts its worker first if the fleet does so on demand, by key and by via', async () => {
    const journal: string[] = []
    const workers = crew({ onDemand: (id) => ({ id, journal }) })
    await run(workers)
    expect(await workers.call('a', 'id')).toBe('a')
    expect(await call(workers.via('b'), 'id')).toBe('b')
    expect(await tryCall(workers.via('c'), 'id')).toEqual({ ok: true, value: 'c' })
    expect(await workers.call('a', 'pid')).toBe(workers.whereis('a'))
    expect(journal).toEqual(['+a', '+b', '+c'])
    expect(workers.counts()).toEqual({ desired: 3, running: 3, pending: 0, parked: 0 })
  })

  it('fails with noproc if the fleet does not, and starts nobody', async () => {
    const workers = crew()
    await run(workers)
    for (const failed of [workers.call('a', 'id'), call(workers.via('a'), 'id')]) {
      await expect(failed).rejects.toMatchObject({
        code: 'FLOTILLA_EXIT_NOPROC',
        message: expect.stringContaining('crew "a"'),
      })
    }
    expect(workers.counts().desired).toBe(0)
  })

  it('starts one worker, however many calls there are', async () => {
    const journal: string[] = []
    const { wait, release } = gate()
    const workers = crew({ onDemand: (id) => ({ id, journal, init: wait }) })
    const { host } = await run(workers)
    const calls = Array.from({ length: 50 }, () => workers.call('a', 'pid'))
    await host.settle()
    release()
    expect(new Set(await Promise.all(calls))).toEqual(new Set([pidAt(workers, 'a')]))
    expect(journal).toEqual(['+a'])
  })

  it('may come from another process', async () => {
    const workers = crew({ onDemand: (id) => ({ id }) })
    const asker = defineServer({
      name: 'asker',
      init: () => 0,
      calls: { ask: async (count, key: string) => reply(await workers.call(key, 'id'), count) },
    })
    const askers = fleet(asker, { name: 'askers', key: (_: undefined) => 'only' })
    await run(supervisor({ name: 'top', strategy: 'one_for_one' }, [workers, askers]))
    await askers.ensure(undefined)
    expect(await askers.call('only', 'ask', 'a')).toBe('a')
  })

  it('fails with what onDemand threw', async () => {
    const workers = crew({
      onDemand: (id) => {
        throw new RangeError(`no such worker: ${id}`)
      },
    })
    await run(workers)
    await expect(workers.call('a', 'id')).rejects.toMatchObject({
      code: 'FLOTILLA_EXIT_CRASH',
      cause: new RangeError('no such worker: a'),
    })
    expect(await tryCall(workers.via('a'), 'id')).toMatchObject({
      ok: false,
      exit: { reason: { kind: 'crash' } },
    })
    expect(workers.counts().desired).toBe(0)
  })

  it('fails if onDemand gives the argument of another key, and starts nobody', async () => {
    const workers = crew({ onDemand: () => ({ id: 'b' }) })
    await run(workers)
    await expect(workers.call('a', 'id')).rejects.toMatchObject({
      code: 'FLOTILLA_EXIT_CRASH',
      cause: { code: 'FLOTILLA_INVALID_OPTION', message: expect.stringContaining('"b"') },
    })
    expect(workers.counts().desired).toBe(0)
  })

  it('fails with the reason of an init that failed, and leaves nothing behind', async () => {
    const init = () => {
      throw new Error('poisoned')
    }
    const workers = crew({ onDemand: (id) => ({ id, init }) })
    await run(workers)
    await expect(workers.call('a', 'id')).rejects.toMatchObject({
      cause: { message: 'poisoned' },
    })
    expect([workers.counts().desired, workers.whereis('a')]).toEqual([0, undefined])
  })

  it('fails beyond maxChildren', async () => {
    const workers = crew({ maxChildren: 1, onDemand: (id) => ({ id }) })
    await run(workers)
    await workers.call('a', 'id')
    await expect(workers.call('b', 'id')).rejects.toMatchObject({
      code: 'FLOTILLA_EXIT_MAX_CHILDREN',
    })
  })

  it('fails with the reason of a parked key, and does not release it', async () => {
    const workers = crew({ maxRestarts: 0, onDemand: (id) => ({ id }) })
    const { host } = await run(workers)
    exit(await workers.ensure({ id: 'a' }), 'kill')
    await host.settle()
    await expect(workers.call('a', 'id')).rejects.toMatchObject({
      code: 'FLOTILLA_EXIT_PARKED',
      reason: { kind: 'parked', reason: { kind: 'killed' } },
    })
    expect(workers.counts().parked).toBe(1)
  })
})

describe('a cast to an absent key', () => {
  it('starts nobody, not even on demand', async () => {
    const workers = crew({ onDemand: (id) => ({ id }) })
    const { host } = await run(workers)
    expect(workers.cast('a', 'crash', 'boom')).toBe(true)
    expect(cast(workers.via('a'), 'crash', 'boom')).toBe(true)
    await host.settle()
    expect(workers.counts().desired).toBe(0)
  })
})

describe('a call during a restart', () => {
  it('waits for it if the fleet starts workers on demand', async () => {
    const workers = crew({ onDemand: (id) => ({ id }) })
    await run(workers)
    exit(await workers.ensure({ id: 'a' }), 'kill')
    expect(workers.whereis('a')).toBeUndefined()
    expect(await workers.call('a', 'id')).toBe('a')
  })
})
