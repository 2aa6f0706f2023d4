import {
  argumentCodes,
  type Context,
  call,
  cast,
  child,
  defineServer,
  exit,
  ignore,
  isAlive,
  next,
  type Pid,
  reply,
  send,
  stop,
  supervisor,
} from 'flotilla'
import { describe, expect, test } from 'vitest'
import { gate, inside, puppet, stage } from './stage.ts'

const boom = { kind: 'crash', error: 'boom' } as const
const normal = { kind: 'normal' } as const

describe('start', () => {
  test('gives the pid of a linked process, whose ends are tied both ways [GS-001, PROC-088]', async () => {
    const { puppet } = await stage()
    for (const first of ['starter', 'started'] as const) {
      const starter = await puppet()
      const started = await startOf(starter)
      expect(await call(started, 'run', ({ self }) => self)).toBe(started)
      exit(first === 'starter' ? starter : started, boom)
      expect([isAlive(starter), isAlive(started)]).toEqual([false, false])
    }
  })

  test('without a link ties nothing: neither end takes the other along [GS-002]', async () => {
    const { puppet } = await stage()
    const starter = await puppet()
    const [one, other] = [
      await startOf(starter, { link: false }),
      await startOf(starter, { link: false }),
    ]
    exit(one, boom)
    exit(starter, boom)
    expect([isAlive(one), isAlive(starter), isAlive(other)]).toEqual([false, false, true])
    expect(await call(other, 'run', () => 'on its own')).toBe('on its own')
  })

  test('with a monitor gives that with the pid, and DOWN comes at the end [GS-002]', async () => {
    const { puppet, host, node } = await stage()
    for (const link of [true, false]) {
      const log: unknown[] = []
      const starter = await puppet(log)
      const started = await inside(starter, (context) => {
        context.trapExits(true)
        return context.start(child(puppetServer, []), { link, monitor: true })
      })
      if (!started.ok) throw new Error('not started')
      expect(node.statistics().monitors).toBe(1)
      exit(started.pid, boom)
      await host.settle()
      const told = link ? [{ exit: boom, from: started.pid }] : []
      expect(log).toEqual([...told, { down: boom, pid: started.pid }])
      expect(node.statistics().monitors).toBe(0)
    }
  })

  test('with a monitor tells the true reason of an end that comes at once [GS-002, PROC-050]', async () => {
    const { puppet, host } = await stage()
    const log: unknown[] = []
    const starter = await puppet(log)
    const brief = defineServer({
      name: 'brief',
      init: (_: undefined, { self }) => {
        send(self, 'end')
        return 0
      },
      info: (state) => stop(boom, state),
    })
    const started = await inside(starter, async (context) => {
      const start = await context.start(child(brief, undefined), { link: false, monitor: true })
      await host.settle()
      return start
    })
    if (!started.ok) throw new Error('not started')
    await host.settle()
    expect(isAlive(started.pid)).toBe(false)
    expect(log).toEqual([{ down: boom, pid: started.pid }])
  })

  test('takes the monitor back with the handle', async () => {
    const { puppet, host } = await stage()
    const log: unknown[] = []
    const starter = await puppet(log)
    await inside(starter, async (context) => {
      const started = await context.start(child(puppetServer, []), { monitor: true, link: false })
      if (started.ok) expect(context.demonitor(started.monitor)).toBe(true)
      if (started.ok) exit(started.pid, boom)
    })
    await host.settle()
    expect(log).toEqual([])
  })

  test('runs init in the new process, under the name it takes', async () => {
    const { puppet, names } = await stage()
    const starter = await puppet()
    const pid = await inside(starter, async (context) => {
      const started = await context.start(child(puppetServer, [], { name: names.via('x') }))
      return started.ok ? started.pid : undefined
    })
    expect(names.whereis('x')).toBe(pid)
  })

  test('hands on what init has to say', async () => {
    const { puppet } = await stage()
    const talker = defineServer({ name: 'talker', init: () => next(0, { startInfo: 4711 }) })
    const started = await inside(await puppet(), (context) => {
      return context.start(child(talker, undefined))
    })
    expect(started).toMatchObject({ ok: true, info: 4711 })
  })

  test('starts supervisors too, which end with their starter, children first', async () => {
    const { puppet, host, node } = await stage()
    const log: unknown[] = []
    const starter = await puppet()
    const before = node.statistics().processes
    const inner = supervisor({ name: 'inner', strategy: 'one_for_one' }, [
      child(trapping, { log, name: 'first' }, { id: 'first' }),
      child(trapping, { log, name: 'second' }, { id: 'second' }),
    ])
    await inside(starter, (context) => context.start(inner))
    expect(node.statistics().processes).toBe(before + 3)
    exit(starter, 'kill')
    await host.settle()
    expect(log).toEqual(['second shutdown', 'first shutdown'])
    expect(node.statistics().processes).toBe(before - 1)
  })
})

describe('the starter, as the parent', () => {
  test('ends a trapping process through terminate with its own reason [GS-064, GS-071]', async () => {
    const { start, names, host } = await stage()
    for (const reason of [normal, { kind: 'shutdown' } as const, boom]) {
      const log: unknown[] = []
      const starter = await start(puppet, [], { name: names.via('parent') })
      await inside(starter, (context) => context.start(child(trapping, { log, name: 'kid' })))
      await inside(starter, ({ self }) => exit(self, reason)).catch(() => undefined)
      await host.settle()
      expect(log).toEqual([`kid ${reason.kind}`])
      expect(names.whereis('parent')).toBeUndefined()
    }
  })

  test('is no parent to a process that it does not link: its signal is a message [GS-071]', async () => {
    const { puppet, host } = await stage()
    const log: unknown[] = []
    const starter = await puppet()
    const pid = await startOf(starter, { link: false }, log)
    await inside(pid, (context) => context.trapExits(true))
    await inside(starter, () => exit(pid, boom))
    await host.settle()
    expect(log).toEqual([{ exit: boom, from: starter }])
    expect(isAlive(pid)).toBe(true)
  })

  test('that ends normally leaves a process that does not trap exits alone', async () => {
    const { puppet } = await stage()
    const starter = await puppet()
    const pid = await startOf(starter)
    await inside(starter, ({ self }) => exit(self, 'normal')).catch(() => undefined)
    expect([isAlive(starter), isAlive(pid)]).toEqual([false, true])
    exit(pid, 'kill')
  })
})

describe('a start that fails', () => {
  const failures: readonly [string, () => unknown, object][] = [
    ['throws', () => raise(), { kind: 'init_failed', exit: { reason: { kind: 'crash' } } }],
    ['stops', () => stop(boom, 0), { kind: 'init_failed', exit: { reason: boom } }],
    ['chooses not to start', () => ignore(), { kind: 'ignored' }],
  ]
  test.each(failures)(
    'because init %s is a value, and nothing of it stays or ends the starter',
    async (_what, init, reason) => {
      const { puppet, host, node, names } = await stage()
      for (const isLate of [false, true]) {
        const log: unknown[] = []
        const starter = await puppet(log)
        const before = node.statistics()
        const late = (): unknown => Promise.resolve().then(init)
        const failing = defineServer({ name: 'failing', init: isLate ? late : init })
        const spec = child(failing, undefined, { name: names.via('failing') })
        const outcomes = await inside(starter, async (context) => [
          await context.start(spec, { monitor: true }),
          await context.start(spec, { link: false }),
        ])
        await host.settle()
        expect(outcomes).toMatchObject([
          { ok: false, reason },
          { ok: false, reason },
        ])
        const { processes, monitors, links, rows } = node.statistics()
        expect({ processes, monitors, links, rows }).toEqual({
          processes: before.processes,
          monitors: 0,
          links: 0,
          rows: before.rows,
        })
        expect([isAlive(starter), log]).toEqual([true, []])
      }
    },
  )

  test('because it was killed in its init is a value too', async () => {
    const { puppet, host, names } = await stage()
    const log: unknown[] = []
    const starter = await puppet(log)
    const hanging = defineServer({ name: 'hanging', init: () => new Promise(() => undefined) })
    const spec = child(hanging, undefined, { name: names.via('hanging') })
    const starting = inside(starter, (context) => context.start(spec, { monitor: true }))
    await host.settle()
    exit(names.whereis('hanging') as Pid, 'kill')
    expect(await starting).toMatchObject({ reason: { exit: { reason: { kind: 'killed' } } } })
    await host.settle()
    expect([isAlive(starter), log]).toEqual([true, []])
  })

  test('because its name is held gives the holder', async () => {
    const { puppet, start, names } = await stage()
    const holder = await start(puppetServer, [], { name: names.via('held') })
    const outcome = await inside(await puppet(), (context) => {
      return context.start(child(puppetServer, [], { name: names.via('held') }))
    })
    expect(outcome).toEqual({ ok: false, reason: { kind: 'already_started', pid: holder } })
  })

  test('because its starter ended meanwhile takes a linked process with it', async () => {
    const { puppet, host, node } = await stage()
    const before = node.statistics().processes
    for (const link of [true, false]) {
      const starter = await puppet()
      const go = gate()
      const slow = defineServer({ name: 'slow', init: () => go.opened.then(() => 0) })
      cast(starter, 'work', (context) => context.start(child(slow, undefined), { link }))
      await host.settle()
      exit(starter, boom)
      go.open()
      await host.settle()
      expect(node.statistics().processes).toBe(link ? before : before + 1)
    }
  })

  test('because code that a dead process left behind asked starts nobody', async () => {
    const { puppet, node, host } = await stage()
    const starter = await puppet()
    const contexts: Context[] = []
    await call(starter, 'run', (context) => contexts.push(context))
    exit(starter, boom)
    await host.settle()
    const before = node.statistics()
    for (const options of [{}, { link: false }, { monitor: true as const }]) {
      const outcome = await contexts[0]?.start(child(puppetServer, []), options)
      expect(outcome).toMatchObject({ ok: false, reason: { exit: { reason: boom } } })
    }
    await host.settle()
    expect(node.statistics()).toEqual(before)
  })

  test('because its init calls whoever waits for it is refused there, with the cycle', async () => {
    const { puppet } = await stage()
    const starter = await puppet()
    const entangled = defineServer({
      name: 'entangled',
      init: async (_: undefined) => {
        await call(starter, 'run', () => 0)
      },
    })
    for (const link of [true, false]) {
      const outcome = await inside(starter, (context) => {
        return context.start(child(entangled, undefined), { link })
      })
      expect(outcome).toMatchObject({
        reason: { exit: { reason: { error: { reason: { kind: 'calling_self' } } } } },
      })
    }
    expect(isAlive(starter)).toBe(true)
  })

  test('is refused at once for what is no specification and for wrong options', async () => {
    const { puppet } = await stage()
    const starter = await puppet()
    const codes = await inside(starter, (context) => {
      const spec = child(puppetServer, [])
      return [
        codeOf(() => context.start(5 as never)),
        codeOf(() => context.start(spec, { link: 1 } as never)),
        codeOf(() => context.start(spec, { monitor: 'yes' } as never)),
        codeOf(() => context.start(spec, { linked: false } as never)),
      ]
    })
    expect(codes).toEqual([
      argumentCodes.invalid_child,
      argumentCodes.invalid_option,
      argumentCodes.invalid_option,
      argumentCodes.unknown_option,
    ])
  })
})

describe('a process that belongs to the node', () => {
  test('ends with it, after the tree and without last words, and nothing is left', async () => {
    const { puppet, node, host } = await stage()
    const log: string[] = []
    const starter = await puppet()
    await inside(starter, async (context) => {
      for (const name of ['a', 'b']) {
        await context.start(child(trapping, { log, name }), { link: false })
      }
    })
    exit(starter, boom)
    await node.stop()
    expect(log).toEqual([])
    expect(node.statistics()).toMatchObject({
      ...{ processes: 0, deadlines: 0, monitors: 0, links: 0, queued: 0, deferred: 0 },
    })
    expect(host.pendingTimers).toBe(0)
  })

  test('is no reason for the node to end when it ends', async () => {
    const { puppet, node } = await stage()
    const starter = await puppet()
    const loose = await startOf(starter, { link: false })
    exit(loose, boom)
    expect(await call(starter, 'run', () => 'still here')).toBe('still here')
    expect(node.statistics().processes).toBeGreaterThan(1)
  })
})

test('churn of starts and ends leaves nothing [GS-002]', async () => {
  const { puppet, node, host } = await stage()
  const starter = await puppet()
  const idle = node.statistics()
  await inside(starter, async (context) => {
    context.trapExits(true)
    for (let round = 0; round < 300; round += 1) {
      const options = { link: round % 2 === 0, monitor: round % 3 === 0 }
      const started = await context.start(child(puppetServer, []), options)
      if (!started.ok) throw new Error('not started')
      exit(started.pid, round % 5 === 0 ? 'kill' : boom)
    }
  })
  await host.settle()
  const { processes, monitors, links, queued, deadlines } = node.statistics()
  expect({ processes, monitors, links, queued, deadlines }).toEqual({
    processes: idle.processes,
    ...{ monitors: 0, links: 0, queued: 0, deadlines: 0 },
  })
})

const puppetServer = puppet

/** Writes its name and its reason when it ends in order. */
const trapping = defineServer({
  name: 'trapping',
  init: (arg: { readonly log: unknown[]; readonly name: string }, context) => {
    context.trapExits(true)
    return arg
  },
  calls: { ping: (state) => reply('pong', state) },
  terminate: ({ log, name }, reason) => void log.push(`${name} ${reason.kind}`),
})

/** Starts a puppet from inside another. */
async function startOf(
  starter: Pid<any>,
  options: { readonly link?: boolean } = {},
  log: unknown[] = [],
) {
  const started = await inside(starter, (context) => {
    return context.start(child(puppetServer, log), options)
  })
  if (started.ok) return started.pid
  throw new Error(`not started: ${started.reason.kind}`)
}

function codeOf(work: () => unknown): unknown {
  try {
    work()
    return 'accepted'
  } catch (error) {
    return (error as { code?: unknown }).code
  }
}

function raise(): never {
  throw new Error('no start')
}
