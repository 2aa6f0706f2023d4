// @ts-nocheck
import { type Context, alias as _a, call, cast, child, defineServer, dynamicSupervisor, ended, Exit, exit, ignore, isAlive, next, type Pid, processInfo, reply, requestCollection, send, startNode, stop, stopServer, supervisor, tryCall, uniqueRegistry, whereis, later, taskSupervisor, sys } from 'flotilla'
import { virtualHost } from 'flotilla/testing'
import { describe, expect, test } from 'vitest'
import { gate, inside, puppet as puppetServer, stage } from './stage.ts'
const boom = { kind: 'crash', error: 'boom' } as const
const zero = (node: any) => { const s = node.statistics(); return { monitors: s.monitors, links: s.links, deadlines: s.deadlines, aliases: s.aliases, queued: s.queued, deferred: s.deferred } }
const none = { monitors: 0, links: 0, deadlines: 0, aliases: 0, queued: 0, deferred: 0 }
const started = async (context: Context, spec: any, o?: any) => { const s = await context.start(spec, o); if (!s.ok) throw new Error(s.reason.kind); return s.pid as any }

test('1 starter dies while unlinked monitored init is pending', async () => {
  const { puppet, host, node, names } = await stage()
  const g = gate()
  const slow = defineServer({ name: 'slow', init: async () => { await g.opened; return 0 } })
  const a = await puppet()
  const before = node.statistics().processes
  inside(a, (c) => c.start(child(slow, undefined, { name: names.via('s') }), { link: false, monitor: true })).catch(() => 0)
  await host.settle()
  exit(a, 'kill')
  g.open()
  await host.settle()
  const pid = names.whereis('s') as Pid
  expect(processInfo(pid)).toMatchObject({ status: 'waiting', monitoredBy: [] })
  expect({...zero(node), queued: 0}).toEqual(none)
  exit(pid, 'kill')
  expect({...zero(node), queued: 0}).toEqual(none)
})

test('2 startTimeout coincides with sleep', async () => {
  const { puppet, host, node, names } = await stage()
  const log: unknown[] = []
  const slow = defineServer({ name: 'slow', init: async (_: undefined, c) => { await c.sleep(100); log.push(isAlive(c.self)); return 0 } })
  const a = await puppet()
  const s = inside(a, (c) => c.start(child(slow, undefined, { name: names.via('s'), startTimeoutMs: 100 })))
  await host.settle(); await host.advance(100); await host.settle()
  console.log('2', await s, log)
  expect(log).not.toContain(false)
  expect({...zero(node), queued: 0}).toEqual(none)
})

test('2b sleep and a killing timer at the same time', async () => {
  const { puppet, host, node, start } = await stage()
  const log: unknown[] = []
  const a = await puppet()
  call(a, 'runAsync', async (c: Context) => { await c.sleep(100); log.push(isAlive(c.self)) }).catch(() => 0)
  await host.settle()
  const killer = defineServer({ name: 'k', init: () => 0, casts: { kill: (s) => { exit(a, 'kill'); return next(s) } } })
  const k = await start(killer, undefined)
  // two sleeping processes, one kills other
  const b = await puppet()
  call(b, 'runAsync', async (c: Context) => { await c.sleep(100); exit(a, 'kill') }).catch(() => 0)
  await host.settle(); await host.advance(100)
  console.log('2b', log)
})

test('3 stopServer during init; init succeeds / fails / ignores', async () => {
  const { puppet, host, node, names, events } = await stage()
  for (const end of ['ok', 'throw', 'ignore', 'stopnormal'] as const) {
    const g = gate()
    const log: unknown[] = []
    const slow = defineServer({ name: 'slow', init: async (): Promise<any> => { await g.opened; if (end === 'throw') throw new Error('x'); if (end === 'ignore') return ignore(); if (end === 'stopnormal') return stop({ kind: 'normal' }, 0); return 0 }, terminate: (_s, r) => { log.push(r) } })
    const a = await puppet()
    const s = inside(a, (c) => c.start(child(slow, undefined, { name: names.via('s') })))
    await host.settle()
    const st = stopServer(names.via('s')).then(() => 'stopped', (e) => e.reason)
    const st2 = stopServer(names.via('s'), { reason: boom }).then(() => 'stopped', (e) => e.reason)
    const st3 = stopServer(names.via('s'), { timeoutMs: 10 }).then(() => 'stopped', (e) => e.reason)
    await host.advance(20)
    g.open()
    await host.settle()
    console.log('3', end, JSON.stringify(await Promise.all([s, st, st2, st3])), log)
    expect(names.whereis('s')).toBeUndefined()
    expect({...zero(node), queued: 0}).toEqual(none)
  }
})

test('4 stopServer during terminate', async () => {
  const { host, start, node } = await stage()
  const g = gate(); const log: unknown[] = []
  const t = defineServer({ name: 't', init: () => 0, terminate: async (_s, r) => { log.push(r.kind); await g.opened } })
  const p = await start(t, undefined)
  const one = stopServer(p).then(() => 'stopped', (e) => e.reason)
  await host.settle()
  const two = stopServer(p, { reason: boom }).then(() => 'stopped', (e) => e.reason)
  const three = stopServer(p, { timeoutMs: 5 }).then(() => 'stopped', (e) => e.reason)
  const four = stopServer(p).then(() => 'stopped', (e) => e.reason)
  const c4 = sys.getState(p).catch((e: any) => e.reason)
  expect(processInfo(p)?.status).toBe('terminating')
  await host.advance(6)
  g.open()
  await host.settle()
  console.log('4', await Promise.all([one, two, three, four, c4]), log)
  expect({...zero(node), queued: 0}).toEqual(none)
})

test('5 stopServer of a busy supervisor', async () => {
  const { puppet, host, node, names } = await stage()
  const g = gate()
  const slow = defineServer({ name: 'slow', init: async () => { await g.opened; return 0 } })
  for (const make of [() => { const s = dynamicSupervisor({ name: 'd' }); return [s, () => s.startChild(child(slow, undefined))] as const }, () => { const s = supervisor({ name: 's', strategy: 'one_for_one' }, []); return [s, () => s.startChild(child(slow, undefined))] as const }]) {
    const [sup, go] = make()
    const a = await puppet()
    const pid = await inside(a, (c) => started(c, sup as any))
    const st = go()
    st.catch(() => 0)
    await host.settle()
    const stopped = stopServer(pid, { timeoutMs: 50 }).then(() => 'stopped', (e) => e.reason)
    const stopped2 = stopServer(pid).then(() => 'stopped', (e) => e.reason)
    await host.advance(60)
    console.log('5', isAlive(pid), node.statistics().processes)
    g.open(); await host.settle()
    console.log('5', await Promise.all([st.then((x: any) => x, (e: any) => e.reason), stopped, stopped2]), isAlive(pid))
    expect({...zero(node), queued: 0}).toEqual(none)
    expect(isAlive(a)).toBe(true)
  }
})

test('6 alias: unalias keeps the monitor, every mode', async () => {
  const { puppet, host, node } = await stage()
  for (const mode of ['explicit_unalias', 'demonitor', 'reply_demonitor'] as const) {
    const log: unknown[] = []
    const a = await puppet(log), b = await puppet()
    const al = await inside(a, (c) => { const x = c.monitor(b, { alias: mode }); return x })
    expect(await inside(a, (c) => [c.unalias(al), c.unalias(al)])).toEqual([true, false])
    send(al, 'lost')
    exit(b, 'kill')
    await host.settle()
    expect(log).toEqual([{ down: { kind: 'killed' }, pid: b }])
    // DOWN then alias
    const log2: unknown[] = []
    const a2 = await puppet(log2), b2 = await puppet()
    const al2 = await inside(a2, (c) => c.monitor(b2, { alias: mode }))
    exit(b2, 'kill')
    send(al2, 'm'); send(al2, 'm2')
    await host.settle()
    console.log('6', mode, log2.length, log2.slice(1))
    expect(node.statistics().aliases).toBe(mode === 'explicit_unalias' ? 1 : 0)
    exit(a2, 'kill')
    expect({...zero(node), queued: 0}).toEqual(none)
  }
})

test('7 alias and pid keep order; alias of a dead, of other node; cloned', async () => {
  const { puppet, host, node } = await stage()
  const log: unknown[] = []
  const a = await puppet(log), s = await puppet()
  const al = await inside(a, (c) => c.alias())
  await inside(s, () => { for (let i = 0; i < 6; i++) send(i % 2 ? al : a, i) })
  await host.settle()
  expect(log).toEqual([0, 1, 2, 3, 4, 5])
  await inside(s, () => { send(structuredClone({ ...al }), 'clone'); send(JSON.parse(JSON.stringify(al)), 'json') })
  await host.settle()
  expect(log.slice(6)).toEqual(['clone', 'json'])
  await inside(s, (c) => { expect(c.unalias(al)).toBe(false); expect(c.demonitor(al)).toBe(false) })
  const o = await stage()
  const olog: unknown[] = []
  const ob = await o.puppet(olog)
  await inside(ob, (c) => { send(al, 'from other'); expect(c.unalias(al)).toBe(false); send(JSON.parse(JSON.stringify(al)), 'plain other') })
  await host.settle(); await o.host.settle()
  console.log('7', log.slice(8))
  expect(() => (call as any)(al, 'run', () => 1)).toThrow()
  expect(() => (cast as any)(al, 'note', 1)).toThrow()
  expect(() => (stopServer as any)(al)).toThrow()
  expect(() => isAlive(al as any)).toThrow()
  await inside(a, (c) => { expect(() => c.monitor(al as any)).toThrow(); expect(() => c.link(al as any)).toThrow() })
})

test('8 cross-node monitor numbers', async () => {
  const x = await stage(), y = await stage()
  const xl: unknown[] = [], yl: unknown[] = []
  const a = await x.puppet(xl), b = await x.puppet()
  const c = await y.puppet(yl), d = await y.puppet()
  const m = await inside(a, (k) => k.monitor(b))
  const n = await inside(c, (k) => k.monitor(d))
  const al = await inside(a, (k) => k.monitor(b, { alias: 'demonitor' }))
  const bl = await inside(c, (k) => k.monitor(d, { alias: 'demonitor' }))
  console.log('8', m, n, al, bl)
  const r = await inside(c, (k) => [k.demonitor(m), k.demonitor(al)])
  console.log('8', r)
})

test('9 processInfo in every phase and kind', async () => {
  const { puppet, host, node } = await stage()
  for (const pid of node.processes()) { const i = processInfo(pid); expect(i).toBeDefined(); expect(Object.isFrozen(i)).toBe(true) }
  console.log('9', node.processes().map((p) => { const i = processInfo(p); return `${i?.server} ${i?.status} parent=${i?.parent} anc=${i?.ancestors.length} links=${i?.links.length} trap=${i?.trapping}` }))
  await node.stop()
})

test('10 guardian stop during start of node', async () => {
  const host = virtualHost()
  const g = gate()
  let stopping: Promise<unknown> | undefined
  const early = defineServer({ name: 'early', init: async (_: undefined, c) => { const gu = processInfo(c.self)?.ancestors.at(-1) as Pid; stopping = stopServer(gu, { timeoutMs: 100 }).then(() => 'stopped', (e) => e.reason); await g.opened; return 0 } })
  const starting = startNode(supervisor({ name: 't', strategy: 'one_for_one' }, [child(early, undefined)]), { name: 'n10', host }).then((n) => n, (e) => e.reason)
  await host.settle()
  g.open()
  await host.settle()
  await host.advance(200)
  const node = await starting as any
  console.log('10', node.kind ?? node.processes?.().length, await stopping)
  if (node.processes) {
    let e: unknown
    node.ended.then((x: unknown) => { e = x })
    exit(node.processes()[1], 'kill')
    await host.settle()
    console.log('10 ended', e)
    await Promise.race([node.stop(), host.advance(10000)])
  }
})

test('11 context of another process / after death', async () => {
  const { puppet, host, node } = await stage()
  const log: unknown[] = []
  const a = await puppet(), b = await puppet(log)
  const ca = await inside(a, (c) => c)
  // use a's context inside b
  const r = await inside(b, async () => {
    const s = await ca.start(child(puppetServer, []))
    return s
  })
  if (!r.ok) throw 0
  expect(processInfo(r.pid)?.parent).toBe(a)
  exit(a, 'kill')
  expect(isAlive(r.pid)).toBe(false)
  expect(isAlive(b)).toBe(true)
  // after death
  expect(ca.alias().id).toBeGreaterThan(0)
  expect(ca.monitor(b)).toEqual({ id: 0 })
  ca.link(b); ca.unlink(b); ca.setLabel('x'); ca.trapExits(true)
  expect(ca.signal.aborted).toBe(true)
  expect(ca.after(10, 'note').leftMs()).toBeUndefined()
  expect(ca.at(10, 'note').cancel()).toBe(false)
  expect(await ca.start(child(puppetServer, []))).toMatchObject({ ok: false })
  let slept = false
  ca.sleep(0).then(() => { slept = true }); ca.sleep(5).then(() => { slept = true })
  await host.advance(10)
  expect(slept).toBe(false)
  const rc = requestCollection(ca)
  rc.add(Promise.resolve(1), 'x')
  let got = false
  rc.next().then(() => { got = true })
  await host.advance(10)
  expect(got).toBe(false)
  expect({...zero(node), queued: 0}).toEqual(none)
  console.log('11', ca.exit.length)
})

test('12 in one turn: start linked child, die in the same turn', async () => {
  const { puppet, host, node } = await stage()
  for (const how of ['kill', 'throw', 'exit', 'stop'] as const) for (const opts of [{}, { link: false }, { monitor: true }, { link: false, monitor: true }]) {
    const a = await puppet()
    const before = node.statistics().processes - 1
    call(a, 'runAsync', (c: Context) => {
      for (let i = 0; i < 3; i++) void c.start(child(puppetServer, []), opts)
      if (how === 'kill') exit(c.self, 'kill')
      if (how === 'throw') throw new Error('x')
      if (how === 'exit') c.exit(boom)
      if (how === 'stop') stopServer(c.self).catch(() => 0)
      return 0
    }).catch(() => 0)
    await host.settle()
    const left = node.statistics().processes - before
    console.log('12', how, JSON.stringify(opts), isAlive(a), left)
    for (const p of node.processes()) if (processInfo(p)?.server === 'puppet') exit(p, 'kill')
    expect({...zero(node), queued: 0}).toEqual(none)
  }
})

test('13 requestCollection misuse', async () => {
  const { puppet, host, node } = await stage()
  const a = await puppet(), b = await puppet()
  await inside(a, async (c) => {
    const rc = requestCollection<string>(c)
    const p = call(b, 'run', () => 1)
    rc.add(p, 'one')
    expect(() => rc.add(p, 'two')).toThrow()
    const first = rc.next(), second = rc.next()
    expect(await first).toMatchObject({ kind: 'answer', label: 'one' })
    expect(await second).toEqual({ kind: 'no_request' })
    rc.add(p, 'again')
    expect(await rc.next()).toMatchObject({ label: 'again', outcome: { ok: true, value: 1 } })
    expect(rc.remove(p)).toBe(false)
    // keep, then next
    rc.add(p, 'kept')
    expect(await rc.next({ keep: true })).toMatchObject({ label: 'kept' })
    expect(rc.size).toBe(1)
    expect(await rc.next()).toEqual({ kind: 'no_request' })
    expect(() => rc.add(p, 'x')).toThrow()
    // remove an answered but untaken one while nobody waits
    const q = call(b, 'run', () => 2)
    await q
    rc.add(q, 'q'); await q; await null
    expect(rc.remove(q)).toBe(true)
    expect(await rc.next({ timeoutMs: 0 })).toEqual({ kind: 'no_request' })
    for (const bad of [{ timeoutMs: -1 }, { timeoutMs: Number.NaN }, { keep: 1 }, { foo: 1 }, null, 5]) expect(() => rc.next(bad as any)).toThrow()
    for (const bad of [{ then() {} }, 1, undefined, null, new Proxy(Promise.resolve(), {})]) expect(() => rc.add(bad as any, 'x')).toThrow()
    // rejecting with junk
    rc.add(Promise.reject('junk'), 'j')
    expect(await rc.next()).toMatchObject({ outcome: { ok: false, exit: { reason: { kind: 'crash', error: 'junk' } } } })
    return 0
  })
  expect({...zero(node), queued: 0}).toEqual(none)
})

test('14 chargeAsyncErrors false', async () => {
  const host = virtualHost()
  const names = uniqueRegistry<string, any>({ name: 'names' }), workers = dynamicSupervisor({ name: 'workers' })
  const node = await startNode(supervisor({ name: 't', strategy: 'one_for_one' }, [names, workers]), { host, chargeAsyncErrors: false, name: 'n14' })
  const log: unknown[] = []
  const s = await workers.startChild(child(puppetServer, log, { restart: 'temporary' }))
  if (!s.ok) throw 0
  const a = s.pid
  const k = await inside(a, async (c) => { await c.sleep(0); await null; return c.start(child(puppetServer, [], { name: names.via('k') }), { monitor: true }) })
  expect(k).toMatchObject({ ok: true })
  if (!k.ok) throw 0
  expect(processInfo(k.pid)?.parent).toBe(a)
  const al = await inside(a, async (c) => { await null; return c.alias({ reply: true }) })
  send(al, 1); send(al, 2)
  await host.settle()
  expect(log).toEqual([1])
  await stopServer(k.pid)
  await host.settle()
  expect(log.length).toBe(2)
  const me = await inside(a, async (c) => { await null; return stopServer(c.self, { timeoutMs: 10 }).catch((e) => e.reason) }).catch((e) => e)
  await host.advance(20)
  console.log('14', me, isAlive(a))
  expect({...zero(node), queued: 0}).toEqual(none)
  await node.stop()
})

test('15 reentrant: stopping self from own code', async () => {
  const { puppet, host, node } = await stage()
  const a = await puppet()
  const r = await inside(a, (c) => stopServer(c.self).catch((e) => e.reason))
  console.log('15', r)
  // by leftover code of an idle process
  let out: unknown
  await inside(a, (c) => { host; queueMicrotask(() => 0); void (async () => { await c.sleep(10); out = await stopServer(c.self).then(() => 'stopped', (e) => e.reason) })(); return 0 })
  await host.advance(20)
  console.log('15b', out, isAlive(a))
})

test('16 stop of starter that awaits start', async () => {
  const { puppet, host, node, names } = await stage()
  const hang = defineServer({ name: 'hang', init: () => new Promise<number>(() => 0) })
  const a = await puppet()
  inside(a, (c) => c.start(child(hang, undefined, { name: names.via('h') }))).catch(() => 0)
  await host.settle()
  // stop of the child in init, by starter's own other promise
  const st = stopServer(a, { timeoutMs: 10 }).catch((e) => e.reason)
  await host.advance(20)
  expect(await st).toMatchObject({ kind: 'timeout' })
  exit(names.whereis('h') as Pid, { kind: 'shutdown' })
  await host.settle()
  expect(isAlive(a)).toBe(false)
  expect({...zero(node), queued: 0}).toEqual(none)
})
