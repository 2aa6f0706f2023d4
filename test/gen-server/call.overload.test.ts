import { call, cast, defineServer, exit, next, type Pid, reply, send, tryCall } from 'flotilla'
import { describe, expect, test } from 'vitest'
import { gate, stage } from '../process/stage.ts'

const boom = { kind: 'crash', error: 'boom' } as const

describe('a full mailbox', () => {
  test('refuses casts and messages with false and calls with overload, and reports it', async () => {
    const { start, node, events, host } = await stage()
    const pid = await start(narrow, undefined)
    const go = gate()
    cast(pid, 'hang', go.opened)
    await host.settle()
    expect([cast(pid, 'bump'), send(pid, 'x'), cast(pid, 'bump')]).toEqual([true, true, true])
    expect([cast(pid, 'bump'), send(pid, 'y')]).toEqual([false, false])
    const refused = await tryCall(pid, 'ping')
    expect(refused).toMatchObject({
      ok: false,
      exit: { code: 'FLOTILLA_EXIT_OVERLOAD', reason: { kind: 'overload', mailboxSize: 3 } },
    })
    expect(node.statistics().refused).toBe(3)
    const overloads = events.filter((event) => event.kind === 'overload')
    const report = { pid, label: 'narrow', mailboxSize: 3 }
    expect(overloads).toMatchObject([
      { ...report, message: 'cast' },
      { ...report, message: 'info' },
      { ...report, message: 'call' },
    ])
    go.open()
  })

  test('never refuses signals of the runtime: EXIT, DOWN and timers', async () => {
    const { start, puppet: another, host } = await stage()
    const log: unknown[] = []
    const pid = await start(narrow, log)
    const dying = await another()
    await call(pid, 'prepare', dying)
    const go = gate()
    cast(pid, 'hang', go.opened)
    await host.settle()
    while (cast(pid, 'bump'));
    exit(dying, boom)
    exit(pid, 'shutdown')
    await host.advance(5)
    expect(cast(pid, 'bump')).toBe(false)
    go.open()
    await host.settle()
    expect(log).toEqual(['bump', 'bump', 'bump', 'down', 'exit', 'tick'])
  })
})

const narrow = defineServer({
  name: 'narrow',
  init: (log: unknown[] | undefined) => log ?? [],
  maxMailboxSize: 3,
  calls: {
    ping: (log) => reply('pong', log),
    prepare: (log, pid: Pid, context) => {
      context.trapExits(true)
      context.monitor(pid)
      context.after(5, 'tick')
      return reply('ready', log)
    },
  },
  casts: {
    hang: async (log, until: Promise<void>) => {
      await until
      return next(log)
    },
    bump: (log) => note(log, 'bump'),
    tick: (log) => note(log, 'tick'),
  },
  down: (log) => note(log, 'down'),
  exit: (log) => note(log, 'exit'),
})

function note(log: unknown[], word: string) {
  log.push(word)
  return next(log)
}
