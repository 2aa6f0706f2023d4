import {
  type ArgumentError,
  child,
  defineServer,
  Exit,
  type FleetOptions,
  fleet,
  ignore,
  isAlive,
  next,
  reply,
  type Started,
  startNode,
  stop,
  supervisor,
  uniqueRegistry,
} from 'flotilla'
import { virtualHost } from 'flotilla/testing'
import { describe, expect, it } from 'vitest'
import { run } from '../supervisor/running.ts'
import { failingAt, from, gate, type Part, Worker } from '../supervisor/worker.ts'
import { changes, crew, pidAt } from './crew.ts'

const many = 50
const oneForOne = { name: 'top', strategy: 'one_for_one' } as const

describe('ensure', () => {
  it.each(['at once', 'in its own time'])(
    'is race-free if init ends %s: one winner, and everybody gets its pid',
    async (when) => {
      const { workers, part, journal, release, host } = await crowd(when)
      const ensured = Array.from({ length: many }, () => workers.ensure(part))
      await host.settle()
      release()
      const pids = await Promise.all(ensured)
      expect(new Set(pids)).toEqual(new Set([pidAt(workers, 'a')]))
      expect(journal).toEqual(['+a'])
      expect(await workers.ensure(part)).toBe(pids[0])
    },
  )

  it('rejects everybody with the failure of the one start there was', async () => {
    const { wait, release } = gate()
    const { tries, init } = failingAt(1)
    const workers = crew()
    const { host } = await run(workers)
    const part = { id: 'a', init: () => wait().then(init) }
    const ensured = Promise.allSettled(Array.from({ length: many }, () => workers.ensure(part)))
    await host.settle()
    release()
    for (const each of await ensured) {
      expect(each).toMatchObject({ status: 'rejected', reason: { code: 'FLOTILLA_EXIT_CRASH' } })
    }
    expect([tries(), workers.counts().desired, workers.whereis('a')]).toEqual([1, 0, undefined])
  })

  it('says so if init chose not to start', async () => {
    const shy = fleet(defineServer({ name: 'shy', init: (_key: string) => ignore() }), {
      name: 'shy ones',
      key: (key: string) => key,
    })
    await run(shy)
    expect(await shy.start('a')).toEqual({ ok: false, reason: { kind: 'ignored' } })
    await expect(shy.ensure('a')).rejects.toMatchObject({
      code: 'FLOTILLA_EXIT_NOPROC',
      message: expect.stringContaining('chose not to start'),
    })
    expect(shy.counts().desired).toBe(0)
  })
})

describe('start', () => {
  it.each(['at once', 'in its own time'])(
    'has one winner if init ends %s; the others get its pid and run no init',
    async (when) => {
      const { workers, part, journal, release, host } = await crowd(when)
      const starts = Array.from({ length: many }, () => workers.start(part))
      await host.settle()
      release()
      const pid = pidAt(workers, 'a')
      const already: Started = { ok: false, reason: { kind: 'already_started', pid } }
      expect(await Promise.all(starts)).toEqual([
        { ok: true, pid },
        ...Array(many - 1).fill(already),
      ])
      expect(journal).toEqual(['+a'])
    },
  )

  it('that fails leaves nothing behind, and the name is free before it settles', async () => {
    const workers = crew()
    const { node } = await run(workers)
    const events = changes(workers)
    const failed = await workers.start({ id: 'a', init: failingAt(1).init }).then((started) => {
      return { started, holder: workers.whereis('a') }
    })
    expect(failed).toMatchObject({
      started: {
        ok: false,
        reason: { kind: 'init_failed', exit: { cause: { message: 'poisoned' } } },
      },
      holder: undefined,
    })
    expect(workers.counts().desired).toBe(0)
    expect(node.statistics()).toMatchObject({ processes: 2, deadlines: 0 })
    expect((await workers.start({ id: 'a' })).ok).toBe(true)
    expect(events.map(({ kind }) => kind)).toEqual(['register', 'unregister', 'register'])
  })

  it('of keys that differ starts as many workers', async () => {
    const workers = crew()
    await run(workers)
    const keys = from(1, many).map(String)
    const pids = await Promise.all(keys.map((id) => workers.ensure({ id })))
    expect(new Set(pids).size).toBe(many)
    expect(await Promise.all(keys.map((key) => workers.call(key, 'id')))).toEqual(keys)
  })

  it('is refused beyond maxChildren, with parked keys counted', async () => {
    const workers = crew({ maxChildren: 2, maxRestarts: 0 })
    const { host } = await run(workers)
    await workers.ensure({ id: 'a' })
    workers.cast('a', 'crash', 'boom')
    await host.settle()
    expect(workers.counts().parked).toBe(1)
    await workers.ensure({ id: 'b' })
    expect(await workers.start({ id: 'c' })).toEqual({
      ok: false,
      reason: { kind: 'max_children' },
    })
    await expect(workers.ensure({ id: 'c' })).rejects.toMatchObject({
      code: 'FLOTILLA_EXIT_MAX_CHILDREN',
      reason: { maxChildren: 2 },
    })
    expect((await workers.start({ id: 'b' })).ok).toBe(false)
    expect(isAlive(await workers.ensure({ id: 'b' }))).toBe(true)
    expect(await workers.stop('a')).toBe(true)
    expect((await workers.start({ id: 'c' })).ok).toBe(true)
  })
})

describe('the key of a start argument', () => {
  it('that cannot be computed is an error at once, and nothing has happened', async () => {
    const workers = crew({
      key: () => {
        throw new RangeError('no key')
      },
    })
    await run(workers)
    expect(() => workers.start({ id: 'a' })).toThrow(new RangeError('no key'))
    expect(() => workers.ensure({ id: 'a' })).toThrow(new RangeError('no key'))
    expect(workers.counts().desired).toBe(0)
  })

  it.each([undefined, null, Number.NaN, {}, Symbol('a'), 'a'.repeat(5000), [[Number.NaN]]])(
    'that is no key is an error at once: %o',
    async (bad) => {
      const workers = crew({ key: () => bad as string })
      await run(workers)
      const invalid = expect.objectContaining({ code: 'FLOTILLA_INVALID_KEY' })
      expect(() => workers.start({ id: 'a' })).toThrow(invalid)
      expect(() => workers.ensure({ id: 'a' })).toThrow(invalid)
      const key = bad as string
      expect(() => workers.via(key)).toThrow(invalid)
      expect(() => workers.whereis(key)).toThrow(invalid)
      expect(() => workers.stop(key)).toThrow(invalid)
      expect(() => workers.release(key)).toThrow(invalid)
      expect(workers.counts().desired).toBe(0)
    },
  )

  it('is compared by type and structure, and taken as it was', async () => {
    const echo = defineServer({
      name: 'echo',
      init: (key: readonly (string | number)[]) => key,
      calls: { key: (key) => reply(key.join(), key) },
    })
    const echoes = fleet(echo, { name: 'echoes', key: (key: readonly (string | number)[]) => key })
    await run(echoes)
    const key = ['eu', 7]
    const pid = await echoes.ensure(key)
    expect(await echoes.ensure(['eu', '7'])).not.toBe(pid)
    expect(await echoes.ensure(['eu', 7])).toBe(pid)
    key[1] = 8
    expect(echoes.whereis(['eu', 7])).toBe(pid)
    expect([...echoes.keys()]).toEqual([
      ['eu', 7],
      ['eu', '7'],
    ])
  })
})

describe('a transient worker that stops itself when it is idle', () => {
  it('is forgotten, and started afresh by the next ensure', async () => {
    const idler = defineServer({
      name: 'idler',
      init: (key: string) => next(key, { idleTimeoutMs: 1000 }),
      calls: { touch: (key) => reply('ok', key, { idleTimeoutMs: 1000 }) },
      timeout: (key) => stop({ kind: 'normal' }, key),
    })
    const idlers = fleet(idler, { name: 'idlers', key: (key: string) => key, restart: 'transient' })
    const { host, node } = await run(idlers)
    const pid = await idlers.ensure('a')
    await host.advance(999)
    await idlers.call('a', 'touch')
    await host.advance(999)
    expect(idlers.whereis('a')).toBe(pid)
    await host.advance(1)
    expect(idlers.counts()).toEqual({ desired: 0, running: 0, pending: 0, parked: 0 })
    expect(node.statistics().rows['desired set of the fleet idlers']).toBe(0)
    await expect(idlers.call('a', 'touch')).rejects.toMatchObject({ code: 'FLOTILLA_EXIT_NOPROC' })
    expect(await idlers.ensure('a')).not.toBe(pid)
  })
})

describe('what a fleet tells about itself', () => {
  it('is its size, keys, counts and parked keys', async () => {
    const { wait } = gate()
    const workers = crew({ maxRestarts: 2, maxSeconds: 1 })
    const { host } = await run(workers)
    expect([workers.size, [...workers.keys()], workers.parked()]).toEqual([0, [], []])
    for (const id of ['a', 'b', 'c']) await workers.ensure({ id })
    await workers.ensure({ id: 'parked', init: failingAt(2, 3).init })
    await workers.ensure({ id: 'waiting', init: failingAt(2).init })
    void workers.start({ id: 'starting', init: wait })
    workers.cast('parked', 'crash', 'boom')
    await host.advance(10)
    workers.cast('waiting', 'crash', 'boom')
    await host.settle()
    expect(workers.counts()).toEqual({ desired: 6, running: 3, pending: 2, parked: 1 })
    expect([workers.size, [...workers.keys()]]).toEqual([4, ['a', 'b', 'c', 'starting']])
    expect(workers.parked()).toMatchObject([{ key: 'parked', reason: { kind: 'crash' } }])
  })
})

describe('a handle', () => {
  it('that was never started says so, and casts to nobody', () => {
    const workers = crew()
    const notStarted = expect.objectContaining({ code: 'FLOTILLA_NOT_STARTED' })
    expect(() => workers.whereis('a')).toThrow(notStarted)
    expect(() => workers.start({ id: 'a' })).toThrow(notStarted)
    expect(() => workers.ensure({ id: 'a' })).toThrow(notStarted)
    expect(() => workers.stop('a')).toThrow(notStarted)
    expect(() => workers.release('a')).toThrow(notStarted)
    expect(() => workers.call('a', 'id')).toThrow(notStarted)
    expect(workers.cast('a', 'crash', 'boom')).toBe(true)
    expect([workers.size, [...workers.keys()], workers.counts().desired]).toEqual([0, [], 0])
  })

  it('stands for one running fleet: a second place in the tree is refused', async () => {
    const workers = crew()
    const again = supervisor({ ...oneForOne, name: 'again' }, [workers])
    const started = startNode(supervisor(oneForOne, [workers, again]), { host: virtualHost() })
    expect(causeOf(await started.catch((error) => error))).toMatchObject({
      code: 'FLOTILLA_ALREADY_STARTED',
      message: expect.stringContaining('fleet "crew"'),
    })
  })

  it('runs on one node at a time', async () => {
    const workers = crew()
    await run(workers, 'first')
    const refused = startNode(workers, { host: virtualHost(), name: 'second' })
    await expect(refused).rejects.toMatchObject({ cause: { code: 'FLOTILLA_ALREADY_STARTED' } })
    expect((await workers.ensure({ id: 'a' })).node).toBe('first')
  })

  it('shares its name with no other fleet or registry of the node', async () => {
    for (const other of [crew(), uniqueRegistry({ name: 'crew' })]) {
      const below = supervisor({ ...oneForOne, name: 'below' }, [other])
      const started = startNode(supervisor(oneForOne, [crew(), below]), { host: virtualHost() })
      expect(causeOf(await started.catch((error) => error))).toMatchObject({
        code: 'FLOTILLA_NAME_TAKEN',
      })
    }
  })
})

describe('a name of a fleet that somebody else took', () => {
  it('refuses the start and is left alone', async () => {
    const workers = crew()
    const stranger = child(Worker, { id: 'stranger' }, { name: workers.via('a') })
    const { host } = await run(supervisor(oneForOne, [workers, stranger]))
    const pid = pidAt(workers, 'a')
    expect(await workers.start({ id: 'a' })).toEqual({
      ok: false,
      reason: { kind: 'already_started', pid },
    })
    expect(await workers.ensure({ id: 'a' })).toBe(pid)
    expect(await workers.stop('a')).toBe(false)
    await host.settle()
    expect([isAlive(pid), workers.counts().desired]).toEqual([true, 0])
  })
})

describe('the options of a fleet', () => {
  const bad: [string, object, string][] = [
    ['no name', { name: '' }, 'INVALID'],
    ['no key function', { key: 'id' }, 'INVALID_OPTION'],
    ['no onDemand function', { onDemand: 1 }, 'INVALID_OPTION'],
    ['a negative limit', { maxChildren: -1 }, 'INVALID_OPTION'],
    ['a limit that is no integer', { maxChildren: 1.5 }, 'INVALID_OPTION'],
    ['an unknown restart type', { restart: 'forever' }, 'INVALID_OPTION'],
    ['no time to stop', { shutdownMs: Number.NaN }, 'INVALID_OPTION'],
    ['a negative budget', { maxRestarts: -1 }, 'INVALID_OPTION'],
    ['an empty window', { maxSeconds: 0 }, 'INVALID_OPTION'],
    ['an unknown option', { maxChilds: 1 }, 'UNKNOWN_OPTION'],
  ]

  it.each(bad)('are checked when it is made: %s', (_what, options, code) => {
    const given = options as Partial<FleetOptions<string, Part>>
    expect(() => crew(given)).toThrow(
      expect.objectContaining({ code: expect.stringContaining(`FLOTILLA_${code}`) }),
    )
  })

  it('need a server', () => {
    const make = () => fleet({} as typeof Worker, { name: 'crew', key: (part: Part) => part.id })
    expect(make).toThrow(expect.objectContaining({ code: 'FLOTILLA_INVALID_ARGUMENT' }))
  })
})

/** A fleet, and the argument of a worker that waits in its init for `release`, or does not. */
async function crowd(when: string) {
  const journal: string[] = []
  const { wait, release } = gate()
  const workers = crew()
  const { host } = await run(workers)
  changes(workers)
  const part: Part = { id: 'a', journal, ...(when === 'at once' ? {} : { init: wait }) }
  return { workers, part, journal, release, host }
}

/** What was thrown in the first place, behind the exits of supervisors. */
function causeOf(error: unknown): ArgumentError | unknown {
  return Exit.is(error) ? error.cause : error
}
