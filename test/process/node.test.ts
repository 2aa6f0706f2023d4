import {
  ArgumentError,
  call,
  cast,
  child,
  defineServer,
  dynamicSupervisor,
  Exit,
  ended,
  exit,
  type FlotillaEvent,
  fleet,
  type Host,
  ignore,
  isAlive,
  next,
  processInfo,
  send,
  startNode,
  stop,
  stopServer,
  supervisor,
  table,
  tryCall,
  uniqueRegistry,
  watchEvents,
} from 'flotilla'
import { virtualHost } from 'flotilla/testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { LocalPid } from '../../src/process/local-pid.ts'
import { puppet, stage } from './stage.ts'

const boom = { kind: 'crash', error: 'boom' } as const
const empty = {
  processes: 0,
  deadlines: 0,
  rows: {},
  monitors: 0,
  links: 0,
  queued: 0,
  deferred: 0,
}

describe('startNode', () => {
  test('leaves nothing behind when a child fails: its handles start again', async () => {
    let healthy = false
    const names = uniqueRegistry<string, any>({ name: 'names' })
    const moody = defineServer({
      name: 'moody',
      init: (_: undefined) => {
        if (!healthy) throw new Error('in a mood')
        return 0
      },
    })
    const workers = dynamicSupervisor({ name: 'workers' })
    const tree = supervisor({ name: 'tree', strategy: 'one_for_one' }, [
      names,
      child(puppet, [], { name: names.via('first') }),
      workers,
      child(moody, undefined),
    ])
    const host = virtualHost()
    await expect(startNode(tree, { host })).rejects.toThrow(/"moody" .*Error: in a mood/)
    expect(() => names.count()).toThrow('is not running any more')
    expect(host.pendingTimers).toBe(0)
    healthy = true
    const node = await startNode(tree, { host })
    expect(names.count()).toBe(1)
    await node.stop()
    expect(node.statistics()).toMatchObject(empty)
  })

  test('refuses a tree that runs already, and leaves the first one alone', async () => {
    const names = uniqueRegistry<string, any>({ name: 'names' })
    const tree = supervisor({ name: 'tree', strategy: 'one_for_one' }, [names])
    const first = await startNode(tree, { name: 'one', host: virtualHost() })
    const second = startNode(tree, { name: 'two', host: virtualHost() })
    await expect(second).rejects.toThrow(
      /^Start of the node "two" failed: .*Cannot start supervisor "tree": it is running already/,
    )
    const partly = supervisor({ name: 'other', strategy: 'one_for_one' }, [names])
    await expect(startNode(partly, { host: virtualHost() })).rejects.toThrow(/running already/)
    expect(first.statistics().processes).toBe(3)
    await first.stop()
  })

  test('starts a tree again after its node has stopped', async () => {
    const names = uniqueRegistry<string, any>({ name: 'names' })
    const tree = supervisor({ name: 'tree', strategy: 'one_for_one' }, [
      names,
      child(puppet, [], { name: names.via('a') }),
    ])
    const pids: unknown[] = []
    for (const name of ['first', 'second']) {
      const node = await startNode(tree, { name, host: virtualHost() })
      pids.push(names.whereis('a'))
      expect(await call(names.via('a'), 'run', () => name)).toBe(name)
      await node.stop()
      expect(() => names.whereis('a')).toThrow('is not running any more')
    }
    expect(pids[0]).not.toEqual(pids[1])
  })

  const mistakes: [string, unknown, unknown, string][] = [
    ['no child', undefined, {}, 'the child is undefined, wanted a child specification'],
    ['a server instead of a child', puppet, {}, 'make it with child(server, arg)'],
    ['a name that is no text', child(puppet, []), { name: 5 }, 'the name is 5'],
    ['an option that does not exist', child(puppet, []), { hots: 1 }, 'host'],
    ['a host that is none', child(puppet, []), { host: {} }, 'option "host"'],
    ['half a host', child(puppet, []), { host: { clock: {} } }, 'host'],
    ['a choice that is none', child(puppet, []), { chargeAsyncErrors: 'no' }, 'chargeAsyncErrors'],
  ]
  for (const [what, root, options, message] of mistakes) {
    test(`refuses ${what}`, async () => {
      const failed = await startNode(root as never, options as never).catch((e: unknown) => e)
      expect(ArgumentError.is(failed)).toBe(true)
      expect(String(failed)).toContain(`Cannot start a node: `)
      expect(String(failed)).toContain(message)
    })
  }

  test('says so when the root chose not to start', async () => {
    const shy = defineServer({ name: 'shy', init: () => ignore() })
    await expect(startNode(child(shy, undefined), { host: virtualHost() })).rejects.toThrow(
      /the root did not start: ignored/,
    )
  })
})

describe('stop', () => {
  test('stops newest first, and resolves when everything is gone', async () => {
    const log: string[] = []
    const leaf = (name: string) =>
      child(
        defineServer({
          name,
          init: (_: undefined, context) => context.trapExits(true),
          terminate: async () => {
            await null
            log.push(name)
          },
        }),
        undefined,
      )
    const inner = supervisor({ name: 'inner', strategy: 'one_for_one' }, [leaf('b'), leaf('c')])
    const tree = supervisor({ name: 'tree', strategy: 'one_for_one' }, [
      leaf('a'),
      inner,
      leaf('d'),
    ])
    const node = await startNode(tree, { host: virtualHost() })
    await Promise.all([node.stop(), node.stop()])
    expect(log).toEqual(['d', 'c', 'b', 'a'])
    expect(await node.ended).toEqual({ kind: 'shutdown' })
    expect(node.statistics()).toMatchObject(empty)
  })

  test('asked for while the tree is being started comes when it has been', async () => {
    const host = virtualHost()
    const log: string[] = []
    let open = (): void => undefined
    const opened = new Promise<void>((resolve) => {
      open = resolve
    })
    let stopped: Promise<void> | undefined
    const early = defineServer({
      name: 'early',
      init: async (_: undefined, { self }) => {
        const top = processInfo(self)?.ancestors.at(-1)
        if (top !== undefined) stopped = stopServer(top)
        await opened
        log.push('started')
        return self
      },
    })
    const tree = supervisor({ name: 'tree', strategy: 'one_for_one' }, [child(early, undefined)])
    const starting = startNode(tree, { host })
    await host.settle()
    open()
    const node = await starting
    await stopped
    expect([log, await node.ended]).toEqual([['started'], { kind: 'normal' }])
    expect(node.statistics()).toMatchObject(empty)
  })

  test('kills whoever does not stop in time', async () => {
    const host = virtualHost()
    const stubborn = defineServer({
      name: 'stubborn',
      init: (_: undefined, context) => context.trapExits(true),
      terminate: () => new Promise(() => undefined),
    })
    const node = await startNode(child(stubborn, undefined, { shutdownMs: 50 }), { host })
    const stopped = node.stop()
    await host.advance(49)
    expect(node.statistics().processes).toBe(2)
    await host.advance(1)
    await stopped
    expect(await node.ended).toEqual({ kind: 'killed' })
    expect([node.statistics().processes, host.pendingTimers]).toEqual([0, 0])
  })

  test('gives the root the reason it is given', async () => {
    const { node } = await stage()
    const reason = { kind: 'shutdown', detail: 'deploy' } as const
    await node.stop(reason)
    expect(await node.ended).toEqual(reason)
    expect(() => node.stop('now' as never)).toThrow(/Cannot stop a node: the reason is "now"/)
  })

  test('is what disposing of a node does', async () => {
    const { node } = await stage()
    await node[Symbol.asyncDispose]()
    expect(node.statistics().processes).toBe(0)
  })

  test('leaves every table empty after churn of every kind', async () => {
    const host = virtualHost()
    const names = uniqueRegistry<string, any>({ name: 'names' })
    const workers = dynamicSupervisor({ name: 'workers', maxRestarts: 1000 })
    const rows = table<string, number>({ name: 'rows' })
    const users = fleet(puppet, { name: 'users', key: (log: unknown[]) => String(log[0]) })
    const tree = supervisor({ name: 'tree', strategy: 'one_for_one' }, [
      names,
      rows,
      workers,
      users,
    ])
    const node = await startNode(tree, { name: 'churned', host })
    for (let index = 0; index < 50; index += 1) {
      const name = names.via(String(index % 20))
      await workers.startChild(child(puppet, [], { name }))
      const pid = await users.ensure([index])
      await call(pid, 'run', (context) => {
        const other = names.whereis(String(index % 7))
        if (other !== undefined) context.monitor(other)
        context.after(1000, 'note', index)
      })
      rows.save(String(index), index)
      void tryCall(pid, 'runAsync', () => new Promise(() => undefined))
      if (index % 3 === 0) exit(pid, 'kill')
      if (index % 5 === 0) exit(names.whereis(String(index % 20)) ?? pid, boom)
    }
    await host.advance(100)
    expect(node.statistics().processes).toBeGreaterThan(30)
    await node.stop()
    const statistics = node.statistics()
    expect(statistics).toEqual(expect.objectContaining(empty))
    expect(statistics.started).toBe(statistics.ended)
    expect(host.pendingTimers).toBe(0)
  })
})

describe('ended', () => {
  test('resolves with the reason of a root that gave up, and warns', async () => {
    const warnings: string[] = []
    const host: Host = { ...virtualHost(), warn: (message) => warnings.push(message) }
    const workers = defineServer({
      name: 'fragile',
      init: (_: undefined) => 0,
      casts: {
        crash: (): never => {
          throw new Error('again')
        },
      },
    })
    const names = uniqueRegistry<string, any>({ name: 'names' })
    const tree = supervisor({ name: 'tree', strategy: 'one_for_one', maxRestarts: 1 }, [
      names,
      child(workers, undefined, { name: names.via('w') }),
    ])
    const node = await startNode(tree, { name: 'brittle', host })
    for (let crash = 0; crash < 2; crash += 1) {
      const last = ended(names.via('w'))
      cast(names.via('w'), 'crash')
      await last
    }
    const reason = await node.ended
    expect(reason).toMatchObject({ kind: 'shutdown' })
    expect(new Exit(reason).message).toMatch(/fragile.*again/)
    expect(warnings).toEqual([expect.stringMatching(/^Node "brittle" is over: .*again/)])
    expect(node.statistics()).toMatchObject(empty)
    await node.stop()
  })

  test('resolves also for a root that ends in the very turn of its start', async () => {
    const host: Host = { ...virtualHost(), warn: () => undefined }
    const brief = defineServer({
      name: 'brief',
      init: (_: undefined) => next(0, { continueWith: ['stop'] }),
      casts: { stop: (state: number) => stop({ kind: 'normal' }, state) },
    })
    const node = await startNode(child(brief, undefined), { name: 'brief', host })
    expect(await node.ended).toEqual({ kind: 'normal' })
    await node.stop()
    expect(node.statistics()).toEqual(expect.objectContaining(empty))
  })

  test('resolves when the process above the root is killed by hand', async () => {
    const { node, puppet: another } = await stage()
    const pid = await another()
    const process = LocalPid.processOf(pid)
    let top = process
    while (top?.parent !== undefined) top = top.parent
    exit(top?.pid ?? pid, 'kill')
    await node.ended
    expect([isAlive(pid), node.statistics().processes]).toEqual([false, 0])
  })

  test('resolves when the runtime itself fails, with what was thrown', async () => {
    const host = virtualHost()
    const error = new Error('no clock')
    let broken = false
    const monotonicMs = () => {
      if (broken) {
        broken = false
        throw error
      }
      return host.clock.monotonicMs()
    }
    const faulty: Host = { ...host, clock: { ...host.clock, monotonicMs } }
    const log: unknown[] = []
    const names = uniqueRegistry<string, any>({ name: 'names' })
    const tree = supervisor({ name: 'tree', strategy: 'one_for_one' }, [
      names,
      child(puppet, log, { name: names.via('p') }),
    ])
    const node = await startNode(tree, {
      name: 'faulty',
      host: { ...faulty, warn: () => undefined },
    })
    // The clock is read once per so many messages.
    for (let count = 0; count < 100; count += 1) send(names.via('p'), count)
    const waiting = tryCall(names.via('p'), 'run', () => 1)
    broken = true
    expect(await node.ended).toEqual({ kind: 'crash', error })
    expect(await waiting).toMatchObject({ ok: false, exit: { reason: { kind: 'crash', error } } })
    expect(node.statistics().processes).toBe(0)
    await node.stop()
  })
})

describe('two nodes in one OS process', () => {
  test('of the same name share nothing', async () => {
    const [one, other] = [await shop(), await shop()]
    expect(one.node.name).toBe(other.node.name)
    expect(await call(one.names.via('p'), 'run', () => 1)).toBe(1)
    await one.node.stop()
    expect(() => one.names.count()).toThrow('is not running any more')
    expect(await call(other.names.via('p'), 'run', () => 2)).toBe(2)
    expect(other.node.statistics().processes).toBe(4)
  })

  test('can call, monitor and end processes of each other', async () => {
    const [here, there] = [await stage(), await stage()]
    const [one, other] = [await here.puppet(), await there.puppet()]
    expect(await call(one, 'runAsync', () => call(other, 'run', ({ self }) => self))).toBe(other)
    await call(one, 'run', () => exit(other, boom))
    expect(isAlive(other)).toBe(false)
  })

  test('end calls to the one that stops with the reason of its processes', async () => {
    const [here, there] = [await stage(), await stage()]
    const [one, other] = [await here.puppet(), await there.puppet()]
    const waiting = call(one, 'runAsync', () =>
      tryCall(other, 'runAsync', () => new Promise(() => undefined)),
    )
    await there.host.settle()
    await there.node.stop()
    expect(await waiting).toMatchObject({ ok: false, exit: { reason: { kind: 'killed' } } })
    expect(here.node.statistics().deadlines).toBe(0)
  })
})

test('the events of a node tell its name and life, from its start to its end', async () => {
  const events: FlotillaEvent[] = []
  const watching = watchEvents((event) => {
    if (event.node === 'told') events.push(event)
  })
  onTestFinished(() => watching.stop())
  const host = virtualHost({ wallMs: 5 })
  const node = await startNode(child(puppet, []), { name: 'told', host })
  await node.stop()
  const kinds = ['process_started', 'node_started', 'process_ended', 'process_ended', 'node_ended']
  expect(events.map((event) => event.kind)).toEqual(kinds)
  expect(new Set(events.map((event) => event.incarnation)).size).toBe(1)
  expect(Math.floor((events[0]?.incarnation ?? 0) / 4096)).toBe(5)
})

async function shop() {
  const names = uniqueRegistry<string, any>({ name: 'names' })
  const tree = supervisor({ name: 'tree', strategy: 'one_for_one' }, [
    names,
    child(puppet, [], { name: names.via('p') }),
  ])
  const node = await startNode(tree, { name: 'shop', host: virtualHost() })
  onTestFinished(() => node.stop())
  return { node, names }
}
