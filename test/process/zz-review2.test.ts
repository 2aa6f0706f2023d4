// @ts-nocheck
import { type Context, call, cast, child, defineServer, dynamicSupervisor, partitionSupervisor, table, fleet, ended, Exit, exit, ignore, isAlive, next, type Pid, processInfo, reply, requestCollection, send, startNode, stop, stopServer, supervisor, tryCall, uniqueRegistry, whereis, later, taskSupervisor, sys } from 'flotilla'
import { virtualHost } from 'flotilla/testing'
import { describe, expect, test } from 'vitest'
import { gate, inside, puppet as puppetServer, stage } from './stage.ts'
const boom = { kind: 'crash', error: 'boom' } as const
const zero = (node: any) => { const s = node.statistics(); return { monitors: s.monitors, links: s.links, deadlines: s.deadlines, aliases: s.aliases, queued: 0, deferred: s.deferred } }
const none = { monitors: 0, links: 0, deadlines: 0, aliases: 0, queued: 0, deferred: 0 }
const started = async (context: Context, spec: any, o?: any) => { const s = await context.start(spec, o); if (!s.ok) throw new Error(s.reason.kind); return s.pid as any }
const val = (p: Promise<any>) => p.then((x) => x, (e) => e.reason ?? e)

test('5 stopServer of busy static supervisor / one whose child hangs in restart', async () => {
  const { puppet, host, node } = await stage()
  const g = gate()
  const slow = defineServer({ name: 'slow', init: async () => { await g.opened; return 0 } })
  const s = supervisor({ name: 's', strategy: 'one_for_one' }, [])
  const a = await puppet()
  const pid = await inside(a, (c) => started(c, s as any))
  const st = val(s.startChild(child(slow, undefined)))
  await host.settle()
  const s1 = val(stopServer(pid, { timeoutMs: 50 })), s2 = val(stopServer(pid))
  await host.advance(60)
  console.log('5', isAlive(pid)); g.open(); await host.settle()
  console.log('5', await Promise.all([st, s1, s2]), isAlive(pid))
  expect(zero(node)).toEqual(none)
})

test('17 trapping in init, parent dies in the same turn', async () => {
  const { puppet, host, node } = await stage()
  for (const link of [true, false]) {
    const log: unknown[] = []
    const g = gate()
    const trap = defineServer({ name: 'trap', init: async (_: undefined, c) => { c.trapExits(true); await g.opened; return 0 }, exit: (s, e) => { log.push(['exit', e.reason.kind]); return next(s) }, terminate: (_s, r) => { log.push(['terminate', r.kind]) } })
    const a = await puppet()
    call(a, 'runAsync', async (c: Context) => { await c.start(child(trap, undefined), { link }) }).catch(() => 0)
    await host.settle()
    exit(a, boom)
    g.open(); await host.settle()
    console.log('17', link, log)
    for (const p of node.processes()) if (processInfo(p)?.server === 'trap') exit(p, 'kill')
    expect(zero(node)).toEqual(none)
  }
})

test('18 link in init to starter and others; init fails', async () => {
  const { puppet, host, node } = await stage()
  for (const link of [true, false]) {
    const log: unknown[] = []
    const a = await puppet(), o = await puppet(log)
    await inside(o, (c) => c.trapExits(true))
    const f = defineServer({ name: 'f', init: (_: undefined, c) => { c.link(a); c.link(o); c.monitor(o); c.alias(); c.setLabel('l'); return stop(boom, 0) } })
    const r = await val(inside(a, async (c) => c.start(child(f, undefined), { link })))
    await host.settle()
    console.log('18', link, isAlive(a), r, log.map((x: any) => x.exit ?? x))
    expect(zero(node)).toEqual(none)
  }
})

test('19 stop a process with reason shapes', async () => {
  const { puppet, host, node, events } = await stage()
  for (const reason of [{ kind: 'shutdown', detail: { a: 1 } }, { kind: 'killed' }, { kind: 'noproc', address: 'x' }, boom, { kind: 'timeout', afterMs: 3 }] as const) {
    const log: unknown[] = []
    const a = await puppet(log)
    events.length = 0
    const r = await val(stopServer(a, { reason: reason as any }))
    console.log('19', reason.kind, r, (log[0] as any).terminate?.kind, events.map((e) => e.kind))
    expect(isAlive(a)).toBe(false)
  }
})

test('20 exit signals to self, twice, normal', async () => {
  const { puppet, host } = await stage()
  const a = await puppet()
  const r = await val(inside(a, (c) => { exit(c.self, 'normal'); return isAlive(c.self) }))
  expect(isAlive(a)).toBe(false)
  const log: unknown[] = []
  const b = await puppet(log)
  await inside(b, (c) => { c.trapExits(true); exit(c.self, 'normal'); exit(c.self, boom); exit(c.self, { kind: 'killed' }); c.trapExits(false); exit(c.self, { kind: 'shutdown' }); return 1 }).catch((e) => console.log('20', e.reason))
  console.log('20', r, log)
  const log2: unknown[] = []
  const d = await puppet(log2)
  await inside(d, (c) => { c.trapExits(true); exit(c.self, 'normal'); exit(c.self, boom); exit(c.self, { kind: 'killed' }); c.trapExits(false); return 0 })
  await host.settle()
  console.log('20', log2.map((x: any) => x.exit), isAlive(d))
})

test('21 stopServer all kinds', async () => {
  const host = virtualHost()
  const names = uniqueRegistry<string, any>({ name: 'names' })
  const t = table({ name: 'tab' } as any)
  const ts = taskSupervisor({ name: 'ts' })
  const f = fleet(puppetServer as any, { name: 'fl', init: () => [], arg: () => [] } as any)
  const d = dynamicSupervisor({ name: 'd' })
  const p = partitionSupervisor({ name: 'p', partitions: 2 } as any, child(puppetServer, []) as any)
  const root = supervisor({ name: 'r', strategy: 'one_for_one', maxRestarts: 100 }, [names, t, ts, f as any, d, p as any])
  const node = await startNode(root, { host, name: 'n21' })
  for (const pid of node.processes().slice(2)) {
    const i = processInfo(pid)
    const r = await val(stopServer(pid, { timeoutMs: 1000 }))
    await host.advance(100)
    console.log('21', i?.server, i?.status, r, isAlive(pid))
  }
  const first = node.processes()[0] as Pid, second = node.processes()[1] as Pid
  console.log('21', await val(stopServer(second)), isAlive(second))
  await host.settle()
  console.log('21', await val(stopServer(first)))
  console.log('21', await node.ended, node.statistics().processes)
})

test('22 node stop cuts sleeping, collections and infinite sleeps', async () => {
  const { puppet, host, node } = await stage()
  const a = await puppet()
  let woke = 0
  call(a, 'runAsync', async (c: Context) => {
    void c.sleep(10).then(() => woke++); void c.sleep('infinity').then(() => woke++); void c.sleep(0).then(() => woke++)
    const rc = requestCollection(c); rc.add(new Promise(() => 0), 'x'); void rc.next({ timeoutMs: 5 }).then(() => woke++)
    await c.sleep(2 ** 40)
  }, { timeoutMs: 'infinity' }).catch(() => 0)
  await Promise.resolve()
  await node.stop()
  await host.advance(1000)
  console.log('22', woke)
  expect(node.statistics()).toMatchObject({ processes: 0, deadlines: 0, monitors: 0 })
})

test('23 two nodes: start, link, monitor, stop across', async () => {
  const x = await stage(), y = await stage()
  const log: unknown[] = []
  const a = await x.puppet(log), b = await y.puppet(), b2 = await y.puppet()
  await inside(a, (c) => { c.trapExits(true); c.link(b); c.monitor(b); c.monitor(b2); return 0 })
  const r = await val(inside(a, () => stopServer(b, { reason: boom })))
  await x.host.settle()
  console.log('23', r, log)
  // named start on other's registry
  const s = await inside(a, (c) => c.start(child(puppetServer, [], { name: y.names.via('k') })))
  console.log('23', s.ok, (s as any).reason?.exit?.message)
  log.length = 0
  await y.node.stop(); await x.host.settle()
  console.log('23', log)
  console.log('23', await val(inside(a, () => stopServer(b2))), await val(inside(a, () => call(b2, 'run', () => 1))))
  await inside(a, (c) => { c.monitor(b2); c.trapExits(false); try { c.link(b2) } catch (e: any) { console.log('23 link', e.reason) } return 0 })
  await x.host.settle()
  console.log('23', log, processInfo(b2), isAlive(b2), whereis(b2) === b2)
  expect(zero(x.node)).toEqual(none)
})

test('24 startTimeoutMs: init finishes later; children, links, timers of it; name reused at once', async () => {
  const { puppet, host, node, names } = await stage()
  const g = gate(); const log: unknown[] = []
  let grand: Pid | undefined
  const slow = defineServer({ name: 'slow', init: async (n: number, c) => {
    if (n === 0) return next(0)
    grand = await started(c, child(puppetServer, []))
    c.after(50, 'tick'); c.alias()
    await g.opened
    log.push(isAlive(c.self)); c.after(5, 'tick'); c.link(grand as Pid); void c.sleep(1).then(() => log.push('woke'))
    const s = await c.start(child(puppetServer, [])); log.push(s.ok)
    return next(1, { idleTimeoutMs: 5, hibernate: true, continueWith: ['tick'] })
  }, casts: { tick: (s) => next(s) }, timeout: (s) => next(s), terminate: () => { log.push('terminate') } })
  const a = await puppet()
  const r = inside(a, async (c) => { const r = await c.start(child(slow, 1, { name: names.via('s'), startTimeoutMs: 30 })); const r2 = await c.start(child(slow, 0, { name: names.via('s') })); return [r, r2] })
  await host.advance(31)
  const [r1, r2] = await r
  console.log('24', r1?.ok, r2?.ok, grand && isAlive(grand))
  g.open(); await host.advance(100)
  console.log('24', log, names.whereis('s') === (r2 as any).pid, zero(node))
  expect(zero(node)).toEqual(none)
})

test('25 startTimeoutMs 0, odd values, infinity', async () => {
  const { puppet, host, node } = await stage()
  const a = await puppet()
  const quick = defineServer({ name: 'q', init: () => 0 }), aq = defineServer({ name: 'aq', init: async () => 0 })
  console.log('25', await inside(a, (c) => c.start(child(quick, undefined, { startTimeoutMs: 0 }))), )
  const p = inside(a, (c) => c.start(child(aq, undefined, { startTimeoutMs: 0 }))); await host.settle(); console.log('25', (await p).ok)
  for (const bad of [-1, Number.NaN, '5', null, 1.5, Infinity]) try { child(quick, undefined, { startTimeoutMs: bad as any }); console.log('25 accepts', bad) } catch (e: any) { void e }
  expect(zero(node)).toEqual(none)
})

test('26 context.exit from everywhere', async () => {
  const { puppet, host, events, start } = await stage()
  const a = await puppet(), b = await puppet()
  const cb = await inside(b, (c) => c)
  events.length = 0
  console.log('26 foreign', await val(inside(a, () => cb.exit({ kind: 'shutdown' }))), isAlive(a), isAlive(b))
  const d = await puppet()
  await inside(d, (c) => { void c.sleep(5).then(() => c.exit({ kind: 'shutdown', detail: 1 })); return 0 })
  events.length = 0
  const e = ended(d)
  await host.advance(5)
  console.log('26 floating', isAlive(d), events.map((x) => x.kind))
  exit(d, 'kill')
  console.log(await e)
})

test('27 processInfo statuses of many phases', async () => {
  const { puppet, host, names, start } = await stage()
  const g = gate()
  const s = defineServer({ name: 's', init: async (_: undefined, c) => { await g.opened; return 0 }, calls: { hang: async () => new Promise<any>(() => 0) }, terminate: async () => { await new Promise(() => 0) } })
  const a = await puppet()
  void inside(a, (c) => c.start(child(s, undefined, { name: names.via('s') }), { link: false })).catch(() => 0)
  await host.settle()
  const pid = names.whereis('s') as any
  send(pid, 1); cast
  console.log('27', JSON.stringify(processInfo(pid)))
  void sys.suspend(pid).catch(() => 0)
  g.open(); await host.settle()
  console.log('27', processInfo(pid)?.status, processInfo(pid)?.currentMessage)
  await sys.resume(pid)
  void call(pid, 'hang').catch(() => 0); await host.settle()
  console.log('27', processInfo(pid)?.status, processInfo(pid)?.currentMessage)
  void stopServer(pid).catch(() => 0); await host.settle()
  console.log('27', processInfo(pid)?.status, processInfo(pid)?.currentMessage, processInfo(pid)?.mailboxSize)
  exit(pid, 'kill')
  expect(processInfo(pid)).toBeUndefined()
  expect(processInfo(JSON.parse(JSON.stringify(a)) as any) === undefined).toBe(false)
})
