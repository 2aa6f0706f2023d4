import {
  type ArgumentError,
  argumentCodes,
  type Context,
  call,
  cast,
  defineServer,
  exit,
  isAlive,
  later,
  next,
  type ReplyPort,
  reply,
  tryCall,
} from 'flotilla'
import { describe, expect, test } from 'vitest'
import { gate, inside, stage } from '../process/stage.ts'

describe('replyPort', () => {
  test('answers the caller from a later handler of the server [GS-028]', async () => {
    const { start } = await stage()
    const pid = await start(desk, [])
    const answers = [call(pid, 'ask'), call(pid, 'ask')]
    cast(pid, 'answerAll', 'yes')
    expect(await Promise.all(answers)).toEqual(['yes', 'yes'])
  })

  test('may be used by any process that was handed the port [GS-029]', async () => {
    const { start, puppet } = await stage()
    const ports: ReplyPort<string>[] = []
    const [pid, helper] = [await start(desk, ports), await puppet()]
    const answer = call(pid, 'ask')
    await call(pid, 'ping')
    await call(helper, 'run', () => ports[0]?.send('from the helper'))
    expect(await answer).toBe('from the helper')
  })

  test('lets the caller go on while the handler still works [GS-030]', async () => {
    const { start } = await stage()
    const [go, log] = [gate(), [] as string[]]
    const pid = await start(early, { go: go.opened, log })
    expect(await call(pid, 'work')).toBe('early')
    expect(log).toEqual([])
    go.open()
    await call(pid, 'ping')
    expect(log).toEqual(['worked on'])
  })

  test('counts what comes too late or twice, and tells nobody [GS-032]', async () => {
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

  test('of a caller that has died takes the answer and does nothing with it [GS-032]', async () => {
    const { start, puppet, host } = await stage()
    const [pid, caller] = [await start(desk, []), await puppet()]
    void inside(caller, () => call(pid, 'ask')).catch(() => undefined)
    await host.settle()
    exit(caller, 'kill')
    cast(pid, 'answerAll', 'too late')
    expect(await call(pid, 'ping')).toBe('pong')
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

describe('misuse inside a handler', () => {
  const bad: readonly [string, (context: Context) => unknown, RegExp][] = [
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
