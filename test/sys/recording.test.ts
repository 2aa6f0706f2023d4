import { call, cast, exit, type Pid, send, sys } from 'flotilla'
import { describe, expect, test } from 'vitest'
import { inside, puppet, stage } from '../process/stage.ts'
import { counter } from './counter.ts'

describe('statistics', () => {
  test('count messages in and out and turns from when they are switched on [GS-081]', async () => {
    const { start, host, puppet: another } = await stage()
    const pid = await start(counter, {})
    await call(pid, 'add', 1)
    expect(await sys.statistics(pid, 'get')).toBeUndefined()
    await host.advance(100)
    await sys.statistics(pid, 'on')
    await host.advance(50)
    expect(await call(pid, 'add', 1)).toBe(2)
    const one = { startWallMs: 100, currentWallMs: 150, messagesIn: 1, messagesOut: 1, turns: 1 }
    expect(await sys.statistics(pid, 'get')).toEqual(one)

    const other = await another()
    cast(pid, 'add', 1)
    send(pid, 'raw')
    await call(pid, 'go')
    await call(pid, 'run', () => {
      send(other, 1)
      cast(other, 'note', 2)
    })
    const more = { ...one, messagesIn: 5, messagesOut: 5, turns: 6 }
    expect(await sys.statistics(pid, 'get')).toEqual(more)
    await sys.statistics(pid, 'on')
    expect(await sys.statistics(pid, 'get')).toEqual(more)
    await sys.statistics(pid, 'off')
    expect(await sys.statistics(pid, 'get')).toBeUndefined()
    await sys.statistics(pid, 'on')
    expect(await sys.statistics(pid, 'get')).toMatchObject({ messagesIn: 0, turns: 0 })
  })

  test('count what a supervisor hears of', async () => {
    const { start, puppet: another, host } = await stage()
    const pid = await another()
    const { parent } = await sys.getStatus(pid)
    const keeper = parent as Pid
    await sys.statistics(keeper, 'on')
    const more = await start(puppet, [])
    exit(more, 'kill')
    await host.settle()
    expect(await sys.statistics(keeper, 'get')).toMatchObject({ messagesIn: 1, turns: 2 })
  })
})

describe('the log', () => {
  test('keeps the last events, ten unless more are asked for [GS-081]', async () => {
    const { start } = await stage()
    const pid = await start(counter, {})
    expect(await sys.log(pid, 'get')).toEqual([])
    await sys.log(pid, 'on')
    await call(pid, 'add', 44)
    const state = { count: 44, log: [44] }
    const events = [
      { kind: 'in', message: 'call', name: 'add', payload: 44, from: undefined },
      { kind: 'out', message: 'reply', name: 'add', payload: 44, to: undefined },
      { kind: 'state', state },
    ].map((event) => ({ pid, label: 'counter', wallMs: 0, ...event }))
    expect(await sys.log(pid, 'get')).toEqual(events)

    for (let count = 0; count < 5; count += 1) cast(pid, 'add', count)
    const ten = await sys.log(pid, 'get')
    expect(ten).toHaveLength(10)
    expect(ten.filter(({ kind }) => kind === 'in')).toHaveLength(5)
    await sys.log(pid, 'on', { maxEvents: 3 })
    expect(await sys.log(pid, 'get')).toEqual(ten.slice(-3))
    await sys.log(pid, 'on', { maxEvents: 100 })
    expect(await sys.log(pid, 'get')).toEqual(ten.slice(-3))
    await call(pid, 'add', 1)
    expect(await sys.log(pid, 'get')).toHaveLength(6)
    await sys.log(pid, 'off')
    await call(pid, 'add', 1)
    expect(await sys.log(pid, 'get')).toEqual([])
    await sys.log(pid, 'on')
    expect(await sys.log(pid, 'get')).toEqual([])
  })

  test('shows who calls, whom it sends to, and every kind of message', async () => {
    const { start, host, puppet: another } = await stage()
    const pid = await start(puppet, [])
    const [asker, dying] = [await another(), await another()]
    await inside(pid, (context) => {
      context.trapExits(true)
      context.monitor(dying)
      context.link(dying)
      context.after(5, 'note', 'timer')
    })
    await sys.log(pid, 'on', { maxEvents: 100 })
    await inside(asker, () => inside(pid, () => call(dying, 'run', () => 'nested')))
    send(pid, 'raw')
    exit(dying, 'kill')
    await host.advance(5)
    const log = (await sys.log(pid, 'get')).filter(({ kind }) => kind !== 'state')
    const any = expect.anything()
    expect(log).toMatchObject([
      { kind: 'in', message: 'call', name: 'runAsync', payload: any, from: asker },
      { kind: 'out', message: 'call', name: 'run', payload: any, to: dying },
      { kind: 'out', message: 'reply', name: 'runAsync', payload: 'nested', to: asker },
      { kind: 'in', message: 'info', name: undefined, payload: 'raw' },
      { kind: 'in', message: 'exit', name: undefined, payload: { from: dying } },
      { kind: 'in', message: 'down', name: undefined, payload: { pid: dying } },
      { kind: 'in', message: 'cast', name: 'note', payload: 'timer', from: undefined },
    ])
    expect(log.every(Object.isFrozen)).toBe(true)
  })

  test('of a process of the runtime shows its messages without what they hold', async () => {
    const { start, puppet: another } = await stage()
    const { parent } = await sys.getStatus(await another())
    const keeper = parent as Pid
    await sys.log(keeper, 'on')
    await start(puppet, [])
    expect(await sys.log(keeper, 'get')).toMatchObject([
      { kind: 'in', message: 'call', name: 'start_child', payload: undefined, label: 'workers' },
    ])
  })
})

test('everything is switched off at once', async () => {
  const { start, events } = await stage()
  const pid = await start(counter, {})
  const heard: unknown[] = []
  await sys.statistics(pid, 'on')
  await sys.log(pid, 'on')
  await sys.trace(pid, (event) => heard.push(event))
  await sys.install(pid, { id: 'h', hook: (event) => heard.push(event) })
  await sys.noDebug(pid)
  await call(pid, 'add', 1)
  expect([await sys.log(pid, 'get'), await sys.statistics(pid, 'get'), heard]).toEqual([
    [],
    undefined,
    [],
  ])
  await sys.noDebug(pid)
  expect(events.filter(({ kind }) => kind === 'hook_removed')).toEqual([])
})
