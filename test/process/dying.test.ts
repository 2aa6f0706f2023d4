import {
  call,
  cast,
  defineServer,
  Exit,
  ended,
  exit,
  isAlive,
  later,
  type Next,
  next,
  reply,
  send,
  tryCall,
} from 'flotilla'
import { describe, expect, test } from 'vitest'
import { currentProcess } from '../../src/process/current.ts'
import { LocalPid } from '../../src/process/local-pid.ts'
import { gate, inside, puppet, stage, type Work } from './stage.ts'

const boom = { kind: 'crash', error: 'boom' } as const

describe('the step in which a process ends', () => {
  // Nobody who hears of the end can find the name taken.
  test('frees every name before anybody hears of the end [PROC-070]', async () => {
    const { start, names, puppet: another, host } = await stage()
    const log: unknown[] = []
    const watcher = await another(log)
    const pid = await start(puppet, [], { name: names.via('a') })
    await call(watcher, 'run', (context) => context.monitor(pid))
    exit(pid, boom)
    expect([names.whereis('a'), names.count(), log]).toEqual([undefined, 0, []])
    const next = await start(puppet, [], { name: names.via('a') })
    await host.settle()
    expect(log).toEqual([{ down: boom, pid }])
    expect(names.whereis('a')).toBe(next)
  })

  test('has freed them for whoever handles its EXIT or its DOWN [PROC-070]', async () => {
    const { start, names, puppet: another, host } = await stage()
    const seen: unknown[] = []
    const look = (what: string) => (): Next<number> => {
      seen.push([what, names.whereis('a'), names.count()])
      return next(0)
    }
    const observer = defineServer({
      name: 'observer',
      init: (_: undefined) => 0,
      calls: { watch: (state, work: Work, context) => reply(work(context), state) },
      down: look('down'),
      exit: look('exit'),
    })
    const [pid, watcher] = [
      await start(puppet, [], { name: names.via('a') }),
      await start(observer, undefined),
    ]
    await call(watcher, 'watch', (context) => {
      context.trapExits(true)
      context.link(pid)
      context.monitor(pid)
    })
    const bystander = await another()
    await call(bystander, 'run', () => exit(pid, boom))
    await host.settle()
    expect(seen).toEqual([
      ['exit', undefined, 0],
      ['down', undefined, 0],
    ])
  })

  test('settles the call in hand, the calls in the queue and those put off [GS-025]', async () => {
    const { start } = await stage()
    const pid = await start(procrastinator, undefined)
    const putOff = tryCall(pid, 'later')
    await call(pid, 'ping')
    const inHand = tryCall(pid, 'hang')
    const queued = [tryCall(pid, 'ping'), tryCall(pid, 'ping')]
    await call(pid, 'hang', undefined, { timeoutMs: 'infinity' }).catch(() => undefined)
    for (const answer of [putOff, inHand, ...queued]) {
      expect(await answer).toMatchObject({ ok: false, exit: { reason: boom } })
    }
  })

  test('says in the exit of each caller which call failed and why', async () => {
    const { start, names } = await stage()
    const pid = await start(puppet, [], { name: names.via('a') })
    const failed = call(pid, 'run', () => 1)
    exit(pid, { kind: 'crash', error: new Error('wires crossed') })
    await expect(failed).rejects.toThrow(
      'Call "run" to names "a" failed: the process crashed: Error: wires crossed (crash)',
    )
  })

  test('drops its timers, also those it never stopped', async () => {
    const { puppet: another, host, node } = await stage()
    const log: unknown[] = []
    const pid = await another(log)
    await call(pid, 'run', (context) => {
      context.after(10, 'note', 'tick')
      context.after(20, 'note', 'tock')
    })
    expect(node.statistics().deadlines).toBe(2)
    exit(pid, 'kill')
    expect(node.statistics().deadlines).toBe(0)
    expect(host.pendingTimers).toBe(0)
    await host.advance(100)
    expect(log).toEqual([])
  })

  test('drops the monitors it held on others', async () => {
    const { puppet: another, node } = await stage()
    const [pid, other] = [await another(), await another()]
    await call(pid, 'run', (context) => [context.monitor(other), context.monitor(other)])
    expect(node.statistics().monitors).toBe(2)
    exit(pid, 'kill')
    expect(node.statistics().monitors).toBe(0)
  })

  test('aborts the signal with an Exit that says why, after everything else', async () => {
    const { start, names } = await stage()
    const pid = await start(puppet, [], { name: names.via('a') })
    const seen: unknown[] = []
    const signal = await call(pid, 'run', (context) => {
      context.signal.addEventListener('abort', () => seen.push(names.whereis('a'), isAlive(pid)))
      return context.signal
    })
    if (!(signal instanceof AbortSignal)) throw new Error('not a signal')
    expect(signal.aborted).toBe(false)
    exit(pid, boom)
    expect(seen).toEqual([undefined, false])
    expect(signal.reason).toMatchObject({ reason: boom })
    expect(Exit.is(signal.reason)).toBe(true)
  })

  test('makes what an abort listener does the deed of the dead process', async () => {
    const { puppet: another, host } = await stage()
    const log: unknown[] = []
    const [victim, killer, witness] = [await another(), await another(), await another(log)]
    const owners: unknown[] = []
    await call(victim, 'run', ({ signal }) =>
      signal.addEventListener('abort', () => {
        owners.push(currentProcess()?.pid)
        cast(witness, 'note', 'from beyond')
      }),
    )
    await call(killer, 'run', () => exit(victim, 'kill'))
    await host.settle()
    expect(owners).toEqual([victim])
    expect(log).toEqual([])
    expect(isAlive(killer)).toBe(true)
  })

  test('lets go of the state, once the reports of the end are made', async () => {
    const { start } = await stage()
    const pid = await start(counter, 1)
    const process = LocalPid.processOf(pid)
    expect(process?.state).toBe(1)
    exit(pid, boom)
    expect([process?.alive, process?.state]).toEqual([false, undefined])
  })

  test('leaves no trace of the process in the tables of the node', async () => {
    const { start, names, puppet: another, node, host } = await stage()
    const other = await another()
    const before = node.statistics()
    const pid = await start(puppet, [], { name: names.via('a') })
    await call(pid, 'run', (context) => {
      context.monitor(other)
      context.link(other)
      context.trapExits(true)
      context.after(1000, 'note')
    })
    await call(other, 'run', (context) => [context.trapExits(true), context.monitor(pid)])
    exit(pid, 'kill')
    await host.settle()
    const { sent, dropped, started, ended: gone, ...tables } = node.statistics()
    expect(tables).toEqual(expect.objectContaining({ monitors: 0, links: 0, deadlines: 0 }))
    expect([tables.processes, tables.rows]).toEqual([before.processes, before.rows])
    // The start and two calls; to the other process the exit and the report; to the supervisor.
    expect([sent - before.sent, started - before.started, gone - before.ended]).toEqual([6, 1, 1])
    expect(dropped).toBe(0)
  })
})

describe('kill in the middle of an await', () => {
  test('takes effect at once and drops the queue [GS-025]', async () => {
    const { puppet: another, host } = await stage()
    const log: unknown[] = []
    const pid = await another(log)
    const never = gate()
    const started = gate()
    const busy = tryCall(pid, 'runAsync', async () => {
      started.open()
      await never.opened
      log.push('went on')
    })
    await started.opened
    cast(pid, 'note', 'queued')
    exit(pid, 'kill')
    expect(await busy).toMatchObject({ ok: false, exit: { reason: { kind: 'killed' } } })
    never.open()
    await host.settle()
    // The code itself cannot be stopped, only what it does to the node.
    expect(log).toEqual(['went on'])
  })

  test('fences everything the code that goes on tries to do', async () => {
    const { puppet: another, host, node } = await stage()
    const log: unknown[] = []
    const [pid, other] = [await another(), await another(log)]
    const [go, done, begun] = [gate(), gate<unknown>(), gate()]
    void tryCall(pid, 'runAsync', async (context) => {
      begun.open()
      await go.opened
      const refused = tryCall(other, 'run', () => log.push('called'))
      const results = [cast(other, 'note', 'cast'), send(other, 'sent'), exit(other, 'kill')]
      context.after(1, 'note', 'tick')
      context.monitor(other)
      context.link(other)
      context.trapExits(true)
      done.open([results, context.signal.aborted, (await refused).ok])
    })
    await begun.opened
    exit(pid, 'kill')
    go.open()
    expect(await done.opened).toEqual([[true, true, undefined], true, false])
    await host.advance(10)
    expect(log).toEqual([])
    expect(isAlive(other)).toBe(true)
    expect(node.statistics()).toMatchObject({ deadlines: 0, monitors: 0, links: 0 })
  })

  test('drops the new state and the reply that come too late', async () => {
    const { start, node, host } = await stage()
    const [go, done] = [gate(), gate()]
    const pid = await start(counter, 1)
    const answer = tryCall(pid, 'slowAdd', async () => {
      await go.opened
      done.open()
    })
    await host.settle()
    exit(pid, 'kill')
    go.open()
    await done.opened
    await host.settle()
    expect(await answer).toMatchObject({ ok: false, exit: { reason: { kind: 'killed' } } })
    expect(node.statistics()).toMatchObject({ deferred: 0, queued: 0 })
  })
})

describe('ends that spread', () => {
  test('take along everyone linked in a chain, with the same reason [PROC-018, PROC-030]', async () => {
    const { puppet: another } = await stage()
    const chain = [await another(), await another(), await another(), await another()]
    for (const [index, pid] of chain.entries()) {
      const linked = chain[index + 1]
      if (linked !== undefined) await call(pid, 'run', (context) => context.link(linked))
    }
    const reasons = Promise.all(chain.map((pid) => ended(pid)))
    exit(chain[3] ?? raise(), 'kill')
    expect(chain.map(isAlive)).toEqual([false, false, false, false])
    expect(await reasons).toEqual(Array(4).fill({ kind: 'killed' }))
  })

  test('run through a chain longer than any stack', async () => {
    const { puppet: another, node } = await stage()
    let last = await another()
    const first = last
    const linkAll = 20_000
    for (let count = 0; count < linkAll; count += 1) {
      const next = await another()
      await call(last, 'run', (context) => context.link(next))
      last = next
    }
    const { processes } = node.statistics()
    exit(first, boom)
    expect(node.statistics().processes).toBe(processes - linkAll - 1)
  })

  test('stop at a process that traps exits, which learns from whom it came [PROC-018]', async () => {
    const { puppet: another, host } = await stage()
    const log: unknown[] = []
    const [one, two, three] = [await another(), await another(log), await another()]
    await call(two, 'run', (context) => {
      context.trapExits(true)
      context.link(one)
      context.link(three)
    })
    exit(one, boom)
    await host.settle()
    expect(log).toEqual([{ exit: boom, from: one }])
    expect([two, three].map(isAlive)).toEqual([true, true])
  })
})

describe('what comes of an end', () => {
  // Signals only enqueue, behind what the sender sent before.
  test('arrives behind the last words of the dead, EXIT and DOWN once each [PROC-032]', async () => {
    const { puppet: another, host } = await stage()
    const log: unknown[] = []
    const [pid, watcher] = [await another(), await another(log)]
    await call(watcher, 'run', (context) => {
      context.trapExits(true)
      context.link(pid)
      context.monitor(pid)
    })
    await inside(pid, ({ self }) => {
      cast(watcher, 'note', 'last words')
      exit(self, boom)
      cast(watcher, 'note', 'from beyond')
      expect(log).toEqual([])
    }).catch(() => undefined)
    await host.settle()
    expect(log).toEqual(['last words', { exit: boom, from: pid }, { down: boom, pid }])
  })
})

const procrastinator = defineServer({
  name: 'procrastinator',
  init: () => 0,
  calls: {
    ping: (count) => reply('pong', count),
    later: (count, _: undefined, context) => later(context.replyPort<string>(), count + 1),
    hang: async (count, _: undefined, context) => {
      await Promise.resolve()
      exit(context.self, boom)
      return reply('never', count)
    },
  },
})

const counter = defineServer({
  name: 'counter',
  init: (start: number) => start,
  calls: {
    slowAdd: async (count, work: () => Promise<void>) => {
      await work()
      return reply(count + 1, count + 1)
    },
  },
})

function raise(): never {
  throw new Error('absent')
}
