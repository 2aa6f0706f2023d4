import {
  ArgumentError,
  call,
  cast,
  child,
  defineServer,
  dynamicSupervisor,
  Exit,
  exit,
  fleet,
  isAlive,
  next,
  type Pid,
  reply,
  startNode,
  supervisor,
  sys,
  table,
  uniqueRegistry,
} from 'flotilla'
import { virtualHost } from 'flotilla/testing'
import { describe, expect, test } from 'vitest'
import { LocalPid } from '../../src/process/local-pid.ts'
import { gate, puppet, stage } from '../process/stage.ts'
import { counter } from './counter.ts'

describe('the state of a server', () => {
  test('is seen after everything that was sent before, by pid and by name', async () => {
    const { start, names } = await stage()
    const pid = await start(counter, {}, { name: names.via('c') })
    cast(pid, 'add', 1)
    cast(pid, 'add', 2)
    const seen = sys.getState(pid)
    cast(pid, 'add', 4)
    expect(await seen).toMatchObject({ count: 3 })
    expect(await sys.getState(names.via('c'))).toMatchObject({ count: 7 })
  })

  test('is the one that the handler leaves, if an asynchronous one is at work', async () => {
    const { start } = await stage()
    const pid = await start(counter, {})
    const go = gate()
    const slow = call(pid, 'slow', go.opened)
    const seen = sys.getState(pid)
    go.open()
    expect(await seen).toMatchObject({ count: 1 })
    expect(await slow).toBe('slow')
  })

  test('is found and replaced in idle and in suspended servers [GS-079]', async () => {
    const { start } = await stage()
    const pid = await start(counter, {})
    await call(pid, 'add', 1)
    expect(await sys.getState(pid)).toEqual({ count: 1, log: [1] })
    expect(await sys.replaceState(pid, () => ({ count: 5, log: [] }))).toEqual({
      count: 5,
      log: [],
    })
    expect(await call(pid, 'add', 1)).toBe(6)

    await sys.suspend(pid)
    expect(await sys.getState(pid)).toEqual({ count: 6, log: [1] })
    const replaced = sys.replaceState(pid, (state) => ({ ...Object(state), count: 20 }))
    expect(await replaced).toEqual({ count: 20, log: [1] })
    expect(await sys.getState(pid)).toEqual({ count: 20, log: [1] })
    await sys.resume(pid)
    expect(await call(pid, 'add', 1)).toBe(21)

    await sys.suspend(pid)
    for (const failing of [pid, pid]) {
      const failed = sys.replaceState(failing, () => {
        throw new RangeError('no such state')
      })
      await expect(failed).rejects.toMatchObject({
        code: 'FLOTILLA_EXIT_CALLBACK_FAILED',
        reason: { kind: 'callback_failed', error: new RangeError('no such state') },
        cause: new RangeError('no such state'),
        message: expect.stringContaining('the given function threw: RangeError: no such state'),
      })
      expect(await sys.getState(pid)).toMatchObject({ count: 21 })
      await sys.resume(pid)
    }
    expect(await call(pid, 'add', 1)).toBe(22)
  })

  test('is not replaced by a promise, whose failure comes to nobody else', async () => {
    const { start, host, events } = await stage()
    const pid = await start(counter, {})
    const careless = (async () => {
      throw new Error('too late')
    }) as () => never
    const replaced = sys.replaceState(pid, careless)
    await expect(replaced).rejects.toMatchObject({
      reason: { kind: 'callback_failed', error: { code: 'FLOTILLA_INVALID_ARGUMENT' } },
    })
    await host.settle()
    expect([isAlive(pid), await sys.getState(pid)]).toEqual([true, { count: 0, log: [] }])
    expect(events.filter(({ kind }) => kind === 'crash_report')).toEqual([])
  })

  test('with a method "then" is neither handed over nor set, and never called', async () => {
    const { start } = await stage()
    let calls = 0
    const lazy = Object.fromEntries([['then', () => calls++]])
    const odd = defineServer({ name: 'odd', init: (): unknown => next(lazy) })
    const pid = await start(odd, undefined)
    await expect(sys.getState(pid)).rejects.toThrow(/Cannot get the state .* has a method "then"/)
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    for (const state of [lazy, proxy]) {
      const replaced = sys.replaceState(pid, (): unknown => state)
      await expect(replaced).rejects.toMatchObject({ reason: { kind: 'callback_failed' } })
    }
    expect([calls, isAlive(pid)]).toEqual([0, true])
    await sys.replaceState(pid, () => 'plain')
    expect(await sys.getState(pid)).toBe('plain')
  })

  test('may become undefined', async () => {
    const { start } = await stage()
    const pid = await start(puppet, [])
    expect(await sys.replaceState(pid, () => undefined)).toBeUndefined()
    expect(await sys.getState(pid)).toBeUndefined()
  })

  test('is replaced by code of the process, which may end itself with it', async () => {
    const { start, node } = await stage()
    const pid = await start(counter, {})
    const replaced = sys.replaceState(pid, () => {
      // From anybody else this would do nothing.
      exit(pid, 'normal')
      return 1
    })
    await expect(replaced).rejects.toMatchObject({ reason: { kind: 'normal' } })
    expect(LocalPid.processOf(pid)?.state).toBeUndefined()
    expect(node.statistics()).toMatchObject({ suspended: 0, queued: 0 })
  })
})

describe('the state of what is no server', () => {
  test('is a plain description, and cannot be replaced', async () => {
    const pids = new Map<string, Pid>()
    const users = uniqueRegistry<string, any>({ name: 'users' })
    const rows = table<string, number>({ name: 'rows', maxRows: 9 })
    const workers = dynamicSupervisor({ name: 'workers', maxChildren: 7 })
    const games = fleet(counter, { name: 'games', key: () => 'one', maxRestarts: 2 })
    const inner = supervisor({ name: 'inner', strategy: 'rest_for_one', maxSeconds: 9 }, [
      child(puppet, [], { name: users.via('p') }),
    ])
    const root = supervisor({ name: 'root', strategy: 'one_for_one' }, [
      ...[users, rows, workers, games, inner],
    ])
    await using node = await startNode(root, { name: 'described', host: virtualHost() })
    for (const { id, pid } of root.whichChildren()) {
      if (typeof pid === 'object') pids.set(id ?? '', pid)
    }
    rows.save('r', 1)
    await games.ensure({})
    const rootStatus = await sys.getStatus(pids.get('inner') as Pid)
    pids.set('root', rootStatus.parent as Pid)
    pids.set('node', (await sys.getStatus(rootStatus.parent as Pid)).parent as Pid)
    const states: [string, unknown][] = []
    for (const [name, pid] of pids) states.push([name, await sys.getState(pid)])
    const counts = { specs: 1, active: 1, supervisors: 0, workers: 1 }
    expect(Object.fromEntries(states)).toEqual({
      users: { kind: 'registry', name: 'users', size: 1 },
      rows: { kind: 'table', name: 'rows', size: 1, maxRows: 9 },
      workers: {
        ...{ kind: 'dynamicSupervisor', name: 'workers', maxChildren: 7 },
        ...{ maxRestarts: 3, maxSeconds: 5 },
        children: { specs: 0, active: 0, supervisors: 0, workers: 0 },
      },
      games: {
        ...{ kind: 'fleet', name: 'games', restart: 'permanent', maxRestarts: 2, maxSeconds: 5 },
        ...{ desired: 1, running: 1, pending: 0, parked: 0, children: counts },
      },
      inner: {
        ...{ kind: 'supervisor', name: 'inner', strategy: 'rest_for_one', autoShutdown: 'never' },
        ...{ maxRestarts: 3, maxSeconds: 9, children: counts },
      },
      root: {
        ...{ kind: 'supervisor', name: 'root', strategy: 'one_for_one', autoShutdown: 'never' },
        ...{ maxRestarts: 3, maxSeconds: 5 },
        children: { specs: 5, active: 5, supervisors: 4, workers: 1 },
      },
      node: { kind: 'node', name: 'described', root: pids.get('root') },
    })
    for (const pid of pids.values()) {
      expect(() => sys.replaceState(pid, () => 1)).toThrow(/is no server: it has no state that/)
    }
    expect(node.statistics().processes).toBe(pids.size + 2)
  })
})

describe('the status of a process', () => {
  test('says what it is and whether it is suspended, and shows what its format shows', async () => {
    const { start, names, host } = await stage()
    const pid = await start(counter, { traps: true }, { name: names.via('c') })
    const plain = {
      ...{ pid, label: 'counter', name: { registry: 'names', key: 'c' }, phase: 'running' },
      ...{ trapsExits: true, waiting: 0, state: { shown: 0 } },
      debug: { statistics: false, log: false, hooks: [], traces: 0 },
    }
    expect(await sys.getStatus(pid)).toMatchObject(plain)
    await sys.suspend(pid)
    cast(pid, 'add', 1)
    cast(pid, 'add', 1)
    await sys.statistics(pid, 'on')
    await sys.log(pid, 'on')
    await sys.install(pid, { id: 'h', hook: () => undefined })
    await sys.trace(pid, () => undefined)
    expect(await sys.getStatus(pid)).toMatchObject({
      ...{ phase: 'suspended', waiting: 2, state: { shown: 0 } },
      debug: { statistics: true, log: true, hooks: ['h'], traces: 1 },
    })
    await sys.noDebug(pid)
    await sys.resume(pid)
    await host.settle()
    expect(await sys.getStatus(pid)).toMatchObject({ ...plain, state: { shown: 2 } })
  })

  test('shows nothing of the state without a format, and survives one that throws', async () => {
    const { start } = await stage()
    const secretive = await start(puppet, [])
    expect(await sys.getStatus(secretive)).toMatchObject({ name: undefined, state: undefined })
    const broken = defineServer({
      name: 'broken',
      init: (_: undefined) => 7,
      calls: { get: (state) => reply(state, state) },
      format: () => {
        throw new Error('no words')
      },
    })
    const pid = await start(broken, undefined)
    expect(await sys.getStatus(pid)).toMatchObject({
      state: 'the format of the server failed: Error: no words',
    })
    expect([await sys.getState(pid), await call(pid, 'get')]).toEqual([7, 7])
  })
})

test('what was done wrong is told apart from what failed', async () => {
  const { start } = await stage()
  const pid = await start(counter, {})
  const wrong = (): unknown => sys.replaceState(pid, 'not a function' as never)
  expect(wrong).toThrow(ArgumentError)
  exit(pid, 'kill')
  await expect(sys.replaceState(pid, () => 1)).rejects.toThrow(Exit)
})
