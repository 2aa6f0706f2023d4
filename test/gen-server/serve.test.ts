import {
  type CastStep,
  type Context,
  call,
  cast,
  defineServer,
  type ExitReason,
  ended,
  exit,
  isAlive,
  next,
  type Pid,
  reply,
  send,
  stop,
  stopServer,
  tryCall,
} from 'flotilla'
import { describe, expect, test } from 'vitest'
import { gate, puppet, stage } from '../process/stage.ts'

const boom = { kind: 'crash', error: 'boom' } as const

describe('one handler at a time', () => {
  test('across awaits: the next one starts when the new state is stored [GS-033]', async () => {
    const { start } = await stage()
    const pid = await start(tally, 0)
    const answers = [call(pid, 'slowAdd', 1), call(pid, 'slowAdd', 1), call(pid, 'slowAdd', 1)]
    expect(await Promise.all(answers)).toEqual([1, 2, 3])
  })

  test('of every kind: casts, messages, DOWN and EXIT wait as well [GS-033]', async () => {
    const { puppet: another, host } = await stage()
    const log: unknown[] = []
    const [pid, other] = [await another(log), await another()]
    await call(pid, 'run', (context) => {
      context.trapExits(true)
      context.monitor(other)
      context.link(other)
    })
    const go = gate()
    cast(pid, 'work', () => go.opened.then(() => log.push('done')))
    await host.settle()
    cast(pid, 'note', 'cast')
    send(pid, 'info')
    exit(other, boom)
    await host.settle()
    expect(log).toEqual([])
    go.open()
    await host.settle()
    const ends = [
      { exit: boom, from: other },
      { down: boom, pid: other },
    ]
    expect(log).toEqual(['done', 'cast', 'info', ...ends])
  })

  test('lets other processes work while one waits', async () => {
    const { start } = await stage()
    const [slow, quick] = [await start(tally, 0), await start(tally, 10)]
    const go = gate()
    const waiting = call(slow, 'hold', go.opened)
    expect(await call(quick, 'slowAdd', 1)).toBe(11)
    go.open()
    expect(await waiting).toBe(0)
  })
})

describe('an error of a handler', () => {
  test('ends the server after terminate has seen it and the last good state [GS-040, GS-062]', async () => {
    const { start } = await stage()
    for (const name of ['throwNow', 'throwLater'] as const) {
      const log: unknown[] = []
      const pid = await start(witness, log)
      await call(pid, 'set', 'good')
      const [last, error] = [ended(pid), new Error(name)]
      const failed = tryCall(pid, name, error)
      expect(await last).toEqual({ kind: 'crash', error })
      expect(log).toEqual([['terminate', 'good', { kind: 'crash', error }]])
      expect(await failed).toMatchObject({ ok: false, exit: { cause: error } })
    }
  })

  test('includes a result that is no step; terminate runs, the caller hears of it [GS-043]', async () => {
    const { start } = await stage()
    const log: unknown[] = []
    const pid = await start(witness, log)
    await expect(call(pid, 'junk', 'ok')).rejects.toThrow(
      'Cannot go on with server "witness": the result of calls.junk is "ok", wanted ' +
        'reply(value, state), later(port, state) or stop(reason, state)',
    )
    expect(log).toMatchObject([['terminate', '', { kind: 'crash' }]])
  })

  test('includes a step of the wrong kind, named by the handler it came from', async () => {
    const { start } = await stage()
    const pid = await start(witness, [])
    await expect(call(pid, 'junk', next(0))).rejects.toThrow(/the result of calls.junk is/)
    const other = await start(witness, [])
    const last = ended(other)
    cast(other, 'junk', reply(1, 2))
    expect(await last).toMatchObject({
      error: {
        code: 'FLOTILLA_INVALID_STEP',
        message: expect.stringContaining('the result of casts.junk is a Step, wanted next(state)'),
      },
    })
  })

  test('after its process has ended has no effect, not even terminate', async () => {
    const { start, events } = await stage()
    const log: unknown[] = []
    const pid = await start(witness, log)
    const last = ended(pid)
    expect(await tryCall(pid, 'throwDead', 'boom')).toMatchObject({ ok: false })
    expect(await last).toEqual({ kind: 'killed' })
    expect([isAlive(pid), log]).toEqual([false, []])
    const ends = events.filter((event) => event.kind === 'process_ended' && event.pid === pid)
    expect(ends).toMatchObject([{ reason: { kind: 'killed' } }])
  })

  // Nothing of it reaches the global handlers; vitest would fail the run.
  test('stays with its process when nobody looks at the failed call', async () => {
    const { start, puppet: another, host } = await stage()
    const [pid, other] = [await start(witness, []), await another()]
    void call(pid, 'throwNow', 1)
    void call(pid, 'throwNow', 2)
    await host.settle()
    expect([isAlive(pid), isAlive(other)]).toEqual([false, true])
  })
})

describe('stop', () => {
  test('with a reply gives it when terminate has run, in the step of the end [GS-026]', async () => {
    const { start, host } = await stage()
    const log: unknown[] = []
    const [go, pid] = [gate(), await start(witness, log)]
    await call(pid, 'terminateAfter', go.opened)
    const answer = call(pid, 'stopWith', 'farewell')
    void answer.then((value) => log.push([value, isAlive(pid)]))
    await host.settle()
    expect([log, isAlive(pid)]).toEqual([[], true])
    go.open()
    expect(await answer).toBe('farewell')
    await host.settle()
    expect(log).toEqual([
      ['terminate', 'last', { kind: 'shutdown' }],
      ['farewell', false],
    ])
  })

  test('without a reply fails the call with the reason [GS-025]', async () => {
    const { start } = await stage()
    const pid = await start(witness, [])
    const last = ended(pid)
    const failed = await tryCall(pid, 'stopWithout', boom)
    expect(failed).toMatchObject({ ok: false, exit: { reason: boom } })
    expect(await last).toEqual(boom)
  })

  test('from a cast or a message ends the server too', async () => {
    const { start } = await stage()
    for (const tell of [castStop, sendStop]) {
      const log: unknown[] = []
      const pid = await start(witness, log)
      const last = ended(pid)
      tell(pid, { kind: 'normal' })
      expect(await last).toEqual({ kind: 'normal' })
      expect(log).toEqual([['terminate', 'last', { kind: 'normal' }]])
    }
  })

  test('counts a reply for a caller that has given up as late', async () => {
    const { start, host, node } = await stage()
    const [go, pid] = [gate(), await start(witness, [])]
    await call(pid, 'terminateAfter', go.opened)
    const late = tryCall(pid, 'stopWith', 'farewell', { timeoutMs: 5 })
    await host.advance(5)
    expect(await late).toMatchObject({ ok: false })
    go.open()
    await host.settle()
    expect([isAlive(pid), node.statistics().lateReplies]).toEqual([false, 1])
  })
})

describe('terminate', () => {
  test('does not run for kill nor for an exit signal that is not trapped [GS-063]', async () => {
    const { start } = await stage()
    const log: unknown[] = []
    for (const signal of ['kill', 'shutdown', boom] as const) {
      exit(await start(witness, log), signal)
    }
    expect(log).toEqual([])
  })

  test('runs when the parent stops a trapping server, after what came before', async () => {
    const { start, host, node } = await stage()
    const log: unknown[] = []
    const pid = await start(puppet, log, { shutdownMs: 5000 })
    await call(pid, 'run', (context) => context.trapExits(true))
    cast(pid, 'note', 'before')
    const stopped = node.stop()
    cast(pid, 'note', 'later')
    await host.settle()
    await stopped
    expect(log).toEqual(['before', 'later', { terminate: { kind: 'shutdown' } }])
  })

  test('does not run for a trapped signal of somebody else, which is a message [GS-065]', async () => {
    const { puppet: another, host } = await stage()
    const log: unknown[] = []
    const pid = await another(log)
    await call(pid, 'run', (context) => context.trapExits(true))
    exit(pid, boom)
    await host.settle()
    expect(log).toMatchObject([{ exit: boom }])
    expect(isAlive(pid)).toBe(true)
  })

  test('that fails gives the reason of the end; what it returns is ignored [GS-069]', async () => {
    const { start } = await stage()
    for (const how of [fail, async () => fail(), () => Promise.reject('late')]) {
      const pid = await start(witness, [])
      await call(pid, 'terminateAfter', how as never)
      const last = ended(pid)
      castStop(pid, { kind: 'normal' })
      expect(await last).toMatchObject({ kind: 'crash', error: expect.stringMatching(/late|bad/) })
    }
    const asked = await start(witness, [])
    await call(asked, 'terminateAfter', fail as never)
    await expect(stopServer(asked)).rejects.toMatchObject({ reason: { error: 'bad' } })
    const fine = await start(witness, [])
    await call(fine, 'terminateAfter', (() => reply(1, 2)) as never)
    const last = ended(fine)
    castStop(fine, { kind: 'normal' })
    expect(await last).toEqual({ kind: 'normal' })
  })

  test('can still be cut short by kill, and by any signal while not trapping', async () => {
    const { start, host } = await stage()
    for (const signal of ['kill', 'shutdown'] as const) {
      const pid = await start(witness, [])
      await call(pid, 'terminateAfter', gate().opened)
      castStop(pid, { kind: 'normal' })
      await host.settle()
      const last = ended(pid)
      exit(pid, signal)
      expect(await last).toEqual({ kind: signal === 'kill' ? 'killed' : 'shutdown' })
    }
  })

  test('may be left out [GS-070]', async () => {
    const { start } = await stage()
    for (const reason of [{ kind: 'normal' }, boom] as const) {
      const pid = await start(tally, 0)
      const last = ended(pid)
      void tryCall(pid, 'stop', reason)
      expect(await last).toEqual(reason)
    }
  })

  test('takes no more messages: callers get the reason of the end', async () => {
    const { start, host } = await stage()
    const [go, log] = [gate(), [] as unknown[]]
    const pid = await start(witness, log)
    await call(pid, 'terminateAfter', go.opened)
    castStop(pid, boom)
    await host.settle()
    const late = tryCall(pid, 'set', 'too late')
    cast(pid, 'junk', 'ignored')
    go.open()
    expect(await late).toMatchObject({ ok: false, exit: { reason: boom } })
    expect(log).toEqual([['terminate', 'last', boom]])
  })
})

describe('continueWith', () => {
  test('runs before any message already queued, and after the reply left [GS-058]', async () => {
    const { start, host } = await stage()
    const log: string[] = []
    const pid = await start(chain, { log, first: undefined })
    const answer = call(pid, 'begin', ['one'])
    void answer.then(() => log.push('replied'))
    cast(pid, 'note', 'queued')
    send(pid, 'sent')
    await host.settle()
    expect(log.filter((word) => word !== 'replied')).toEqual(['one', 'queued', 'sent'])
    expect(await answer).toBe('begun')
    expect(await call(pid, 'begin', ['stop'])).toBe('begun')
    expect(isAlive(pid)).toBe(false)
  })

  test('follows init, casts, messages and itself in a chain, and may stop the server [GS-059]', async () => {
    const { start, host } = await stage()
    const log: string[] = []
    const pid = await start(chain, { log, first: ['a', 'b', 'c'] })
    await host.settle()
    cast(pid, 'go', ['d', 'e'])
    cast(pid, 'note', 'after e')
    send(pid, ['f'])
    await host.settle()
    expect(log).toEqual(['a', 'b', 'c', 'd', 'e', 'after e', 'f'])
    const last = ended(pid)
    cast(pid, 'go', ['g', 'stop', 'never'])
    cast(pid, 'note', 'never')
    expect(await last).toEqual({ kind: 'normal' })
    expect(log.slice(7)).toEqual(['g'])
  })

  test('that never ends leaves room for others and for kill', async () => {
    const { start, puppet: another } = await stage()
    const spinner = defineServer({
      name: 'spinner',
      init: (_: undefined) => next(0, { continueWith: ['spin'] }),
      casts: { spin: (turns: number) => next(turns + 1, { continueWith: ['spin'] }) },
    })
    const [pid, other] = [await start(spinner, undefined), await another()]
    for (let round = 0; round < 5; round += 1) {
      expect(await call(other, 'run', () => round)).toBe(round)
    }
    exit(pid, 'kill')
    expect(isAlive(pid)).toBe(false)
  })
})

function castStop(pid: Pid, reason: ExitReason): void {
  cast(pid, 'stop', reason)
}

function sendStop(pid: Pid, reason: ExitReason): void {
  send(pid, reason)
}

function fail(): never {
  throw 'bad'
}

const tally = defineServer({
  name: 'tally',
  init: (start: number) => start,
  calls: {
    slowAdd: async (count, step: number) => {
      const before = count
      await Promise.resolve()
      await null
      return reply(before + step, before + step)
    },
    hold: async (count, until: Promise<void>) => {
      await until
      return reply(count, count)
    },
    stop: (count, reason: ExitReason) => stop(reason, count),
  },
})

interface Witness {
  readonly log: unknown[]
  readonly word: string
  readonly last: Promise<void> | (() => unknown) | undefined
}

const witness = defineServer({
  name: 'witness',
  init: (log: unknown[]): Witness => ({ log, word: '', last: undefined }),
  calls: {
    set: (state, word: string) => reply(word, { ...state, word }),
    terminateAfter: (state, last: Promise<void>) => reply('ready', { ...state, last }),
    throwNow: (_: Witness, error: unknown): never => {
      throw error
    },
    throwDead: (_: Witness, error: unknown, { self }): never => {
      exit(self, 'kill')
      throw error
    },
    throwLater: async (_: Witness, error: unknown): Promise<never> => {
      await null
      throw error
    },
    junk: (_: Witness, result: unknown) => result as never,
    stopWith: (state, value: string) =>
      stop({ kind: 'shutdown' }, { ...state, word: 'last' }, value),
    stopWithout: (state, reason: ExitReason) => stop(reason, state),
  },
  casts: {
    junk: (_: Witness, result: unknown) => result as never,
    stop: (state, reason: ExitReason) => stop(reason, { ...state, word: 'last' }),
  },
  info: (state, reason) => stop(reason as ExitReason, { ...state, word: 'last' }),
  terminate: ({ log, word, last }, reason) => {
    const record = () => void log.push(['terminate', word, reason])
    if (typeof last === 'function') return last() as never
    return last === undefined ? record() : last.then(record)
  },
})

interface Chain {
  readonly log: string[]
  readonly first: readonly string[] | undefined
}

const chain = defineServer({
  name: 'chain',
  init: (state: Chain) =>
    state.first === undefined ? next(state) : next(state, { continueWith: ['go', state.first] }),
  calls: {
    begin: (state, words: readonly string[]) =>
      reply('begun', state, { continueWith: ['go', words] }),
  },
  casts: {
    go: (state, words: readonly string[], _: Context) => go(state, words),
    note: (state, word: string) => {
      state.log.push(word)
      return next(state)
    },
  },
  info: (state, message) => {
    if (typeof message !== 'string') return next(state, { continueWith: ['go', message] })
    state.log.push(message)
    return next(state)
  },
})

function go(state: Chain, [word, ...rest]: readonly string[]): CastStep<Chain> {
  if (word === 'stop') return stop({ kind: 'normal' }, state)
  state.log.push(word ?? '')
  return rest.length === 0 ? next(state) : next(state, { continueWith: ['go', rest] })
}
