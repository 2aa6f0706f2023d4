import {
  type ArgumentError,
  argumentCodes,
  type Context,
  call,
  cast,
  child,
  defineServer,
  exit,
  isAlive,
  later,
  next,
  type ReplyPort,
  reply,
  startNode,
  tryCall,
} from 'flotilla'
import { describe, expect, test } from 'vitest'
import { gate, inside, stage } from '../process/stage.ts'

describe('replyPort', () => {
  // GS-028
  test('answers the caller from a later handler of the server', async () => {
    const { start } = await stage()
    const pid = await start(desk, [])
    const answers = [call(pid, 'ask'), call(pid, 'ask')]
    cast(pid, 'answerAll', 'yes')
    expect(await Promise.all(answers)).toEqual(['yes', 'yes'])
  })

  // GS-029
  test('may be used by any process that was handed the port', async () => {
    const { start, puppet } = await stage()
    const ports: ReplyPort<string>[] = []
    const [pid, helper] = [await start(desk, ports), await puppet()]
    const answer = call(pid, 'ask')
    await call(pid, 'ping')
    await call(helper, 'run', () => ports[0]?.send('from the helper'))
    expect(await answer).toBe('from the helper')
  })

  // GS-030
  test('lets the caller go on while the handler still works', async () => {
    const { start } = await stage()
    const [go, log] = [gate(), [] as string[]]
    const pid = await start(early, { go: go.opened, log })
    expect(await call(pid, 'work')).toBe('early')
    expect(log).toEqual([])
    go.open()
    await call(pid, 'ping')
    expect(log).toEqual(['worked on'])
  })

  // GS-032
  test('counts what comes too late or twice, and tells nobody', async () => {
    const { start, node, host, events } = await stage()
    const ports: ReplyPort<string>[] = []
    const pid = await start(desk, ports)
    const late = tryCall(pid, 'ask', undefined, { timeoutMs: 10 })
    await host.advance(10)
    expect(await late).toMatchObject({ ok: false, exit: { reason: { kind: 'timeout' } } })
    cast(pid, 'answerAll', 'too late')
    await call(pid, 'ping')
    expect(node.statistics().lateReplies).toBe(1)
    const twice = call(pid, 'ask')
    await call(pid, 'ping')
    ports.push(...ports)
    cast(pid, 'answerAll', 'first')
    expect(await twice).toBe('first')
    expect(node.statistics().lateReplies).toBe(4)
    expect(events.filter((event) => event.kind === 'late_reply')).toHaveLength(4)
  })

  test('is forgotten once its call has settled, by an answer or by the caller giving up', async () => {
    const { start, node, host } = await stage()
    const pid = await start(desk, [])
    const answered = call(pid, 'ask')
    const givenUp = tryCall(pid, 'ask', undefined, { timeoutMs: 10 })
    await call(pid, 'ping')
    expect(node.statistics().deferred).toBe(2)
    await host.advance(10)
    expect([(await givenUp).ok, node.statistics().deferred]).toEqual([false, 1])
    cast(pid, 'answerAll', 'yes')
    expect([await answered, node.statistics().deferred]).toEqual(['yes', 0])
  })

  test('of a call whose server has ended does nothing', async () => {
    const { start } = await stage()
    const ports: ReplyPort<string>[] = []
    const pid = await start(desk, ports)
    const answer = tryCall(pid, 'ask')
    await call(pid, 'ping')
    exit(pid, 'kill')
    expect(() => ports[0]?.send('from beyond')).not.toThrow()
    expect(await answer).toMatchObject({ ok: false, exit: { reason: { kind: 'killed' } } })
  })

  test('is refused where no call is being handled', async () => {
    const { start } = await stage()
    const refused = gate<unknown>()
    const pid = await start(desk, [])
    cast(pid, 'takePort', refused.open)
    const error = (await refused.opened) as ArgumentError
    expect(error.code).toBe(argumentCodes.outside_call)
    expect(error.message).toBe(
      'Cannot take a reply port: no call is being handled; take it inside the handler of the ' +
        'call, before it returns later(port, state)',
    )
    expect(isAlive(pid)).toBe(true)
  })
})

describe('self and signal', () => {
  test('are the pid and one signal for the whole life, first asked for whenever', async () => {
    const { puppet } = await stage()
    const pid = await puppet()
    const signals = await inside(pid, async (context) => {
      expect(context.self).toBe(pid)
      const before = context.signal
      await Promise.resolve()
      return [before, context.signal]
    })
    expect(signals[0]).toBe(signals[1])
    const kept: Context[] = []
    await call(pid, 'run', (context) => kept.push(context))
    exit(pid, 'kill')
    expect(kept[0]?.signal).toBe(signals[0])
    expect(kept[0]?.signal.aborted).toBe(true)
  })

  test('are aborted from the start when first asked for after the end', async () => {
    const { puppet } = await stage()
    const pid = await puppet()
    const kept: Context[] = []
    await call(pid, 'run', (context) => kept.push(context))
    exit(pid, { kind: 'shutdown', detail: 7 })
    const { aborted, reason } = kept[0]?.signal ?? AbortSignal.abort()
    expect([aborted, reason]).toMatchObject([true, { reason: { kind: 'shutdown', detail: 7 } }])
  })
})

describe('trapExits', () => {
  // PROC-036
  test('gives back the old choice', async () => {
    const { puppet } = await stage()
    const pid = await puppet()
    expect(await call(pid, 'run', (context) => context.trapExits(true))).toBe(false)
    expect(await call(pid, 'run', (context) => context.trapExits(true))).toBe(true)
    expect(await call(pid, 'run', (context) => context.trapExits(false))).toBe(true)
  })

  // GS-065: a signal from outside is nobody's parent, also for the root of a tree
  test('keeps signals from outside from ending the root of a tree', async () => {
    const log: unknown[] = []
    const { host } = await stage()
    const root = defineServer({
      name: 'root',
      init: (_: undefined, context) => {
        context.trapExits(true)
        log.push(context.self)
        return 0
      },
      exit: (state, signal) => {
        log.push(signal.reason)
        return next(state)
      },
    })
    const node = await startNode(child(root, undefined), { name: 'rooted', host })
    exit(log[0] as never, 'normal')
    exit(log[0] as never, 'shutdown')
    await host.settle()
    expect(log.slice(1)).toEqual([{ kind: 'normal' }, { kind: 'shutdown' }])
    await node.stop()
    expect(await node.ended).toEqual({ kind: 'shutdown' })
  })
})

describe('misuse inside a handler', () => {
  const bad: readonly [string, (context: Context) => unknown, RegExp][] = [
    ['monitor', (context) => context.monitor(5 as never), /Cannot monitor a process: the address/],
    ['link', (context) => context.link({} as never), /Cannot link to a process: the address/],
    ['unlink', (context) => context.unlink('x' as never), /Cannot unlink a process: the address/],
    ['after', (context) => context.after(-1, 'note'), /Cannot set a timer: option "delayMs"/],
    ['after', (context) => context.after(Number.NaN, 'note'), /option "delayMs" is NaN/],
    ['after', (context) => context.after(1, 'nope'), /has no cast "nope".*"note"/],
  ]
  for (const [name, work, message] of bad) {
    test(`of ${name} ends that process with an error that says what was given`, async () => {
      const { puppet, node } = await stage()
      const [pid, other] = [await puppet(), await puppet()]
      await expect(call(pid, 'run', work)).rejects.toThrow(message)
      expect([isAlive(pid), isAlive(other)]).toEqual([false, true])
      expect(node.statistics()).toMatchObject({ deadlines: 0, monitors: 0, links: 0 })
    })
  }
})

const desk = defineServer({
  name: 'desk',
  init: (ports: ReplyPort<string>[]) => ports,
  calls: {
    ping: (ports) => reply('pong', ports),
    ask: (ports, _: undefined, context) => {
      const port = context.replyPort<string>()
      ports.push(port)
      return later(port, ports)
    },
  },
  casts: {
    answerAll: (ports, answer: string) => {
      for (const port of ports) port.send(answer)
      return next(ports)
    },
    takePort: (ports, tell: (error: unknown) => void, context) => {
      try {
        context.replyPort()
      } catch (error) {
        tell(error)
      }
      return next(ports)
    },
  },
})

interface Early {
  readonly go: Promise<void>
  readonly log: string[]
}

const early = defineServer({
  name: 'early',
  init: (setting: Early) => setting,
  calls: {
    ping: (state) => reply('pong', state),
    work: async (state, _: undefined, context) => {
      const port = context.replyPort<string>()
      port.send('early')
      await state.go
      state.log.push('worked on')
      return later(port, state)
    },
  },
})
