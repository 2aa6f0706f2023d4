import { ended, exit, isAlive } from 'flotilla'
import { describe, expect, it } from 'vitest'
import { run } from '../supervisor/running.ts'
import { failingAt, from, gate } from '../supervisor/worker.ts'
import { changes, crew, pidAt } from './crew.ts'

const nobody = { desired: 0, running: 0, pending: 0, parked: 0 }

describe('stop', () => {
  it('ends a running worker, frees its name and forgets it', async () => {
    const journal: string[] = []
    const workers = crew()
    const { host } = await run(workers)
    const pid = await workers.ensure({ id: 'a', journal, traps: true })
    expect(await workers.stop('a')).toBe(true)
    expect([isAlive(pid), workers.whereis('a')]).toEqual([false, undefined])
    await host.advance(60_000)
    expect(workers.counts()).toEqual(nobody)
    expect(journal).toEqual(['+a', '-a shutdown'])
  })

  it('gives the worker the reason it was given', async () => {
    const journal: string[] = []
    const workers = crew()
    await run(workers)
    const pid = await workers.ensure({ id: 'a', journal, traps: true })
    const reason = ended(pid)
    expect(await workers.stop('a', { kind: 'crash', error: 'evicted' })).toBe(true)
    expect(await reason).toEqual({ kind: 'crash', error: 'evicted' })
    expect(workers.counts()).toEqual(nobody)
  })

  it('of an absent key is false', async () => {
    const workers = crew()
    await run(workers)
    expect(await workers.stop('a')).toBe(false)
    await workers.ensure({ id: 'a' })
    expect(await Promise.all([workers.stop('a'), workers.stop('a')])).toEqual([true, false])
  })

  it('of a key that is being stopped waits for the same end', async () => {
    const { wait, release } = gate()
    const workers = crew()
    const { host } = await run(workers)
    const pid = await workers.ensure({ id: 'a', traps: true, terminate: wait })
    const stops = Promise.all([workers.stop('a'), workers.stop('a')])
    await host.settle()
    expect(isAlive(pid)).toBe(true)
    release()
    expect(await stops).toEqual([true, true])
    expect(isAlive(pid)).toBe(false)
  })

  it('kills a worker that does not stop within shutdownMs', async () => {
    const workers = crew({ shutdownMs: 100 })
    const { host } = await run(workers)
    const pid = await workers.ensure({ id: 'a', traps: true, terminate: gate().wait })
    const reason = ended(pid)
    const stopped = workers.stop('a')
    await host.advance(99)
    expect(isAlive(pid)).toBe(true)
    await host.advance(1)
    expect(await stopped).toBe(true)
    expect(await reason).toEqual({ kind: 'killed' })
  })

  it('with shutdownMs "kill" runs no terminate', async () => {
    const journal: string[] = []
    const workers = crew({ shutdownMs: 'kill' })
    await run(workers)
    await workers.ensure({ id: 'a', journal, traps: true })
    expect(await workers.stop('a')).toBe(true)
    expect(journal).toEqual(['+a'])
  })

  it('of a key that waits for its next try ends the tries', async () => {
    const { tries, init } = failingAt(...from(2, 99))
    const workers = crew()
    const { host } = await run(workers)
    const pid = await workers.ensure({ id: 'a', init })
    exit(pid, 'kill')
    await host.settle()
    expect(workers.counts().pending).toBe(1)
    expect(await workers.stop('a')).toBe(true)
    await host.advance(60_000)
    expect([tries(), workers.counts()]).toEqual([2, nobody])
  })

  it('leaves the other keys alone while it waits', async () => {
    const { wait, release } = gate()
    const workers = crew()
    await run(workers)
    await workers.ensure({ id: 'a', traps: true, terminate: wait })
    const stopped = workers.stop('a')
    const sibling = await workers.ensure({ id: 'b' })
    expect(await workers.call('b', 'pid')).toBe(sibling)
    release()
    expect(await stopped).toBe(true)
  })
})

describe('stop of a key whose init is still running', () => {
  it('ends the start, which says so, and starts nobody in its place', async () => {
    const journal: string[] = []
    const workers = crew()
    const { host } = await run(workers)
    const events = changes(workers)
    const part = { id: 'a', journal, init: gate().wait }
    const starts = Promise.all([workers.start(part), workers.start(part)])
    await host.settle()
    expect(await workers.stop('a')).toBe(true)
    const failed = { ok: false, reason: { kind: 'init_failed' } }
    expect(await starts).toMatchObject([failed, failed])
    await host.settle()
    expect(workers.counts()).toEqual(nobody)
    expect(journal).toEqual(['+a'])
    expect(events.map(({ kind }) => kind)).toEqual(['register', 'unregister'])
  })

  it('waits for a worker that traps exits, and settles the start when its name is free', async () => {
    const { wait, release } = gate()
    const workers = crew()
    const { host } = await run(workers)
    const starting = workers.start({ id: 'a', traps: true, init: wait }).then((started) => {
      return { started, holder: workers.whereis('a') }
    })
    await host.settle()
    const stopping = workers.stop('a')
    await host.settle()
    expect(workers.whereis('a')).toBeDefined()
    release()
    expect(await stopping).toBe(true)
    expect(await starting).toMatchObject({
      started: {
        ok: false,
        reason: { kind: 'init_failed', exit: { reason: { kind: 'shutdown' } } },
      },
      holder: undefined,
    })
    expect(workers.counts()).toEqual(nobody)
  })
})

describe('start of a key that is being stopped', () => {
  it('gets a new worker once the old one is gone', async () => {
    const { wait, release } = gate()
    const workers = crew()
    const { host } = await run(workers)
    changes(workers)
    const old = await workers.ensure({ id: 'a', traps: true, terminate: wait })
    const stopping = workers.stop('a')
    await host.settle()
    const ensured = [workers.ensure({ id: 'a' }), workers.ensure({ id: 'a' })]
    await host.settle()
    expect(workers.whereis('a')).toBe(old)
    release()
    expect(await stopping).toBe(true)
    const [first, second] = await Promise.all(ensured)
    expect([first === old, first === second, first]).toEqual([false, true, pidAt(workers, 'a')])
  })

  it('gets a new worker if the old one was still in its init', async () => {
    const { wait, release } = gate()
    const workers = crew()
    const { host } = await run(workers)
    changes(workers)
    const first = workers.start({ id: 'a', traps: true, init: wait })
    await host.settle()
    const stopping = workers.stop('a')
    const second = workers.start({ id: 'a' })
    await host.settle()
    release()
    expect((await first).ok).toBe(false)
    expect(await stopping).toBe(true)
    expect(await second).toEqual({ ok: true, pid: pidAt(workers, 'a') })
    expect(isAlive(pidAt(workers, 'a'))).toBe(true)
  })

  it('comes in its turn: stop, start, stop leaves nobody', async () => {
    const { wait, release } = gate()
    const workers = crew()
    const { host } = await run(workers)
    await workers.ensure({ id: 'a', traps: true, terminate: wait })
    const orders = [workers.stop('a'), workers.start({ id: 'a' }), workers.stop('a')]
    await host.settle()
    release()
    expect(await Promise.all(orders)).toMatchObject([true, { ok: true }, true])
    await host.settle()
    expect(workers.counts()).toEqual(nobody)
  })

  it('is refused by a fleet that ends before the old worker does', async () => {
    const journal: string[] = []
    const { wait } = gate()
    const workers = crew({ shutdownMs: 100 })
    const { node, host } = await run(workers)
    await workers.ensure({ id: 'a', traps: true, terminate: wait })
    const stopping = workers.stop('a')
    const starting = workers.start({ id: 'a', journal })
    const refused = expect(starting).rejects.toMatchObject({ code: 'FLOTILLA_EXIT_SHUTDOWN' })
    await host.settle()
    const over = node.stop()
    await host.advance(100)
    await over
    await refused
    expect(await stopping).toBe(true)
    expect(journal).toEqual([])
  })
})
