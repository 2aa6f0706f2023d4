import {
  call,
  cast,
  defineServer,
  exit,
  isAlive,
  next,
  type Pid,
  reply,
  send,
  stop,
} from 'flotilla'
import { describe, expect, test } from 'vitest'
import { stage } from '../process/stage.ts'

describe('an idle time-out', () => {
  test('fires when no message came for so long, and once [GS-053]', async () => {
    const { start, host } = await stage()
    const log: unknown[] = []
    const pid = await start(sleeper, log)
    await call(pid, 'idle', 100)
    await host.advance(99)
    expect(log).toEqual([])
    await host.advance(1)
    expect(log).toEqual(['timeout'])
    await host.advance(1000)
    expect(log).toEqual(['timeout'])
  })

  test('is cancelled by any message, and not set again unless a step asks [GS-054]', async () => {
    const { start, host, puppet } = await stage()
    const messages: [string, (pid: Pid) => unknown][] = [
      ['call', (pid) => call(pid, 'touch')],
      ['cast', (pid) => cast(pid, 'touch')],
      ['info', (pid) => send(pid, 'x')],
      ['timer', (pid) => call(pid, 'after', 50)],
    ]
    for (const [name, message] of messages) {
      const log: unknown[] = []
      const pid = await start(sleeper, log)
      await call(pid, 'idle', 100)
      await host.advance(60)
      await message(pid)
      await host.advance(1000)
      expect([name, log]).toEqual([name, []])
    }
    const log: unknown[] = []
    const [pid, other] = [await start(sleeper, log), await puppet()]
    await call(pid, 'watch', other)
    await call(pid, 'idle', 100)
    exit(other, 'kill')
    await host.advance(1000)
    expect(log).toEqual(['down'])
  })

  test('of 0 loses to a message that waits already [GS-055]', async () => {
    const { start, host } = await stage()
    const log: unknown[] = []
    const pid = await start(sleeper, log)
    void call(pid, 'idle', 0)
    cast(pid, 'touch')
    await host.settle()
    expect(log).toEqual([])
  })

  test('of 0 fires next when no message waits [GS-055]', async () => {
    const { start, host } = await stage()
    const log: unknown[] = []
    const pid = await start(sleeper, log)
    await call(pid, 'idle', 0)
    await host.settle()
    expect([log, host.nowMs]).toEqual([['timeout'], 0])
  })

  test('of 0 asked for while a message is being worked on loses to what came meanwhile', async () => {
    const { start, host } = await stage()
    const log: unknown[] = []
    const pid = await start(sleeper, log)
    const asked = call(pid, 'idleLater', 0)
    cast(pid, 'touch')
    await asked
    await host.settle()
    expect(log).toEqual([])
  })

  test('is counted from the last step that asked for it, shorter or longer', async () => {
    const { start, host } = await stage()
    const log: unknown[] = []
    const pid = await start(sleeper, log)
    await call(pid, 'idle', 1000)
    await host.advance(500)
    await call(pid, 'idle', 100)
    await host.advance(99)
    expect(log).toEqual([])
    await host.advance(1)
    expect(log).toEqual(['timeout'])
    await call(pid, 'idle', 100)
    await host.advance(50)
    await call(pid, 'idle', 1000)
    await host.advance(999)
    expect(log).toEqual(['timeout'])
    await host.advance(1)
    expect(log).toEqual(['timeout', 'timeout'])
  })

  test('may be longer than a timer of Node can wait', async () => {
    const { start, host } = await stage()
    const log: unknown[] = []
    const pid = await start(sleeper, log)
    const longMs = 2 ** 31 + 5
    await call(pid, 'idle', longMs)
    await host.advance(longMs - 1)
    expect(log).toEqual([])
    await host.advance(1)
    expect(log).toEqual(['timeout'])
  })

  test('from init, from a message and from the time-out itself', async () => {
    const { start, host } = await stage()
    let rounds = 0
    const ticker = defineServer({
      name: 'ticker',
      init: (_: undefined) => next(0, { idleTimeoutMs: 10 }),
      timeout: (count: number) => {
        rounds = count + 1
        return rounds < 3 ? next(rounds, { idleTimeoutMs: 10 }) : stop({ kind: 'normal' }, count)
      },
    })
    const pid = await start(ticker, undefined)
    await host.advance(29)
    expect([rounds, isAlive(pid)]).toEqual([2, true])
    await host.advance(1)
    expect([rounds, isAlive(pid)]).toEqual([3, false])
  })

  test('may be asked for by a cast, beside what else a cast may give back [GS-050]', async () => {
    const { start, host } = await stage()
    const log: unknown[] = []
    const lively = defineServer({
      name: 'lively',
      init: (_: undefined) => 0,
      casts: {
        rest: (state) => next(state, { idleTimeoutMs: 10 }),
        goOn: (state) => next(state, { continueWith: ['note', 'continued'] }),
        note: (state, word: string) => {
          log.push(word)
          return next(state)
        },
        leave: (state) => stop({ kind: 'shutdown' }, state),
      },
      timeout: (state) => {
        log.push('timeout')
        return next(state)
      },
    })
    const pid = await start(lively, undefined)
    cast(pid, 'rest')
    await host.advance(10)
    cast(pid, 'goOn')
    cast(pid, 'note', 'queued')
    await host.settle()
    expect(log).toEqual(['timeout', 'continued', 'queued'])
    cast(pid, 'leave')
    await host.settle()
    expect(isAlive(pid)).toBe(false)
  })

  test('dies with its process', async () => {
    const { start, host, node } = await stage()
    const log: unknown[] = []
    const pid = await start(sleeper, log)
    await call(pid, 'idle', 100)
    exit(pid, 'kill')
    expect([host.pendingTimers, node.statistics().deadlines]).toEqual([0, 0])
    await host.advance(1000)
    expect(log).toEqual([])
  })

  test('keeps one deadline however often it is set', async () => {
    const { start, host, node } = await stage()
    const pid = await start(sleeper, [])
    for (let turn = 0; turn < 100; turn += 1) {
      await call(pid, 'idle', turn % 2 === 0 ? 1000 : 10)
      await host.advance(1)
    }
    expect(node.statistics().deadlines).toBe(1)
  })

  test('without a timeout handler ends the server with an error that says so', async () => {
    const { start } = await stage()
    const deaf = defineServer({
      name: 'deaf',
      init: (_: undefined) => 0,
      calls: { idle: (state) => reply('x', state, { idleTimeoutMs: 1 }) },
    })
    const pid = await start(deaf, undefined)
    await call(pid, 'idle')
    expect(isAlive(pid)).toBe(false)
  })
})

const sleeper = defineServer({
  name: 'sleeper',
  init: (log: unknown[]) => log,
  calls: {
    idle: (log, idleTimeoutMs: number) => reply('idle', log, { idleTimeoutMs }),
    idleLater: async (log, idleTimeoutMs: number) => {
      await null
      return reply('idle', log, { idleTimeoutMs })
    },
    touch: (log) => reply('touched', log),
    // A timer of its own comes as a cast, which is a message like any other.
    after: (log, delayMs: number, context) => {
      context.after(delayMs - 20, 'touch')
      return reply('set', log, { idleTimeoutMs: 40 })
    },
    watch: (log, pid: Pid, context) => {
      context.monitor(pid)
      return reply('watching', log)
    },
  },
  casts: { touch: (log) => next(log) },
  info: (log) => next(log),
  down: (log) => {
    log.push('down')
    return next(log)
  },
  timeout: (log) => {
    log.push('timeout')
    return next(log)
  },
})
