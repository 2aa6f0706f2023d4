import {
  type ChildSpec,
  call,
  child,
  defineServer,
  dynamicSupervisor,
  exit,
  fleet,
  partitionSupervisor,
  reply,
  supervisor,
  uniqueRegistry,
  type Via,
} from 'flotilla'
import { describe, expect, test } from 'vitest'
import { run } from './running.ts'
import { gate, ok, part, pidOf, refused, startedBy, Worker, type WorkerProtocol } from './worker.ts'

const one = { name: 'top', strategy: 'one_for_one' } as const

function parts(name = 'parts') {
  return partitionSupervisor({ name, partitions: 2 }, (partition) => part({ id: `p${partition}` }))
}

describe('the names of partitions', () => {
  test('can be taken by nobody', async () => {
    const it = parts()
    const children = dynamicSupervisor({ name: 'children' })
    const { host } = await run(supervisor(one, [it, children]))
    const taken = await children.startChild(part({ id: 'a' }, { name: it.via(0) }))
    expect(taken).toEqual({ ok: false, reason: { kind: 'already_started', pid: it.whereis(0) } })
    await it.resize(1)
    exit(it.whereis(0) ?? unreachable(), 'kill')
    const refusal = await children.startChild(part({ id: 'a' }, { name: it.via(0) }))
    expect(refusal).toMatchObject({ ok: false })
    await host.settle()
  })

  test('say so to whoever is started under one while its process is down', async () => {
    const it = partitionSupervisor({ name: 'parts', partitions: 1 }, () => {
      return part({ id: 'a' }, { restart: 'transient' })
    })
    const children = dynamicSupervisor({ name: 'children' })
    const { host } = await run(supervisor(one, [it, children]))
    exit(it.whereis(0) ?? unreachable(), 'shutdown')
    await host.settle()
    const refusal = await children.startChild(part({ id: 'a' }, { name: it.via(0) }))
    if (refusal.ok || refusal.reason.kind !== 'init_failed') throw new Error('it started')
    expect(refusal.reason.exit.message).toContain('are those of its partitions')
  })

  test('find their way when they were written out as data', async () => {
    const it = parts()
    const Asking = defineServer({
      name: 'asking',
      init: () => 0,
      calls: {
        ask: async (state, key: number) => {
          const plain = { registry: 'parts', key } as Via<WorkerProtocol>
          return reply(await call(plain, 'id'), state)
        },
      },
    })
    const children = dynamicSupervisor({ name: 'children' })
    await run(supervisor(one, [it, children]))
    const asker = await startedBy(children.startChild(child(Asking, undefined)))
    expect([await call(asker, 'ask', 0), await call(asker, 'ask', 1)]).toEqual(['p0', 'p1'])
  })
})

describe('the name of a partition supervisor', () => {
  const others: readonly [string, () => ChildSpec][] = [
    ['a registry', () => uniqueRegistry({ name: 'same' })],
    ['a fleet', () => fleet(Worker, { name: 'same', key: (what) => what.id })],
  ]

  test.each(others)('is not the one that %s of the node has', async (_, make) => {
    const parent = dynamicSupervisor({ name: 'parent' })
    await run(parent)
    await startedBy(parent.startChild(make()))
    expect(await parent.startChild(parts('same'))).toMatchObject(refused('init_failed'))
  })

  test.each(others)('is not given to %s, before it is free', async (_, make) => {
    const parent = dynamicSupervisor({ name: 'parent' })
    await run(parent)
    const pid = await startedBy(parent.startChild(parts('same')))
    expect(await parent.startChild(make())).toMatchObject(refused('init_failed'))
    expect(await parent.terminateChild(pid)).toBe(true)
    expect(await parent.startChild(make())).toMatchObject(ok)
  })

  test('is free in the step in which it ends, also when it is killed', async () => {
    const parent = dynamicSupervisor({ name: 'parent', maxRestarts: 1000 })
    const { node } = await run(parent)
    for (let count = 0; count < 100; count += 1) {
      const spec = partitionSupervisor({ name: 'same', partitions: 1, restart: 'temporary' }, () =>
        part({ id: 'a' }),
      )
      const pid = await startedBy(parent.startChild(spec))
      expect(node.statistics().rows).toEqual({ 'registry or fleet same': 1 })
      exit(pid, 'kill')
      expect(node.statistics().rows).toEqual({})
    }
    expect(node.statistics().processes).toBe(2)
  })

  test('is held again after a restart, and waited for if the old process is still there', async () => {
    const { wait, release } = gate()
    const below = partitionSupervisor({ name: 'below', partitions: 1 }, () => {
      return part({ id: 'slow', traps: true, terminate: wait })
    })
    const middle = supervisor({ ...one, name: 'middle' }, [below])
    const top = supervisor(one, [middle])
    const { host } = await run(top)
    const before = pidOf(middle, 'below')
    exit(pidOf(top, 'middle'), 'kill')
    await host.settle()
    release()
    await host.settle()
    expect(pidOf(middle, 'below')).not.toBe(before)
    expect(await call(below.via('any'), 'id')).toBe('slow')
  })

  test('belongs to one node at a time', async () => {
    const it = parts()
    const { node } = await run(it)
    const parent = dynamicSupervisor({ name: 'parent' })
    await run(parent, 'second')
    expect(await parent.startChild(it)).toMatchObject(refused('init_failed'))
    await node.stop()
    expect(await parent.startChild(it)).toMatchObject(ok)
    expect(it.whichChildren()[0]?.pid).toMatchObject({ node: 'second' })
  })
})

function unreachable(): never {
  throw new Error('unreachable')
}
