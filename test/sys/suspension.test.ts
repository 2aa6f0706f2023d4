import {
  call,
  cast,
  child,
  dynamicSupervisor,
  ended,
  exit,
  isAlive,
  type Pid,
  send,
  startNode,
  stopServer,
  supervisor,
  sys,
  tryCall,
} from 'flotilla'
import { virtualHost } from 'flotilla/testing'
import { describe, expect, test } from 'vitest'
import { gate, inside, puppet, stage } from '../process/stage.ts'
import { counter } from './counter.ts'

describe('a suspended process', () => {
  test('lets calls and messages wait, handles them in order when resumed, and can be stopped [GS-080]', async () => {
    const { start, host } = await stage()
    const log: unknown[] = []
    const pid = await start(counter, { log })
    await sys.suspend(pid)
    const timedOut = tryCall(pid, 'add', 1, { timeoutMs: 1000 })
    cast(pid, 'add', 2)
    const waiting = call(pid, 'add', 3, { timeoutMs: 'infinity' })
    send(pid, 'raw')
    await host.advance(1000)
    expect(await timedOut).toMatchObject({ exit: { reason: { kind: 'timeout', afterMs: 1000 } } })
    await sys.suspend(pid)
    const again = tryCall(pid, 'add', 4, { timeoutMs: 1000 })
    await host.advance(1000)
    expect(await again).toMatchObject({ exit: { reason: { kind: 'timeout' } } })
    expect(log).toEqual([])
    expect(await sys.getStatus(pid)).toMatchObject({ phase: 'suspended', waiting: 5 })

    await sys.resume(pid)
    expect(await waiting).toBe(6)
    await host.settle()
    expect(log).toEqual([1, 2, 3, { info: 'raw' }, 4])
    await sys.resume(pid)
    expect(await sys.getStatus(pid)).toMatchObject({ phase: 'running', waiting: 0 })
    expect(await call(pid, 'add', 0)).toBe(10)

    await sys.suspend(pid)
    cast(pid, 'add', 5)
    await stopServer(pid, { reason: { kind: 'shutdown', detail: 'asked' } })
    expect(isAlive(pid)).toBe(false)
    expect(log).toEqual([1, 2, 3, { info: 'raw' }, 4, 0, { terminate: 'shutdown' }])
  })

  test('handles the messages before a suspension, and none behind it', async () => {
    const { start, host } = await stage()
    const log: unknown[] = []
    const pid = await start(counter, { log })
    cast(pid, 'add', 1)
    const suspended = sys.suspend(pid)
    cast(pid, 'add', 2)
    await suspended
    await host.settle()
    expect(log).toEqual([1])
    const resumed = sys.resume(pid)
    cast(pid, 'add', 3)
    await resumed
    await host.settle()
    expect(log).toEqual([1, 2, 3])
  })

  test('finishes the handler that is at work first, and what it goes on with', async () => {
    const { start, host } = await stage()
    const log: unknown[] = []
    const pid = await start(counter, { log })
    const go = gate()
    const slow = call(pid, 'slow', go.opened)
    const suspended = sys.suspend(pid)
    cast(pid, 'add', 2)
    await host.settle()
    go.open()
    expect(await slow).toBe('slow')
    await suspended
    expect(log).toEqual([1])
    await sys.resume(pid)
    await host.settle()
    const gone = call(pid, 'go')
    await sys.suspend(pid)
    expect([await gone, log]).toEqual(['gone on', [1, 2, 10]])
  })

  test('lets timers, DOWN and exit signals of others wait in their order', async () => {
    const { start, host, puppet: another, node } = await stage()
    const log: unknown[] = []
    const pid = await start(puppet, log)
    const [friend, stranger] = [await another(), await another()]
    await inside(pid, (context) => {
      context.trapExits(true)
      context.monitor(friend)
      context.link(stranger)
      context.after(5, 'note', 'timer')
    })
    await sys.suspend(pid)
    exit(friend, 'kill')
    await host.advance(5)
    exit(stranger, 'kill')
    exit(pid, 'shutdown')
    cast(pid, 'note', 'cast')
    await host.settle()
    expect([log, node.statistics().queued]).toEqual([[], 5])
    await sys.resume(pid)
    await host.settle()
    expect(log).toMatchObject([
      { down: { kind: 'killed' } },
      'timer',
      { exit: { kind: 'killed' }, from: stranger },
      { exit: { kind: 'shutdown' } },
      'cast',
    ])
  })

  test('ends by the exit signal of its parent, with its last words and nothing else', async () => {
    const { start, node, host } = await stage()
    const log: unknown[] = []
    const pid = await start(counter, { log, traps: true }, { shutdownMs: 1000 })
    await sys.suspend(pid)
    cast(pid, 'add', 1)
    exit(pid, 'shutdown')
    const waiting = tryCall(pid, 'add', 2)
    await node.stop()
    expect(log).toEqual([{ terminate: 'shutdown' }])
    expect(await waiting).toMatchObject({ exit: { reason: { kind: 'shutdown' } } })
    expect(host.nowMs).toBe(0)
  })

  test.each([
    ['kill', 'killed'],
    [{ kind: 'shutdown' }, 'shutdown'],
    [{ kind: 'crash', error: 'x' }, 'crash'],
  ] as const)('ends at once by %j if it does not trap it', async (signal, kind) => {
    const { start, node } = await stage()
    const log: unknown[] = []
    const pid = await start(counter, { log })
    await sys.suspend(pid)
    const waiting = tryCall(pid, 'add', 1)
    const asked = sys.getState(pid)
    exit(pid, signal)
    expect(isAlive(pid)).toBe(false)
    expect(await waiting).toMatchObject({ exit: { reason: { kind } } })
    await expect(asked).rejects.toMatchObject({ reason: { kind } })
    expect(log).toEqual([])
    expect(node.statistics()).toMatchObject({ suspended: 0, queued: 0, deadlines: 0 })
  })

  test('ends by kill also if it traps exits', async () => {
    const { start } = await stage()
    const log: unknown[] = []
    const pid = await start(counter, { log, traps: true })
    await sys.suspend(pid)
    exit(pid, 'kill')
    expect([isAlive(pid), log]).toEqual([false, []])
  })

  test('answers everything else of sys', async () => {
    const { start } = await stage()
    const pid = await start(counter, {})
    await sys.suspend(pid)
    for (let count = 0; count < 20; count += 1) cast(pid, 'add', count)
    await sys.statistics(pid, 'on')
    expect(await sys.statistics(pid, 'get')).toMatchObject({ messagesIn: 0, turns: 0 })
    expect(await sys.install(pid, { id: 'h', hook: () => 'done' })).toEqual({ ok: true })
    expect(await sys.remove(pid, 'h')).toBe(true)
    expect(await sys.log(pid, 'get')).toEqual([])
    await sys.noDebug(pid)
    expect(await sys.getStatus(pid)).toMatchObject({ phase: 'suspended', waiting: 20 })
  })

  test('keeps its suspension over any number of requests, and its memory of what it walked over', async () => {
    const { start, host } = await stage()
    const log: unknown[] = []
    const pid = await start(puppet, log)
    await sys.suspend(pid)
    for (let count = 0; count < 500; count += 1) {
      cast(pid, 'note', count)
      if (count % 7 === 0) await sys.getState(pid)
      if (count % 50 === 0) await host.settle()
    }
    expect(log).toEqual([])
    await sys.resume(pid)
    await host.settle()
    expect(log).toEqual(Array.from({ length: 500 }, (_, count) => count))
  })

  test('can be resumed however full its mailbox is', async () => {
    const { start, host, puppet: another } = await stage()
    const pid = await start(counter, { traps: true })
    await sys.suspend(pid)
    let accepted = 0
    while (cast(pid, 'add', 1)) accepted += 1
    const stranger = await another()
    // Exit signals are never refused, so the mailbox gets fuller than full.
    await inside(stranger, () => {
      for (let count = 0; count < 3000; count += 1) exit(pid, 'shutdown')
    })
    expect(await sys.getStatus(pid)).toMatchObject({ waiting: accepted + 3000 })
    await sys.resume(pid)
    await host.settle()
    expect(await sys.getState(pid)).toMatchObject({ count: accepted })
  })

  test('is shown by the statistics of the node, until it goes on or ends', async () => {
    const { start, node } = await stage()
    const pids = [await start(counter, {}), await start(counter, {}), await start(counter, {})]
    for (const pid of pids) await sys.suspend(pid)
    expect(node.statistics().suspended).toBe(3)
    await sys.resume(pids[0] as Pid)
    expect(node.statistics().suspended).toBe(2)
    exit(pids[1] as Pid, 'kill')
    expect(node.statistics().suspended).toBe(1)
    await node.stop()
    expect(node.statistics().suspended).toBe(0)
  })

  test('lets a demonitor take back what waits, and finds what comes behind it', async () => {
    const { start, host, puppet: another } = await stage()
    const log: unknown[] = []
    const pid = await start(puppet, log)
    const other = await another()
    const go = gate()
    const left = gate<boolean>()
    await inside(pid, (context) => {
      const monitor = context.monitor(other)
      void go.opened.then(() => left.open(context.demonitor(monitor, { flush: true })))
    })
    await sys.suspend(pid)
    exit(other, 'kill')
    await host.settle()
    go.open()
    expect(await left.opened).toBe(false)
    cast(pid, 'note', 'behind')
    await sys.resume(pid)
    await host.settle()
    expect(log).toEqual(['behind'])
  })
})

describe('an idle time-out', () => {
  test('does not pass while its server is suspended, and begins anew with its going on', async () => {
    const { start, host } = await stage()
    const log: unknown[] = []
    const pid = await start(counter, { log })
    await call(pid, 'idle', 100)
    await host.advance(60)
    await sys.suspend(pid)
    await host.advance(1000)
    expect(log).toEqual([])
    await sys.resume(pid)
    await host.advance(99)
    expect(log).toEqual([])
    await host.advance(1)
    expect(log).toEqual(['timeout'])
    await host.advance(1000)
    expect(log).toEqual(['timeout'])
  })

  test('that fired as the suspension began is void, too', async () => {
    const { start, host } = await stage()
    const log: unknown[] = []
    const pid = await start(counter, { log })
    void call(pid, 'idle', 0)
    const suspended = sys.suspend(pid)
    await suspended
    await host.settle()
    expect(log).toEqual([])
    cast(pid, 'add', 1)
    await sys.resume(pid)
    await host.settle()
    expect(log).toEqual([1])
  })

  test('is cancelled by what has come meanwhile', async () => {
    const { start, host } = await stage()
    const log: unknown[] = []
    const pid = await start(counter, { log })
    await call(pid, 'idle', 100)
    await sys.suspend(pid)
    cast(pid, 'add', 1)
    await sys.resume(pid)
    await host.advance(1000)
    expect(log).toEqual([1])
  })

  test('is not disturbed by anything else of sys', async () => {
    const { start, host } = await stage()
    const log: unknown[] = []
    const pid = await start(counter, { log })
    await call(pid, 'idle', 100)
    for (let count = 0; count < 9; count += 1) {
      await host.advance(10)
      await sys.getState(pid)
      await sys.resume(pid)
    }
    await host.advance(9)
    expect(log).toEqual([])
    await host.advance(1)
    expect(log).toEqual(['timeout'])
  })
})

describe('a suspended supervisor', () => {
  test('neither starts nor restarts anybody until it goes on, and still stops in order', async () => {
    const host = virtualHost()
    const log: unknown[] = []
    const workers = dynamicSupervisor({ name: 'workers' })
    const root = supervisor({ name: 'root', strategy: 'one_for_one' }, [workers])
    const node = await startNode(root, { host })
    const keeper = root.whichChildren()[0]?.pid as Pid
    const spec = child(counter, { log, traps: true })
    const first = await workers.startChild(spec)
    if (!first.ok) throw new Error('not started')
    await sys.suspend(keeper)
    exit(first.pid, 'kill')
    const second = workers.startChild(spec)
    await host.settle()
    expect(workers.countChildren()).toMatchObject({ active: 0 })
    await sys.resume(keeper)
    expect(await second).toMatchObject({ ok: true })
    expect(workers.countChildren()).toMatchObject({ active: 2 })
    await sys.suspend(keeper)
    await node.stop()
    expect(log).toEqual([{ terminate: 'shutdown' }, { terminate: 'shutdown' }])
  })
})

test('a suspended supervisor that is asked to stop does so, its suspended children first', async () => {
  const { start, puppet: another, node } = await stage()
  const log: unknown[] = []
  const pid = await start(counter, { log, traps: true }, { shutdownMs: 1000 })
  const keeper = (await sys.getStatus(await another())).parent as Pid
  await sys.suspend(pid)
  await sys.suspend(keeper)
  await stopServer(keeper, { reason: { kind: 'shutdown' } })
  expect([isAlive(pid), log]).toEqual([false, [{ terminate: 'shutdown' }]])
  expect(node.statistics().suspended).toBe(0)
})

test('the process that stands for the node is not suspended', async () => {
  const { puppet: another, node } = await stage()
  let address: Pid = await another()
  for (;;) {
    const { parent } = await sys.getStatus(address)
    if (parent === undefined) break
    address = parent
  }
  expect(() => sys.suspend(address)).toThrow(/Cannot suspend a process: node <.*> stands for the/)
  await sys.resume(address)
  void node.stop()
  expect(await ended(address)).toEqual({ kind: 'shutdown' })
})
