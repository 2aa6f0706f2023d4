import {
  call,
  child,
  defineServer,
  dynamicSupervisor,
  ended,
  exit,
  ignore,
  isAlive,
  later,
  next,
  type Pid,
  reply,
  type StartRefusal,
  startNode,
  stop,
  supervisor,
  uniqueRegistry,
} from 'flotilla'
import { virtualHost } from 'flotilla/testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { gate, inside, puppet, stage } from '../process/stage.ts'

type Init = Parameters<typeof defineServer>[0]['init']

describe('init', () => {
  test('has the name of its process, and is over before the start is [GS-001, GS-004, VIA-002]', async () => {
    const { names, start } = await house()
    const seen: unknown[] = []
    const started = await start(async (_argument, context) => {
      await null
      seen.push(names.whereis('a') === context.self, names.count())
      return 1
    })
    expect(seen).toEqual([true, 1])
    expect(started).toEqual({ ok: true, pid: names.whereis('a') })
  })

  test('may give back the state alone, a promise of it, or a step with options [GS-006]', async () => {
    for (const init of [() => 1, async () => 1, () => next(1), async () => next(1)] as Init[]) {
      const { start, names } = await house()
      expect((await start(init)).ok).toBe(true)
      expect(await call(names.via('a'), 'get')).toBe(1)
    }
  })

  test('may ask for an idle time-out or a continuation at once [GS-006]', async () => {
    const { start, names, host, log } = await house()
    expect((await start(() => next(1, { idleTimeoutMs: 5 }))).ok).toBe(true)
    await host.advance(4)
    expect(log).toEqual([])
    await host.advance(1)
    expect(log).toEqual(['timeout'])
    exit(names.whereis('a') ?? fail(), 'kill')
    expect((await start(async () => next(1, { continueWith: ['add', 2] }))).ok).toBe(true)
    expect(await call(names.via('a'), 'get')).toBe(3)
  })

  test('may hand something over to whoever starts it, whatever that is', async () => {
    const info = { port: 4000 }
    for (const init of [
      () => next(1, { startInfo: info }),
      async () => next(1, { startInfo: info }),
    ]) {
      const { start, names } = await house()
      const started = await start(init)
      expect(started).toEqual({ ok: true, pid: names.whereis('a'), info })
      expect(started.ok && started.info).toBe(info)
    }
    const { start } = await house()
    expect(Object.keys(await start(() => next(1)))).toEqual(['ok', 'pid'])
  })

  test('may give back any value as state, also one that cannot be looked into', async () => {
    const hostile = new Proxy({}, { get: fail, has: fail, getPrototypeOf: fail })
    for (const state of [undefined, null, 0, '', () => 1, Symbol('s'), hostile]) {
      const { start, names } = await house()
      expect((await start(() => state)).ok).toBe(true)
      expect(await call(names.via('a'), 'has', state)).toBe(true)
    }
  })

  test('that ignores starts nothing: ended normally, no terminate, the name free [GS-007, VIA-009]', async () => {
    for (const init of [() => ignore(), async () => ignore()] as Init[]) {
      const { start, names, log, ends } = await house()
      expect(await start(init)).toEqual({ ok: false, reason: { kind: 'ignored' } })
      expect([names.count(), log, ends]).toEqual([0, [], [{ kind: 'normal' }]])
    }
  })

  test('that stops or throws fails the start with its reason and leaves nothing [GS-008, GS-011, GS-015, GS-063]', async () => {
    const [reason, error] = [{ kind: 'shutdown', detail: 'no' } as const, new Error('no')]
    const failing: [Init, unknown][] = [
      [() => stop(reason, 0), reason],
      [async () => stop(reason, 0), reason],
      [throwing(error), { kind: 'crash', error }],
      [async () => throwing(error)(), { kind: 'crash', error }],
      [() => Promise.reject(error), { kind: 'crash', error }],
      [() => next(0, { idleTimeoutMs: -5 }), { kind: 'crash', error: expect.any(Error) }],
      [() => next(0, { continueWith: ['x'] }), { kind: 'crash', error: expect.any(Error) }],
    ]
    for (const [init, expected] of failing) {
      const { start, names, node, log, ends } = await house()
      const { processes } = node.statistics()
      const refusal = await start(init).then(refusalOf)
      expect(refusal).toMatchObject({ kind: 'init_failed', exit: { reason: expected } })
      expect([names.count(), node.statistics().processes, log]).toEqual([0, processes, []])
      expect(ends).toMatchObject([expected])
      expect((await start(() => 1)).ok).toBe(true)
    }
  })

  test('that gives back a step no init may take fails the start and leaves nothing [GS-012, GS-015, VIA-009]', async () => {
    for (const junk of [reply(1, 2), later({ send: fail }, 1)] as unknown[]) {
      for (const init of [() => junk, async () => junk] as Init[]) {
        const { start, names, node, log } = await house()
        const { processes } = node.statistics()
        const refusal = await start(init).then(refusalOf)
        const reason = { kind: 'crash', error: { code: 'FLOTILLA_INVALID_STEP' } }
        expect(refusal).toMatchObject({ kind: 'init_failed', exit: { reason } })
        expect([names.count(), node.statistics().processes, log]).toEqual([0, processes, []])
        expect((await start(() => 1)).ok).toBe(true)
      }
    }
  })

  test('leaves its starter alone when it fails or ignores: no exit signal, no message [GS-007, GS-015]', async () => {
    const { puppet: another, host } = await stage()
    const failing: Init[] = [() => ignore(), () => stop({ kind: 'normal' }, 0), fail]
    for (const traps of [false, true]) {
      const log: unknown[] = []
      const starter = await another(log)
      for (const init of failing) {
        const spec = child(defineServer({ name: 'guest', init }), undefined)
        const started = await inside(starter, (context) => {
          context.trapExits(traps)
          return context.start(spec)
        })
        expect(started.ok).toBe(false)
      }
      await host.settle()
      expect([isAlive(starter), log]).toEqual([true, []])
    }
  })

  test('never runs for the losers of a race for a name, who learn who won [GS-005, VIA-004, VIA-005]', async () => {
    const { start, names } = await house()
    let inits = 0
    const init: Init = async () => {
      inits += 1
      await null
      return inits
    }
    const all = await Promise.all(Array.from({ length: 50 }, () => start(init)))
    const winner = names.whereis('a')
    expect([inits, all.filter((started) => started.ok).length]).toEqual([1, 1])
    const lost = { ok: false, reason: { kind: 'already_started', pid: winner } }
    expect(all.slice(1)).toEqual(Array(49).fill(lost))
  })

  test('never runs for a name that is taken, whoever starts it and however [GS-005, VIA-004, VIA-005]', async () => {
    const { start: begin, names, puppet: another, node } = await stage()
    const holder = await begin(puppet, [], { name: names.via('a') })
    const starter = await another()
    let inits = 0
    const init = () => {
      inits += 1
      return 0
    }
    const spec = child(defineServer({ name: 'late', init }), undefined, { name: names.via('a') })
    const { processes, started } = node.statistics()
    for (const link of [true, false]) {
      for (const monitor of [true, false]) {
        const late = await inside(starter, (context) => context.start(spec, { link, monitor }))
        expect(late).toEqual({ ok: false, reason: { kind: 'already_started', pid: holder } })
      }
    }
    expect([inits, node.statistics()]).toMatchObject([0, { processes, started, monitors: 0 }])
  })

  test('that is killed on the way fails the start at once, name free', async () => {
    const { start, names, node } = await house()
    const begun = gate<Pid>()
    const starting = start((_argument, context) => {
      begun.open(context.self)
      return new Promise(() => undefined)
    })
    exit(await begun.opened, 'kill')
    expect([names.count(), names.whereis('a')]).toEqual([0, undefined])
    expect(refusalOf(await starting)).toMatchObject({ exit: { reason: { kind: 'killed' } } })
    expect((await start(() => 1)).ok).toBe(true)
    expect(node.statistics().queued).toBe(0)
  })

  test('that went on after its process was killed changes nothing any more', async () => {
    const { start, names, node, host } = await house()
    const [begun, go, done] = [gate<Pid>(), gate(), gate()]
    const starting = start(async (_argument, context) => {
      begun.open(context.self)
      await go.opened
      done.open()
      return next(5, { idleTimeoutMs: 1 })
    })
    const first = await begun.opened
    exit(first, 'kill')
    await starting
    const second = await start(() => 2)
    go.open()
    await done.opened
    expect(second.ok && names.whereis('a') === second.pid).toBe(true)
    expect([await call(names.via('a'), 'get'), node.statistics().deadlines]).toEqual([2, 0])
    await host.settle()
    expect(isAlive(first)).toBe(false)
  })

  test('keeps messages that came during it for later, in order', async () => {
    const { start, names, log } = await house()
    const [begun, go] = [gate(), gate()]
    const starting = start(async () => {
      begun.open()
      await go.opened
      return 3
    })
    await begun.opened
    const early = call(names.via('a'), 'get')
    go.open()
    await starting
    expect([await early, log]).toEqual([3, []])
  })
})

describe('the start of a tree', () => {
  test('says which child failed and why, and leaves nothing behind', async () => {
    const log: string[] = []
    const fine = defineServer({
      name: 'fine',
      init: (_: undefined, context) => {
        context.trapExits(true)
        return 0
      },
      terminate: () => void log.push('fine stopped'),
    })
    const broken = defineServer({ name: 'broken', init: throwing(new Error('no database')) })
    const inner = supervisor({ name: 'inner', strategy: 'one_for_one' }, [child(broken, undefined)])
    const tree = supervisor({ name: 'tree', strategy: 'one_for_one' }, [
      child(fine, undefined),
      inner,
    ])
    const failed = await startNode(tree, { name: 'shop', host: virtualHost() }).catch(
      (e: unknown) => e,
    )
    expect(failed).toMatchObject({
      message: expect.stringMatching(
        /^Start of the node "shop" failed: .*"inner" .*"broken" .*Error: no database/,
      ),
      cause: { message: 'no database' },
    })
    expect(log).toEqual(['fine stopped'])
  })

  test('with a worker before its registry says so', async () => {
    const names = uniqueRegistry<string, any>({ name: 'names' })
    const worker = defineServer({ name: 'worker', init: () => 0 })
    const early = child(worker, undefined, { name: names.via('a') })
    const tree = supervisor({ name: 'tree', strategy: 'one_for_one' }, [early, names])
    await expect(startNode(tree, { host: virtualHost() })).rejects.toThrow(
      /"worker" did not start: .*registry "names" does not run on the node "local"/,
    )
  })

  test('on demand with a name of a registry that does not run is a refusal, not a disaster', async () => {
    const { workers, node } = await house()
    const never = uniqueRegistry<string, any>({ name: 'never' })
    const server = defineServer({ name: 'lost', init: () => 0 })
    const started = await workers.startChild(child(server, undefined, { name: never.via('x') }))
    expect(refusalOf(started)).toMatchObject({
      kind: 'init_failed',
      exit: { message: expect.stringContaining('put it into the tree') },
    })
    expect(node.statistics().processes).toBe(4)
  })
})

async function house() {
  const names = uniqueRegistry<string, any>({ name: 'names' })
  const workers = dynamicSupervisor({ name: 'workers' })
  const tree = supervisor({ name: 'tree', strategy: 'one_for_one' }, [names, workers])
  const host = virtualHost()
  const node = await startNode(tree, { name: 'house', host })
  onTestFinished(() => node.stop())
  const [log, ends]: [unknown[], unknown[]] = [[], []]
  const start = (init: Init) => {
    const server = defineServer({
      name: 'guest',
      init: (argument: undefined, context): unknown => {
        void ended(context.self).then((reason) => ends.push(reason))
        return init(argument, context)
      },
      calls: {
        get: (state) => reply(state, state),
        has: (state, value: unknown) => reply(state === value, state),
      },
      casts: { add: (state, more: number) => next(Number(state) + more) },
      timeout: (state) => {
        log.push('timeout')
        return next(state)
      },
      terminate: () => void log.push('terminate'),
    })
    const spec = child(server, undefined, { name: names.via('a'), restart: 'temporary' })
    return workers.startChild(spec)
  }
  return { node, host, names, workers, start, log, ends }
}

function refusalOf(started: { ok: boolean; reason?: StartRefusal }): StartRefusal | undefined {
  return started.reason
}

function throwing(error: unknown): () => never {
  return () => {
    throw error
  }
}

function fail(): never {
  throw new Error('not to be used')
}
