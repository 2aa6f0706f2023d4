import {
  dynamicSupervisor,
  exit,
  isAlive,
  type Node,
  type Pid,
  type RegistryEvent,
  startNode,
  supervisor,
} from 'flotilla'
import { virtualHost } from 'flotilla/testing'
import { describe, expect, test } from 'vitest'
import { LocalPid } from '../../src/process/local-pid.ts'
import { NameService } from '../../src/registry/name-service.ts'
import { feed, run } from '../supervisor/running.ts'
import { failingAt, from, part, pidOf, startedBy, workerNames } from '../supervisor/worker.ts'

describe('the feed of changes', () => {
  test('shows one unregister and one register for each kill of a permanent worker [REG-076, REG-077]', async () => {
    const { names, top, events, host } = await runWatched()
    await host.settle()
    const first = pidOf(top, 'a')
    expect(events).toEqual([{ kind: 'register', key: 'x', pid: first }])
    exit(first, 'kill')
    expect(names.whereis('x')).toBeUndefined()
    await host.settle()
    const second = pidOf(top, 'a')
    expect(events.slice(1)).toEqual([
      { kind: 'unregister', key: 'x', pid: first },
      { kind: 'register', key: 'x', pid: second },
    ])
  })

  test('tells in a later turn, never inside the step that changed something', async () => {
    const { top, events, host } = await runWatched()
    await host.settle()
    const before = events.length
    exit(pidOf(top, 'a'), 'kill')
    expect(events.length).toBe(before)
    await host.settle()
    expect(events.length).toBe(before + 2)
  })

  // A start whose init fails took the name and gave it back.
  test('shows the name that a failing init held, with its own pid', async () => {
    const { names, children, host } = await runWithChildren()
    const events: RegistryEvent[] = []
    names.watch((event) => events.push(event))
    await children.startChild(part({ id: 'a', init: failingAt(1).init }, { name: names.via('x') }))
    await host.settle()
    expect(events.map((each) => each.kind)).toEqual(['register', 'unregister'])
    expect(new Set(events.map((each) => each.pid)).size).toBe(1)
  })

  // Replayed, the feed is the table, at any time.
  test('has no gaps and one total order, whatever happens', async () => {
    const { names, children, host } = await runWithChildren()
    const replay = new Map<string, Pid>()
    names.watch(({ kind, key, pid }) => {
      expect(replay.get(key)).toBe(kind === 'register' ? undefined : pid)
      if (kind === 'register') replay.set(key, pid)
      else replay.delete(key)
    })
    const init = () => Promise.resolve()
    for (const round of from(1, 10)) {
      const starts = from(1, 20).map((index) => {
        const key = `${index % 7}`
        const failing = index % 5 === 0 ? () => Promise.reject(new Error('no')) : init
        return children.startChild(
          part({ id: key, init: failing }, { name: names.via(key), restart: 'temporary' }),
        )
      })
      await Promise.all(starts)
      for (const index of from(0, 6)) {
        const pid = names.whereis(`${index}`)
        if (pid !== undefined && (index + round) % 2 === 0) exit(pid, 'kill')
      }
      await host.settle()
      expect([...replay].filter(([key, pid]) => names.whereis(key) !== pid)).toEqual([])
      expect(replay.size).toBe(names.count())
    }
  })

  test('shows every name given back when the node stops', async () => {
    const { node, events, host } = await runWatched()
    await node.stop()
    await host.settle()
    expect(events.map((each) => each.kind)).toEqual(['register', 'unregister'])
  })

  test('survives a listener that throws; the node reports it', async () => {
    const reports = feed()
    const { names, children, host } = await runWithChildren()
    const heard: RegistryEvent[] = []
    names.watch(() => {
      throw new Error('bad listener')
    })
    names.watch((event) => heard.push(event))
    await children.startChild(part({ id: 'a' }, { name: names.via('x') }))
    await host.settle()
    expect(heard).toHaveLength(1)
    expect(reports.filter((each) => each.kind === 'listener_failed')).toMatchObject([
      { listener: 'watch', error: { message: 'bad listener' } },
    ])
    expect(isAlive(names.whereis('x') ?? unreachable())).toBe(true)
  })

  test('ends with stop', async () => {
    const { names, children, host } = await runWithChildren()
    const heard: RegistryEvent[] = []
    const watch = names.watch((event) => heard.push(event))
    await children.startChild(part({ id: 'a' }, { name: names.via('x') }))
    await host.settle()
    watch.stop()
    await children.startChild(part({ id: 'b' }, { name: names.via('y') }))
    await host.settle()
    expect(heard.map((each) => each.key)).toEqual(['x'])
  })
})

describe('a process with several names', () => {
  test('has them all, and loses them all in the step in which it ends [REG-020, REG-043]', async () => {
    const { names, children, host } = await runWithChildren()
    const pid = await startedBy(children.startChild(part({ id: 'a' }, { name: names.via('x') })))
    const process = LocalPid.processOf(pid) ?? unreachable()
    const [more, others] = [
      new NameService({ name: 'more', maxNames: 10 }),
      new NameService({ name: 'others', maxNames: 10 }),
    ]
    const events: string[] = []
    for (const service of [more, others]) {
      service.attach(process)
      service.watch(({ kind, key }) => events.push(`${kind} ${service.name} ${key}`))
    }
    more.claim('y', process, 1)
    more.claim('z', process, 2)
    others.claim('y', process, 3)
    expect([more.keysHeldBy(process), others.keysHeldBy(process)]).toEqual([['y', 'z'], ['y']])
    expect([...more.slots()]).toMatchObject([
      { key: 'y', value: 1 },
      { key: 'z', value: 2 },
    ])
    expect(others.slotsOf('y')).toMatchObject([{ key: 'y', value: 3 }])
    exit(pid, 'kill')
    expect([more.rowCount, others.rowCount, more.holder('y')]).toEqual([0, 0, undefined])
    expect(more.keysHeldBy(process)).toEqual([])
    await host.settle()
    expect(events.toSorted()).toEqual([
      'register more y',
      'register more z',
      'register others y',
      'unregister more y',
      'unregister more z',
      'unregister others y',
    ])
  })
})

describe('the names of a node that is over', () => {
  // A root that is killed leaves trapping workers behind, which held their names.
  test('are gone for good, and a next node starts from nothing', async () => {
    const events = feed()
    const names = workerNames()
    const slow = { id: 'a', traps: true, terminate: () => new Promise<void>(() => undefined) }
    const tree = () =>
      supervisor({ name: 'top', strategy: 'one_for_one' }, [
        names,
        part(slow, { name: names.via('x') }),
      ])
    const first = await startNode(tree(), { host: virtualHost() })
    const root = events.findLast((each) => each.kind === 'process_started' && each.label === 'top')
    if (root?.kind !== 'process_started') throw new Error('no root')
    exit(root.pid, 'kill')
    await first.ended
    expect(() => names.count()).toThrow('is not running any more')
    const { host } = await run(tree(), 'second')
    expect([names.count(), names.whereis('x')?.node]).toEqual([1, 'second'])
    await host.settle()
    expect(first.statistics().processes).toBe(0)
  })
})

describe('many names that come and go', () => {
  test('leave nothing behind [REG-037]', async () => {
    const { names, children, node, host } = await runWithChildren()
    const before = shapeOf(node)
    for (const round of from(1, 10)) {
      const pids = await Promise.all(
        from(1, 500).map((index) => {
          const name = names.via(`${round} ${index}`)
          return startedBy(children.startChild(part({ id: 'a' }, { name, restart: 'temporary' })))
        }),
      )
      expect(names.count()).toBe(500)
      for (const pid of pids) exit(pid, 'kill')
      expect(names.count()).toBe(0)
      await host.settle()
    }
    expect(shapeOf(node)).toEqual(before)
  })
})

function shapeOf(node: Node) {
  const { processes, deadlines, rows, monitors, links, queued, deferred } = node.statistics()
  return { processes, deadlines, rows, monitors, links, queued, deferred }
}

async function runWatched() {
  const names = workerNames()
  const events: RegistryEvent<string>[] = []
  names.watch((event) => events.push(event))
  const top = supervisor({ name: 'top', strategy: 'one_for_one' }, [
    names,
    part({ id: 'a' }, { name: names.via('x') }),
  ])
  return { names, events, top, ...(await run(top)) }
}

async function runWithChildren() {
  const names = workerNames()
  const children = dynamicSupervisor({ name: 'children' })
  const top = supervisor({ name: 'top', strategy: 'rest_for_one' }, [names, children])
  return { names, children, ...(await run(top)) }
}

function unreachable(): never {
  throw new Error('unreachable')
}
