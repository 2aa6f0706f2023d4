import {
  call,
  cast,
  child,
  defineServer,
  dynamicSupervisor,
  exit,
  fleet,
  isAlive,
  type Pid,
  startNode,
  stopServer,
  supervisor,
  sys,
} from 'flotilla'
import { virtualHost } from 'flotilla/testing'
import { describe, expect, test } from 'vitest'
import { gate, inside, puppet, stage } from '../process/stage.ts'
import { counter } from './counter.ts'

/** Everything that asks a process, each so that its effect would be seen. */
const asking: readonly [string, (pid: Pid, options?: sys.SystemOptions) => Promise<unknown>][] = [
  ['getState', sys.getState],
  ['getStatus', sys.getStatus],
  ['replaceState', (pid, options) => sys.replaceState(pid, (state) => state, options)],
  ['suspend', sys.suspend],
  ['resume', sys.resume],
  ['statistics', (pid, options) => sys.statistics(pid, 'on', options)],
  ['log', (pid, options) => sys.log(pid, 'on', options)],
  ['noDebug', sys.noDebug],
  ['install', (pid, options) => sys.install(pid, { id: 'h', hook: Boolean }, options)],
  ['remove', (pid, options) => sys.remove(pid, 'h', options)],
  ['trace', (pid, options) => sys.trace(pid, () => undefined, options)],
]

describe.each(asking)('%s', (name, ask) => {
  test('fails with noproc where nobody is', async () => {
    const { start } = await stage()
    const pid = await start(puppet, [])
    exit(pid, 'kill')
    await expect(ask(pid)).rejects.toMatchObject({
      reason: { kind: 'noproc' },
      message: expect.stringContaining(`sys.${name} of <`),
    })
  })

  test('of oneself is refused, and so is one of a process that waits for the caller', async () => {
    const { puppet: another } = await stage()
    const [pid, other] = [await another(), await another()]
    const ofItself = inside(pid, (context) => ask(context.self).catch((exit: unknown) => exit))
    expect(await ofItself).toMatchObject({ reason: { kind: 'calling_self' } })
    const around = inside(pid, () => inside(other, () => ask(pid).catch((exit: unknown) => exit)))
    const cycle = Array.from({ length: 3 }, () => expect.any(String))
    expect(await around).toMatchObject({ reason: { kind: 'calling_self', cycle } })
  })

  test('times out while the process is at work, and then does not happen later', async () => {
    const { start, host, node } = await stage()
    const pid = await start(counter, {})
    const go = gate()
    const slow = call(pid, 'slow', go.opened, { timeoutMs: 'infinity' })
    const asked = ask(pid, { timeoutMs: 300 })
    const refused = expect(asked).rejects.toMatchObject({
      code: 'FLOTILLA_EXIT_TIMEOUT',
      reason: { afterMs: 300 },
      message: expect.stringMatching(new RegExp(`^sys.${name} of counter <.*> failed: no reply`)),
    })
    await host.advance(300)
    await refused
    go.open()
    await slow
    expect(await sys.getStatus(pid)).toMatchObject({
      phase: 'running',
      debug: { statistics: false, log: false, hooks: [], traces: 0 },
    })
    expect(node.statistics().deadlines).toBe(0)
  })

  test('ends with the reason of the process, if that ends before its turn', async () => {
    const { start } = await stage()
    const pid = await start(counter, {})
    const go = gate()
    cast(pid, 'block', go.opened)
    const asked = ask(pid)
    exit(pid, { kind: 'crash', error: 'x' })
    await expect(asked).rejects.toMatchObject({ reason: { kind: 'crash', error: 'x' } })
  })

  test('gets through to a full mailbox, behind what waits there', async () => {
    const { start } = await stage()
    const pid = await start(counter, {})
    const go = gate()
    cast(pid, 'block', go.opened)
    while (cast(pid, 'add', 1));
    const asked = ask(pid)
    go.open()
    await asked
    // A suspension found everything before it handled.
    expect(await sys.getState(pid)).toMatchObject({ count: expect.any(Number) })
    await sys.resume(pid)
    expect(await call(pid, 'add', 0)).toBeGreaterThan(1000)
  })

  test('of a process that the code of an ended process asks is refused', async () => {
    const { puppet: another } = await stage()
    const [pid, other] = [await another(), await another()]
    const go = gate()
    const left = gate<unknown>()
    await inside(pid, () => {
      void go.opened.then(() => ask(other)).catch(left.open)
    })
    exit(pid, 'kill')
    go.open()
    expect(await left.opened).toMatchObject({ reason: { kind: 'killed' } })
  })

  test('waits 5000 ms if nothing else is said', async () => {
    const { start, host } = await stage()
    const pid = await start(counter, {})
    cast(pid, 'block', gate().opened)
    let isOver = false
    const asked = ask(pid).catch((exit: unknown) => {
      isOver = true
      return exit
    })
    await host.advance(4999)
    expect(isOver).toBe(false)
    await host.advance(1)
    expect(await asked).toMatchObject({ reason: { kind: 'timeout', afterMs: 5000 } })
  })
})

describe('requests of the system', () => {
  test('that wait for one process have a limit of their own, and the refusal is reported', async () => {
    const { start, events, node, host } = await stage()
    const pid = await start(counter, {})
    const go = gate()
    cast(pid, 'block', go.opened)
    await host.settle()
    const waiting = Array.from({ length: 1024 }, () => sys.getState(pid))
    const before = node.statistics()
    await expect(sys.getState(pid)).rejects.toMatchObject({
      reason: { kind: 'overload', mailboxSize: 1024 },
    })
    await expect(stopServer(pid)).rejects.toMatchObject({ reason: { kind: 'overload' } })
    expect(node.statistics().refused - before.refused).toBe(2)
    expect(events.find(({ kind }) => kind === 'overload')).toMatchObject({ pid, message: 'system' })
    expect(cast(pid, 'add', 1)).toBe(true)
    go.open()
    expect(await Promise.all(waiting)).toHaveLength(1024)
    expect(await sys.getState(pid)).toMatchObject({ count: 1 })
  })

  test('that nobody waits for any more make room for others', async () => {
    const { start, host } = await stage()
    const pid = await start(counter, {})
    const go = gate()
    cast(pid, 'block', go.opened)
    await host.settle()
    const lapsing = Array.from({ length: 1023 }, () => sys.getState(pid, { timeoutMs: 10 }))
    const kept = sys.getState(pid, { timeoutMs: 'infinity' })
    cast(pid, 'add', 1)
    await host.advance(10)
    expect((await Promise.allSettled(lapsing)).every(({ status }) => status === 'rejected')).toBe(
      true,
    )
    const next = Array.from({ length: 1023 }, () => sys.getState(pid))
    await expect(sys.getState(pid)).rejects.toMatchObject({ reason: { kind: 'overload' } })
    go.open()
    expect(await kept).toMatchObject({ count: 0 })
    expect((await Promise.all(next)).length).toBe(1023)
  })

  test('an expired order to stop is one that is carried out all the same', async () => {
    const { start, host } = await stage()
    const pid = await start(counter, {})
    const go = gate()
    cast(pid, 'block', go.opened)
    const stopped = expect(stopServer(pid, { timeoutMs: 5 })).rejects.toThrow('timeout')
    await host.advance(5)
    await stopped
    const asked = Array.from({ length: 1023 }, () => sys.getState(pid, { timeoutMs: 5 }))
    const lapsed = Promise.allSettled(asked)
    await host.advance(5)
    await lapsed
    // It takes the place of those that lapsed.
    const last = expect(sys.getState(pid)).rejects.toMatchObject({ reason: { kind: 'normal' } })
    go.open()
    await last
    expect(isAlive(pid)).toBe(false)
  })

  test('leave nothing behind', async () => {
    const { start, node, host } = await stage()
    const before = node.statistics()
    for (let round = 0; round < 20; round += 1) {
      const pid = await start(counter, {})
      await sys.suspend(pid)
      await sys.log(pid, 'on')
      await sys.trace(pid, () => undefined)
      const waiting = sys.getState(pid)
      if (round % 2 === 0) await stopServer(pid)
      else exit(pid, 'kill')
      await waiting.catch(() => undefined)
    }
    await host.settle()
    const { processes, deadlines, queued, suspended, deferred, monitors } = before
    expect(node.statistics()).toMatchObject({
      ...{ processes, deadlines, queued, suspended, deferred, monitors },
    })
    expect(host.pendingTimers).toBe(0)
  })

  test('start nobody, neither by the name of an absent worker nor at all', async () => {
    const host = virtualHost()
    const games = fleet(puppet, { name: 'games', key: () => 'g', onDemand: () => [] })
    await using _ = await startNode(games, { host })
    await expect(sys.getState(games.via('g'))).rejects.toMatchObject({ reason: { kind: 'noproc' } })
    expect(games.size).toBe(0)
  })
})

describe('a process that cannot answer yet', () => {
  test('in its init answers when that is over, or ends with it', async () => {
    const { start, names } = await stage()
    const go = gate<boolean>()
    const slow = defineServer({
      name: 'slow',
      init: async (_: undefined) => {
        if (await go.opened) return 'ready'
        throw new Error('not today')
      },
    })
    const starting = start(slow, undefined, { name: names.via('s') })
    // The start has begun, though nobody has been told of it.
    await Promise.resolve()
    while (names.count() === 0) await new Promise((resolve) => setImmediate(resolve))
    const seen = sys.getState(names.via('s'))
    go.open(true)
    expect(await seen).toBe('ready')
    await starting

    const failing = gate<boolean>()
    const bad = defineServer({
      name: 'bad',
      init: async (_: undefined) => {
        await failing.opened
        throw new Error('not today')
      },
    })
    const refused = start(bad, undefined, { name: names.via('b') }).catch(() => undefined)
    while (names.count() === 1) await new Promise((resolve) => setImmediate(resolve))
    const unseen = expect(sys.getState(names.via('b'))).rejects.toMatchObject({
      reason: { kind: 'crash', error: new Error('not today') },
    })
    failing.open(true)
    await unseen
    await refused
  })

  test('that says its last words does not: its end does', async () => {
    const { start } = await stage()
    const go = gate()
    const polite = defineServer({
      name: 'polite',
      init: (_: undefined) => 0,
      terminate: () => go.opened,
    })
    const pid = await start(polite, undefined)
    const stopped = stopServer(pid, { reason: { kind: 'shutdown' } })
    await Promise.resolve()
    const asked = expect(sys.getState(pid)).rejects.toMatchObject({ reason: { kind: 'shutdown' } })
    go.open()
    await Promise.all([stopped, asked])
  })

  test('such as a supervisor that starts a child, answers when it is done', async () => {
    const host = virtualHost()
    const go = gate()
    const slow = defineServer({ name: 'slow', init: (_: undefined) => go.opened.then(() => 1) })
    const workers = dynamicSupervisor({ name: 'workers' })
    const root = supervisor({ name: 'root', strategy: 'one_for_one' }, [workers])
    await using _ = await startNode(root, { host })
    const keeper = root.whichChildren()[0]?.pid as Pid
    const started = workers.startChild(child(slow, undefined))
    await host.settle()
    const late = expect(sys.getState(keeper, { timeoutMs: 10 })).rejects.toThrow('timeout')
    const seen = sys.getState(keeper)
    await host.advance(10)
    await late
    go.open()
    expect(await seen).toMatchObject({ children: { active: 1 } })
    expect(await started).toMatchObject({ ok: true })
  })
})
