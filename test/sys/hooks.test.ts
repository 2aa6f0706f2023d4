import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ArgumentError, call, cast, exit, isAlive, type Pid, send, sys } from 'flotilla'
import { describe, expect, onTestFinished, test } from 'vitest'
import { gate, inside, puppet, stage } from '../process/stage.ts'
import { counter } from './counter.ts'

describe('a hook', () => {
  test('sees messages, replies and states; the same id is not there twice; it can be removed [GS-081]', async () => {
    const { start } = await stage()
    const pid = await start(counter, {})
    const seen: unknown[] = []
    const spy = (event: sys.SystemEvent): void => {
      if (event.kind === 'in') seen.push(['in', event.name, event.payload])
      if (event.kind === 'out') seen.push(['out', event.payload])
      if (event.kind === 'state') seen.push(['state', event.state])
    }
    const log: number[] = []
    const first = [
      ['in', 'add', 1],
      ['out', 1],
      ['state', { count: 1, log }],
    ]
    expect(await sys.install(pid, { id: 'spy', hook: spy })).toEqual({ ok: true })
    await call(pid, 'add', 1)
    log.push(1)
    expect(seen).toEqual(first)
    await sys.noDebug(pid)
    await call(pid, 'add', 2)
    log.push(2)
    expect(seen).toHaveLength(3)

    expect(await sys.install(pid, { id: 'spy', hook: spy })).toEqual({ ok: true })
    const again = await sys.install(pid, { id: 'spy', hook: () => seen.push('other') })
    expect(again).toEqual({ ok: false, reason: { kind: 'already_installed', id: 'spy' } })
    await call(pid, 'add', 3)
    log.push(3)
    const second = [
      ['in', 'add', 3],
      ['out', 6],
      ['state', { count: 6, log }],
    ]
    expect(seen).toEqual([...first, ...second])
    expect(await sys.remove(pid, 'spy')).toBe(true)
    expect(await sys.remove(pid, 'spy')).toBe(false)
    await call(pid, 'add', 4)
    expect(seen).toHaveLength(6)
  })

  test('sees each event before the process goes on', async () => {
    const { start } = await stage()
    const order: unknown[] = []
    const pid = await start(counter, { log: order })
    await sys.install(pid, { id: 'h', hook: ({ kind }) => void order.push(kind) })
    await call(pid, 'add', 7)
    expect(order).toEqual(['in', 7, 'out', 'state'])
  })

  test('sees replies that were put off, replies of a stop, and the end as the last thing', async () => {
    const { start } = await stage()
    const pid = await start(counter, {})
    const seen: unknown[] = []
    await sys.install(pid, {
      id: 'h',
      hook: (event) => {
        if (event.kind === 'out') seen.push(event.payload)
        if (event.kind === 'ended') seen.push([event.reason.kind, isAlive(pid)])
      },
    })
    const ports: { send(reply: string): void }[] = []
    const answer = call(pid, 'later', ports)
    await sys.getState(pid)
    expect(seen).toEqual([])
    ports[0]?.send('at last')
    ports[0]?.send('twice')
    expect([await answer, seen]).toEqual(['at last', ['at last']])
    expect(await call(pid, 'finish')).toBe('finished')
    expect(seen).toEqual(['at last', 'finished', ['normal', false]])
  })

  test.each([
    ['by a crash', (pid: Pid) => call<any, any>(pid, 'fail').catch(() => undefined), 'crash'],
    ['by kill', (pid: Pid) => exit(pid, 'kill'), 'killed'],
  ])('hears of an end %s', async (_how, finish, kind) => {
    const { start } = await stage()
    const pid = await start(counter, {})
    const seen: unknown[] = []
    await sys.install(pid, { id: 'h', hook: (event) => seen.push(event) })
    await finish(pid)
    expect(seen.at(-1)).toMatchObject({ kind: 'ended', pid, reason: { kind } })
  })

  test('that is done, or throws, is taken out and reported; the others and the process go on', async () => {
    const { start, events, host } = await stage()
    const pid = await start(counter, {})
    const calls = { done: 0, throws: 0, rejects: 0, stays: 0 }
    const hooks = {
      done: () => 'done',
      throws: () => {
        throw new Error('my fault')
      },
      rejects: async () => {
        throw new Error('later')
      },
      stays: () => 'anything else',
    }
    for (const [id, hook] of Object.entries(hooks)) {
      const counted = (): unknown => {
        calls[id as keyof typeof calls] += 1
        return hook()
      }
      await sys.install(pid, { id, hook: counted })
    }
    expect(await call(pid, 'add', 1)).toBe(1)
    await host.settle()
    expect(await call(pid, 'add', 1)).toBe(2)
    expect(calls).toMatchObject({ done: 1, throws: 1, stays: 6 })
    expect((await sys.getStatus(pid)).debug.hooks).toEqual(['stays'])
    const removed = events.filter(({ kind }) => kind === 'hook_removed')
    expect(removed).toMatchObject([
      { pid, label: 'counter', hook: 'done', because: 'done' },
      { pid, hook: 'throws', because: 'failed', error: new Error('my fault') },
      { pid, hook: 'rejects', because: 'failed', error: new Error('later') },
    ])
  })

  test('that is asynchronous may say later that it is done, unless another has its id', async () => {
    const { start, host } = await stage()
    const pid = await start(counter, {})
    const [one, two] = [gate<string>(), gate<string>()]
    await sys.install(pid, { id: 'h', hook: () => one.opened })
    await call(pid, 'add', 1)
    await sys.remove(pid, 'h')
    await sys.install(pid, { id: 'h', hook: () => two.opened })
    one.open('done')
    await host.settle()
    expect((await sys.getStatus(pid)).debug.hooks).toEqual(['h'])
    await call(pid, 'add', 1)
    two.open('done')
    await host.settle()
    expect((await sys.getStatus(pid)).debug.hooks).toEqual([])
  })

  test('does not see what it does itself', async () => {
    const { start, puppet: another, host } = await stage()
    const log: unknown[] = []
    const [pid, other] = [await start(counter, {}), await another(log)]
    await sys.install(pid, { id: 'h', hook: ({ kind }) => send(other, kind) })
    await call(pid, 'add', 1)
    await host.settle()
    expect(log).toEqual(['in', 'out', 'state'])
  })

  test('is not shown what was refused, or found nobody', async () => {
    const { start, puppet: another, host } = await stage()
    const [pid, full, dead] = [await another(), await start(counter, {}), await another()]
    exit(dead, 'kill')
    cast(full, 'block', gate().opened)
    await host.settle()
    while (cast(full, 'add', 1));
    const out: unknown[] = []
    await sys.install(pid, { id: 'h', hook: (event) => event.kind === 'out' && out.push(event) })
    await inside(pid, async () => {
      cast(full, 'add', 1)
      send(full, 1)
      send(dead, 1)
      await call(full, 'add', 1).catch(() => undefined)
    })
    expect(out).toMatchObject([{ message: 'reply', name: 'runAsync' }])
  })

  test.each(['in', 'out', 'state'])(
    'may end the process at %s, which then goes no step further',
    async (at) => {
      const { start, node, host } = await stage()
      const log: unknown[] = []
      const pid = await start(counter, { log })
      const seen: unknown[] = []
      await sys.install(pid, {
        id: 'h',
        hook: ({ kind }) => {
          seen.push(kind)
          if (kind === at) exit(pid, 'kill')
        },
      })
      await sys.install(pid, { id: 'second', hook: ({ kind }) => void seen.push(`${kind} 2`) })
      const answer = call(pid, 'run', () => log.push(1))
      await expect(answer).rejects.toMatchObject({ reason: { kind: 'killed' } })
      await host.settle()
      expect(log).toEqual(at === 'in' ? [] : [1])
      expect(seen.slice(-2)).toEqual(['ended', 'ended 2'])
      expect(seen.filter((kind) => kind === 'ended')).toHaveLength(1)
      expect(node.statistics()).toMatchObject({ lateReplies: 0, queued: 0, deadlines: 0 })
    },
  )

  test('at the idle time-out of a process that it ends sets no timer', async () => {
    const { start, host } = await stage()
    const pid = await start(counter, {})
    await sys.install(pid, { id: 'h', hook: ({ kind }) => kind === 'state' && exit(pid, 'kill') })
    await expect(call(pid, 'idle', 100)).rejects.toMatchObject({ reason: { kind: 'killed' } })
    await host.settle()
    expect(host.pendingTimers).toBe(0)
  })

  test('is one of at most 64 of a process, traces included', async () => {
    const { start } = await stage()
    const pid = await start(counter, {})
    const trace = await sys.trace(pid, () => undefined)
    for (let id = 1; id < 64; id += 1) {
      expect(await sys.install(pid, { id: `${id}`, hook: () => 0 })).toEqual({ ok: true })
    }
    const refused = await sys.install(pid, { id: 'one more', hook: () => 0 })
    expect(refused).toEqual({ ok: false, reason: { kind: 'max_hooks', maxHooks: 64 } })
    const traced = sys.trace(pid, () => undefined)
    await expect(traced).rejects.toThrow(ArgumentError)
    await expect(traced).rejects.toMatchObject({ code: 'FLOTILLA_LIMIT' })
    trace.stop()
    await sys.trace(pid, () => undefined)
  })

  test('does not see an idle time-out that a message has overtaken', async () => {
    const { start, host } = await stage()
    const pid = await start(counter, {})
    const seen: unknown[] = []
    await sys.install(pid, {
      id: 'h',
      hook: (event) => event.kind === 'in' && void seen.push(event.message),
    })
    void call(pid, 'idle', 0)
    cast(pid, 'add', 1)
    await host.settle()
    expect(seen).toEqual(['call', 'cast'])
    await call(pid, 'idle', 0)
    await call(pid, 'go')
    await host.settle()
    expect(seen).toEqual(['call', 'cast', 'call', 'timeout', 'call', 'continue'])
  })
})

describe('a trace', () => {
  test('hears what happens, in a later turn, until it is stopped [GS-081]', async () => {
    const { start, host } = await stage()
    const log: unknown[] = []
    const pid = await start(counter, { log })
    const trace = await sys.trace(pid, (event) => void log.push(event.kind))
    expect(await call(pid, 'add', 44)).toBe(44)
    await host.settle()
    expect(log).toEqual([44, 'in', 'out', 'state'])
    trace.stop()
    trace.stop()
    await call(pid, 'add', 1)
    await host.settle()
    expect([log.length, trace.dropped]).toEqual([5, 0])
    expect((await sys.getStatus(pid)).debug.traces).toBe(0)
  })

  test('can be written to a file [GS-081]', async () => {
    const { start, host } = await stage()
    const folder = mkdtempSync(join(tmpdir(), 'trace-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const path = join(folder, 'trace.jsonl')
    const pid = await start(counter, {})
    const trace = await sys.trace(pid, (event) => {
      writeFileSync(path, `${JSON.stringify(event)}\n`, { flag: 'a' })
    })
    await call(pid, 'add', 44)
    await host.settle()
    trace.stop()
    await call(pid, 'add', 1)
    await host.settle()
    const lines = readFileSync(path, 'utf8').trim().split('\n')
    expect(lines.map((line): unknown => JSON.parse(line))).toMatchObject([
      { kind: 'in', message: 'call', name: 'add', payload: 44 },
      { kind: 'out', message: 'reply', name: 'add', payload: 44 },
      { kind: 'state', state: { count: 44 } },
    ])
  })

  test('may be one of several, and of a puppet, a supervisor and an anchor alike', async () => {
    const { puppet: another, host, start } = await stage()
    const pid = await another()
    const keeper = (await sys.getStatus(pid)).parent as Pid
    const [one, two, three]: [unknown[], unknown[], unknown[]] = [[], [], []]
    await sys.trace(pid, (event) => one.push(event.kind))
    await sys.trace(pid, (event) => two.push(event.kind))
    await sys.trace(keeper, (event) => three.push(event.kind))
    await inside(pid, () => 1)
    exit(await start(puppet, []), 'kill')
    await host.settle()
    expect([one, two, three]).toEqual([
      ['in', 'out', 'state'],
      ['in', 'out', 'state'],
      ['in', 'in'],
    ])
  })
})
