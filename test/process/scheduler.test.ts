import fc from 'fast-check'
import {
  call,
  cast,
  child,
  defineServer,
  dynamicSupervisor,
  exit,
  type Host,
  later,
  next,
  type Pid,
  type ReplyPort,
  reply,
  send,
  startNode,
  sys,
  tryCall,
} from 'flotilla'
import { virtualHost } from 'flotilla/testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { gate, inside, type Puppet, puppet, stage } from './stage.ts'

describe('a turn', () => {
  test('begins after the code that sends has finished, and before timers and input', async () => {
    const log: string[] = []
    const { pid } = await real(log)
    const order: string[] = []
    const timer = new Promise<void>((resolve) =>
      setImmediate(() => resolve(void order.push('loop'))),
    )
    const answer = call(pid, 'note', 'x').then(() => order.push('answer'))
    order.push('sender done')
    await Promise.all([timer, answer])
    expect(order).toEqual(['sender done', 'answer', 'loop'])
  })

  // A microtask drain without end would starve every timer and socket.
  test('ends while there is still work, so that the event loop gets its chance', async () => {
    const { pid } = await real([])
    let visits = 0
    const visit = (): void => {
      visits += 1
      if (running) setImmediate(visit)
    }
    let running = true
    setImmediate(visit)
    const handled = call(pid, 'chase', 200_000)
    expect(await handled).toBe(200_000)
    running = false
    expect(visits).toBeGreaterThan(5)
  })

  test('of asynchronous handlers ends as well', async () => {
    const { pid } = await real([])
    let visits = 0
    let running = true
    const visit = (): void => {
      visits += 1
      if (running) setImmediate(visit)
    }
    setImmediate(visit)
    for (let count = 0; count < 20_000; count += 1) cast(pid, 'slow')
    await call(pid, 'note', 'x')
    running = false
    expect(visits).toBeGreaterThan(3)
  })

  test('is bounded by messages where the clock does not move', async () => {
    const { puppet: another, host } = await stage()
    const pid = await another()
    let yields = 0
    const { yieldThen } = host.scheduler
    Object.assign(host.scheduler, {
      yieldThen(run: () => void) {
        yields += 1
        yieldThen(run)
      },
    })
    for (let count = 0; count < 100_000; count += 1) cast(pid, 'note', count)
    await call(pid, 'run', () => 1)
    expect(yields).toBeGreaterThanOrEqual(6)
  })
})

describe('the run queue', () => {
  test('lets a process with few messages pass one with many', async () => {
    const { puppet: another } = await stage()
    const log: unknown[] = []
    const [busy, quick] = [await another(log), await another(log)]
    for (let count = 0; count < 10_000; count += 1) cast(busy, 'note', 'busy')
    cast(quick, 'note', 'quick')
    await call(quick, 'run', () => 1)
    expect(log.indexOf('quick')).toBeLessThan(100)
    await call(busy, 'run', () => 1)
    expect(log).toHaveLength(10_001)
  })

  test('serves many processes in the order in which they got work', async () => {
    const { puppet: another } = await stage()
    const log: unknown[] = []
    const pids: Puppet[] = []
    for (let count = 0; count < 100; count += 1) pids.push(await another(log))
    for (const [index, pid] of pids.entries()) cast(pid, 'note', index)
    for (const [index, pid] of pids.entries()) cast(pid, 'note', index)
    await Promise.all(pids.map((pid) => call(pid, 'run', () => 1)))
    expect(log).toEqual(pids.flatMap((_, index) => [index, index]))
  })

  test('skips whoever ended while waiting in it', async () => {
    const { puppet: another, host } = await stage()
    const log: unknown[] = []
    const pids = [await another(log), await another(log), await another(log)] as const
    await call(pids[0], 'run', () => {
      for (const [index, pid] of pids.entries()) cast(pid, 'note', index)
      exit(pids[1], 'kill')
    })
    await host.settle()
    expect(log).toEqual([0, 2])
  })

  test('hears of a lost child before what waits already, so that a gap stays short', async () => {
    const { host, log, dying, killer, crowd } = await family()
    await call(killer, 'run', () => {
      for (const pid of crowd) cast(pid, 'note', 'crowd')
      exit(dying, 'kill')
    })
    await host.settle()
    expect(log).toEqual([{ exit: { kind: 'killed' }, from: dying }, ...Array(10).fill('crowd')])
  })

  test('hears of a lost child first also where the parent waits in it already', async () => {
    const { host, log, watcher, dying, killer, crowd } = await family()
    await call(killer, 'run', () => {
      for (const pid of [...crowd, watcher]) cast(pid, 'note', 'crowd')
      exit(dying, 'kill')
      for (const pid of crowd) cast(pid, 'note', 'crowd')
    })
    await host.settle()
    const lost = { exit: { kind: 'killed' }, from: dying }
    expect(log).toEqual(['crowd', lost, ...Array(20).fill('crowd')])
  })

  test('cannot be held by two who keep sending each other exit signals', async () => {
    const { start, puppet: another } = await stage()
    const [one, other, third] = [
      await start(echo, undefined),
      await start(echo, undefined),
      await another(),
    ]
    cast(one, 'send', other)
    expect(await call(third, 'run', () => 'served')).toBe('served')
    exit(one, 'kill')
    exit(other, 'kill')
  })
})

describe('a message to an idle process', () => {
  test('is handled before what comes later, and after what the present handler goes on with', async () => {
    const log: string[] = []
    const here = await stage()
    const pid = await here.start(goingOn, log)
    await call(pid, 'sendYourself')
    await call(pid, 'sendYourself')
    const once = ['went on', 'info first', 'info second']
    expect(log).toEqual([...once, ...once])
  })

  test('waits in its place while a handler that was begun before it waits', async () => {
    const log: unknown[] = []
    const here = await stage()
    const pid = await here.puppet(log)
    const { opened, open } = gate()
    cast(pid, 'work', async (context) => {
      send(context.self, 'first')
      await opened
    })
    await here.host.settle()
    send(pid, 'second')
    await here.host.settle()
    expect(log).toEqual([])
    open()
    await here.host.settle()
    expect(log).toEqual(['first', 'second'])
  })

  test('is handled first when the process is resumed that was suspended before it', async () => {
    const log: unknown[] = []
    const here = await stage()
    const pid = await here.puppet(log)
    send(pid, 'first')
    const suspended = sys.suspend(pid)
    send(pid, 'second')
    await suspended
    send(pid, 'third')
    expect(log).toEqual(['first'])
    await sys.resume(pid)
    await here.host.settle()
    expect(log).toEqual(['first', 'second', 'third'])
  })

  test('is told to its caller if the process ends before it is handled', async () => {
    const here = await stage()
    const pid = await here.puppet()
    const answers = [tryCall(pid, 'run', () => 1), tryCall(pid, 'run', () => 2)]
    exit(pid, 'kill')
    for (const answer of answers) {
      expect(await answer).toMatchObject({ ok: false, exit: { reason: { kind: 'killed' } } })
    }
    expect(here.node.statistics()).toMatchObject({ queued: 0 })
  })

  test('counts against the limit of the mailbox', async () => {
    const here = await stage()
    const tiny = defineServer({
      name: 'tiny',
      maxMailboxSize: 1,
      init: () => 0,
      casts: { tick: (count) => next(count + 1) },
    })
    const pid = await here.start(tiny, undefined)
    expect([cast(pid, 'tick'), cast(pid, 'tick')]).toEqual([true, false])
    await here.host.settle()
    expect(cast(pid, 'tick')).toBe(true)
  })
})

function noted(log: string[], word: string) {
  log.push(word)
  return next(log)
}

/** Sends itself two messages, and goes on with something before it takes them. */
const goingOn = defineServer({
  name: 'going on',
  init: (log: string[]) => log,
  calls: {
    sendYourself(log, _nothing: undefined, { self }) {
      send(self, 'first')
      send(self, 'second')
      return reply(undefined, log, { continueWith: ['goOn'] })
    },
  },
  casts: { goOn: (log) => noted(log, 'went on') },
  info: (log, message) => noted(log, `info ${message}`),
})

test('any mix of calls, casts and messages from several senders is first in first out per sender [PROC-060, PROC-061, GS-034]', async () => {
  const kinds = fc.constantFrom('call', 'cast', 'info')
  const plan = fc.array(fc.tuple(fc.nat(3), kinds, fc.boolean()), { maxLength: 60 })
  const { puppet: another, start } = await stage()
  await fc.assert(
    fc.asyncProperty(plan, fc.boolean(), async (steps, isSlow) => {
      const received: [number, number][] = []
      const receiver = await start(recorder, { received, isSlow })
      const senders = [await another(), await another(), await another(), await another()]
      const sending = senders.map((sender, from) =>
        inside(sender, async () => {
          const calls: Promise<unknown>[] = []
          for (const [index, [who, kind, pauses]] of steps.entries()) {
            if (who !== from) continue
            if (kind === 'call') calls.push(call(receiver, 'take', [from, index]))
            else if (kind === 'cast') cast(receiver, 'take', [from, index])
            else send(receiver, [from, index])
            if (pauses) await null
          }
          await Promise.all(calls)
        }),
      )
      await Promise.all(sending)
      await call(receiver, 'take', [9, 0])
      expect(received).toHaveLength(steps.length + 1)
      for (const from of senders.keys()) {
        const sent = [...steps.entries()].filter(([, [who]]) => who === from)
        const arrived = received.filter(([who]) => who === from)
        expect(arrived.map(([, index]) => index)).toEqual(sent.map(([index]) => index))
      }
    }),
    { numRuns: 80 },
  )
})

test('a host without soon works: everything runs in later turns of the event loop', async () => {
  const host = virtualHost()
  const plain: Host = { ...host, scheduler: { yieldThen: host.scheduler.yieldThen } }
  const workers = dynamicSupervisor({ name: 'workers' })
  const node = await startNode(workers, { name: 'plain', host: plain })
  onTestFinished(() => node.stop())
  const started = await workers.startChild(child(puppet, []))
  if (!started.ok) throw new Error('not started')
  expect(await tryCall(started.pid, 'run', () => 1)).toEqual({ ok: true, value: 1 })
})

/** Traps exits and gives each back to its sender. */
const echo = defineServer({
  name: 'echo',
  init: (_: undefined, context) => context.trapExits(true),
  casts: {
    send: (state, to: Pid) => {
      exit(to, { kind: 'shutdown' })
      return next(state)
    },
  },
  exit: (state, { from }) => {
    exit(from, { kind: 'shutdown' })
    return next(state)
  },
})

const recorder = defineServer({
  name: 'recorder',
  init: (setting: { received: [number, number][]; isSlow: boolean }) => setting,
  calls: {
    take: async (state, entry: [number, number]) => {
      if (state.isSlow) await null
      state.received.push(entry)
      return reply('taken', state)
    },
  },
  casts: {
    take: (state, entry: [number, number]) => {
      state.received.push(entry)
      return next(state)
    },
  },
  info: async (state, entry) => {
    if (state.isSlow) await null
    state.received.push(entry as [number, number])
    return next(state)
  },
})

interface Chase {
  readonly rounds: number
  readonly left: number
  readonly port: ReplyPort<number>
}

const worker = defineServer({
  name: 'worker',
  init: (log: string[]) => log,
  calls: {
    note: (log, word: string) => {
      log.push(word)
      return reply(word, log)
    },
    chase: (log, rounds: number, context) => {
      const port = context.replyPort<number>()
      cast(context.self, 'chase', { rounds, left: rounds, port })
      return later(port, log)
    },
  },
  casts: {
    slow: async (log) => {
      await null
      return next(log)
    },
    // Sends itself the next message from the handler of the last: never idle, never a full inbox.
    chase: (log, { rounds, left, port }: Chase, context) => {
      if (left === 0) port.send(rounds)
      else cast(context.self, 'chase', { rounds, left: left - 1, port })
      return next(log)
    },
  },
})

/** A node on real time with one worker. */
async function real(log: string[]) {
  const workers = dynamicSupervisor({ name: 'workers' })
  const node = await startNode(workers, { name: 'real' })
  onTestFinished(() => node.stop())
  const started = await workers.startChild(child(worker, log))
  if (!started.ok) throw new Error('not started')
  return { pid: started.pid, node }
}

/** Somebody who hears of the end of another, one who may bring it about, and ten bystanders. */
async function family() {
  const { puppet: another, host } = await stage()
  const log: unknown[] = []
  const [watcher, dying, killer] = [await another(log), await another(), await another()]
  await call(watcher, 'run', (context) => {
    context.trapExits(true)
    context.link(dying)
  })
  const crowd: Puppet[] = []
  for (let count = 0; count < 10; count += 1) crowd.push(await another(log))
  return { host, log, watcher, dying, killer, crowd }
}
