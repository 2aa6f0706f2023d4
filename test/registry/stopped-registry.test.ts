/**
 * A registry that its supervisor stops while the node, and who is registered, go on.
 */
import {
  argumentCodes,
  call,
  cast,
  exit,
  isAlive,
  type Key,
  processInfo,
  type RegistryEvent,
  supervisor,
  tryCall,
} from 'flotilla'
import { describe, expect, test } from 'vitest'
import { codeOf, run } from '../supervisor/running.ts'
import { gate, ok, part, pidOf, workerNames } from '../supervisor/worker.ts'
import { contextOf, inside, kinds, runKind } from './any-registry.ts'

const one = { name: 'top', strategy: 'one_for_one' } as const

describe.each(kinds)('a registry ($keys, $options) that is stopped with entries', (kind) => {
  const begin = async () => {
    const running = await runKind(kind)
    const pid = await running.start()
    await running.enter(pid, 'x', 1)
    await running.enter(pid, 'y', 2)
    return { ...running, pid }
  }

  test('answers as one that does not run, and its holders live on without it', async () => {
    const { names, top, node, pid } = await begin()
    expect(await top.terminateChild('names')).toEqual(ok)
    const context = contextOf(pid)
    const uses = [
      () => names.register(context, 'z'),
      () => names.unregister(context, 'x'),
      () => names.lookup('x'),
      () => names.keys(pid),
      () => names.count(),
      () => names.putMeta('x', 1),
      () => names.lock('x', () => 1),
    ]
    expect(uses.map(codeOf)).toEqual(uses.map(() => argumentCodes.not_started))
    expect(isAlive(pid)).toBe(true)
    expect(processInfo(pid)).toMatchObject({ names: [] })
    expect(node.statistics().rows).toEqual({})
  })

  test('comes back empty, as the options say, for its old holders to use again', async () => {
    const { names, top, pid, enter, node } = await begin()
    names.putMeta('m', 1)
    await top.terminateChild('names')
    expect(await top.restartChild('names')).toMatchObject({ ok: true })
    expect([names.count(), names.lookup('x'), names.keys(pid)]).toEqual([0, [], []])
    expect(names.meta('m')).toEqual({ ok: false })
    await enter(pid, 'x', 3)
    expect(names.lookup('x')).toEqual([{ pid, value: 3 }])
    exit(pid, 'kill')
    expect(names.lookup('x')).toEqual([])
    expect(node.statistics().rows).toEqual({ 'registry or fleet names': 0 })
  })

  test('tells whoever watches that each entry is gone, once', async () => {
    const { names, top, pid, host } = await begin()
    const events: RegistryEvent<Key, unknown>[] = []
    names.watch((event) => events.push(event))
    await top.terminateChild('names')
    exit(pid, 'kill')
    await host.settle()
    expect(events).toEqual([
      { kind: 'unregister', key: 'x', pid },
      { kind: 'unregister', key: 'y', pid },
    ])
  })

  test('serves those who asked for a lock before, and leaves its node after the last of them', async () => {
    const { names, top, node } = await begin()
    const { wait, release } = gate()
    const both = [names.lock('k', wait), names.lock('k', () => 'next')]
    await top.terminateChild('names')
    expect(node.statistics().rows).toEqual({ 'registry or fleet names': 0, 'locks of names': 2 })
    release()
    expect(await Promise.all(both)).toEqual([undefined, 'next'])
    expect(node.statistics().rows).toEqual({})
  })
})

describe('a via of a registry that is stopped', () => {
  const begin = async () => {
    const names = workerNames()
    const worker = part({ id: 'a' }, { name: names.via('x') })
    const top = supervisor(one, [names, worker])
    const { host } = await run(top)
    const holder = pidOf(top, 'a')
    await top.terminateChild('names')
    return { names, top, host, holder }
  }

  test('leads to nobody, and starts nobody, until the registry runs again', async () => {
    const { names, top, holder } = await begin()
    const via = names.via('x')
    expect(await tryCall(via, 'id')).toMatchObject({
      ok: false,
      exit: { reason: { kind: 'noproc' } },
    })
    expect(cast(via, 'crash', '')).toBe(true)
    expect(codeOf(() => names.whereis('x'))).toBe(argumentCodes.not_started)
    const late = part({ id: 'b' }, { name: names.via('y') })
    expect(await top.startChild(late)).toMatchObject({
      ok: false,
      reason: {
        kind: 'init_failed',
        exit: { reason: { error: { code: 'FLOTILLA_NOT_STARTED' } } },
      },
    })
    await top.restartChild('names')
    expect(names.whereis('x')).toBeUndefined()
    expect(await call(holder, 'id')).toBe('a')
    // The next process under the name is that of the next start.
    await top.terminateChild('a')
    await top.restartChild('a')
    expect(names.whereis('x')).toBe(pidOf(top, 'a'))
  })
})

describe('a registry whose supervisor was killed', () => {
  test('keeps the names of who lives on, for its next start', async () => {
    const names = workerNames()
    const inner = supervisor({ ...one, name: 'inner' }, [names])
    const worker = part({ id: 'a' }, { name: names.via('x') })
    const top = supervisor(one, [inner, worker])
    const { host } = await run(top)
    const holder = pidOf(top, 'a')
    exit(pidOf(top, 'inner'), 'kill')
    await host.settle()
    expect(names.whereis('x')).toBe(holder)
    expect(await inside(holder, () => names.count())).toBe(1)
  })
})
