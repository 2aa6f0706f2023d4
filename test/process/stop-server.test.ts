import {
  type Address,
  argumentCodes,
  call,
  cast,
  child,
  defineServer,
  dynamicSupervisor,
  type Exit,
  type ExitReason,
  exit,
  fleet,
  isAlive,
  next,
  type Pid,
  processInfo,
  reply,
  startNode,
  stopServer,
  supervisor,
  table,
  tryCall,
  uniqueRegistry,
} from 'flotilla'
import { virtualHost } from 'flotilla/testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { gate, inside, puppet, stage } from './stage.ts'

const shutdown = { kind: 'shutdown' } as const
const boom = { kind: 'crash', error: 'boom' } as const

describe('stopServer', () => {
  test('resolves when the process is dead, with normal, by pid and by name [GS-072, SUP-072]', async () => {
    const { start, names, host } = await stage()
    const via = names.via('a')
    for (const addressOf of [(pid: Pid): Address => pid, () => via]) {
      const log: unknown[] = []
      const pid = await start(puppet, log, { name: via })
      const stopping = stopServer(addressOf(pid))
      expect(isAlive(pid)).toBe(true)
      await expect(stopping).resolves.toBeUndefined()
      expect([isAlive(pid), names.whereis('a')]).toEqual([false, undefined])
      expect(log).toEqual([{ terminate: { kind: 'normal' } }])
    }
    expect(host.pendingTimers).toBe(0)
  })

  test('ends it with the reason given, which its monitors see [GS-072]', async () => {
    const { puppet, host } = await stage()
    const downs: unknown[] = []
    const [watcher, pid] = [await puppet(downs), await puppet()]
    await inside(watcher, (context) => context.monitor(pid))
    const reason = { kind: 'shutdown', detail: 'maintenance' } as const
    await stopServer(pid, { reason })
    await host.settle()
    expect(downs).toEqual([{ down: reason, pid }])
  })

  test('has no time limit unless given one [GS-072]', async () => {
    const { start, host } = await stage()
    const done = gate()
    const pid = await start(lingering, done.opened)
    const settled = settledOf(stopServer(pid))
    await host.advance(1e9)
    expect([settled.isSettled, host.pendingTimers]).toEqual([false, 0])
    done.open()
    await host.settle()
    expect([settled.isSettled, isAlive(pid)]).toEqual([true, false])
  })

  test('is handled after the messages that were sent before it, and before those after', async () => {
    const { puppet } = await stage()
    const log: unknown[] = []
    const pid = await puppet(log)
    const go = gate()
    cast(pid, 'work', () => go.opened)
    cast(pid, 'note', 'before')
    const stopping = stopServer(pid)
    cast(pid, 'note', 'after')
    const late = tryCall(pid, 'run', () => 1)
    go.open()
    await stopping
    expect(log).toEqual(['before', { terminate: { kind: 'normal' } }])
    expect(await late).toMatchObject({ ok: false, exit: { reason: { kind: 'normal' } } })
  })

  test('gets through to a process whose mailbox is full for messages, up to a limit', async () => {
    const { start, node } = await stage()
    const log: string[] = []
    const pid = await start(narrow, log)
    const go = gate()
    cast(pid, 'hold', go.opened)
    await Promise.resolve()
    while (cast(pid, 'hold', undefined));
    const stops = Array.from({ length: 1024 }, () => settledOf(stopServer(pid)))
    const refused = await failureOf(stopServer(pid))
    expect(refused).toMatchObject({ reason: { kind: 'overload' } })
    go.open()
    await Promise.all(stops.map((each) => each.promise))
    expect(log).toEqual(['terminate'])
    expect(node.statistics().queued).toBe(0)
  })

  test('waits for an init that is not over, and is the first thing after it', async () => {
    const { start, names } = await stage()
    const go = gate()
    const log: string[] = []
    const slow = defineServer({
      name: 'slow',
      init: async () => {
        await go.opened
        log.push('started')
        return 0
      },
      terminate: () => void log.push('terminate'),
    })
    const starting = start(slow, undefined, { name: names.via('slow') })
    await Promise.resolve()
    const stopping = stopServer(names.via('slow'))
    go.open()
    await Promise.all([starting, stopping])
    expect(log).toEqual(['started', 'terminate'])
  })
})

describe('stopServer fails', () => {
  test('with noproc for one that has ended and for a free name [GS-073, VIA-016, DSUP-065]', async () => {
    const { puppet, names } = await stage()
    const pid = await puppet()
    exit(pid, 'kill')
    for (const address of [pid, names.via('nobody')]) {
      const failure = await failureOf(stopServer(address))
      expect(failure).toMatchObject({ reason: { kind: 'noproc' } })
      expect(failure.message).toMatch(/^Stop of .* failed: no process at/)
    }
  })

  test('with calling_self inside the process itself, by pid and by name [GS-073]', async () => {
    const { start, names } = await stage()
    const pid = await start(puppet, [], { name: names.via('me') })
    for (const address of [pid, names.via('me')]) {
      const failure = await inside(pid, () => failureOf(stopServer(address)))
      expect(failure).toMatchObject({ reason: { kind: 'calling_self' } })
    }
    expect(isAlive(pid)).toBe(true)
  })

  test('with calling_self for a process that waits for the caller', async () => {
    const { puppet } = await stage()
    const [boss, worker] = [await puppet(), await puppet()]
    const failure = await inside(boss, () => inside(worker, () => failureOf(stopServer(boss))))
    expect(failure).toMatchObject({ reason: { kind: 'calling_self' } })
    expect([isAlive(boss), isAlive(worker)]).toEqual([true, true])
  })

  test('with the reason it ended with if that is another [GS-074]', async () => {
    const { start } = await stage()
    const clumsy = await start(lingering, Promise.reject(new Error('clumsy')))
    expect(await failureOf(stopServer(clumsy))).toMatchObject({ reason: { kind: 'crash' } })
    const slow = await start(lingering, new Promise(() => undefined))
    const failing = failureOf(stopServer(slow))
    exit(slow, boom)
    expect(await failing).toMatchObject({ reason: boom })
  })

  test('with its reason if it ended before it came to it', async () => {
    const { puppet } = await stage()
    const pid = await puppet()
    cast(pid, 'work', () => new Promise(() => undefined))
    const [one, other] = [failureOf(stopServer(pid)), settledOf(stopServer(pid, { reason: boom }))]
    exit(pid, boom)
    expect(await one).toMatchObject({ reason: boom })
    await expect(other.promise).resolves.toBeUndefined()
  })

  test('with timeout when its time is over: only the caller gives up', async () => {
    const { start, host, node } = await stage()
    const done = gate()
    const pid = await start(lingering, done.opened)
    // The time-out must not be taken for an end with the very same words.
    const reason: ExitReason = { kind: 'timeout', afterMs: 50 }
    const failing = failureOf(stopServer(pid, { timeoutMs: 50, reason }))
    await host.advance(50)
    expect(await failing).toMatchObject({ reason: { kind: 'timeout', afterMs: 50 } })
    expect([isAlive(pid), node.statistics().deadlines]).toEqual([true, 0])
    done.open()
    await host.settle()
    expect(isAlive(pid)).toBe(false)
  })

  test('at once for a wrong option, and the server does not notice [GS-077]', async () => {
    const { puppet } = await stage()
    const log: unknown[] = []
    const pid = await puppet(log)
    for (const wrong of [{ timeoutMs: -1 }, { timeoutMs: '5' }, { timeOut: 5 }, { reason: 'x' }]) {
      expect(() => stopServer(pid, wrong as never)).toThrow(/^Cannot stop a process: /)
    }
    expect(() => stopServer(5 as never)).toThrow(
      expect.objectContaining({ code: argumentCodes.invalid_address }),
    )
    expect(await call(pid, 'run', () => 'alive')).toBe('alive')
    expect(log).toEqual([])
  })

  test('for code that a dead process left behind, which stops nobody', async () => {
    const { puppet } = await stage()
    const [left, pid] = [await puppet(), await puppet()]
    const go = gate()
    const told = gate<unknown>()
    cast(left, 'work', async () => {
      await go.opened
      told.open(await failureOf(stopServer(pid)))
    })
    await call(pid, 'run', () => 0)
    exit(left, boom)
    go.open()
    expect(await told.opened).toMatchObject({ reason: boom })
    expect(isAlive(pid)).toBe(true)
  })
})

describe('stopping a process that stands above others', () => {
  test('stops its children in order before it ends [DSUP-065, SUP-072]', async () => {
    const log: string[] = []
    const host = virtualHost()
    const inner = supervisor({ name: 'inner', strategy: 'one_for_one' }, [
      child(talking, { name: 'first', log }, { id: 'first' }),
      child(talking, { name: 'second', log }, { id: 'second' }),
    ])
    const loose = dynamicSupervisor({ name: 'loose' })
    const names = uniqueRegistry({ name: 'names' })
    const rows = table({ name: 'rows' })
    const workers = fleet(talking, { name: 'crew', key: ({ name }) => name })
    const all = [inner, loose, names, rows, workers]
    const root = supervisor({ name: 'root', strategy: 'one_for_one', maxRestarts: 9 }, all)
    const node = await startNode(root, { host, name: 'stopping' })
    onTestFinished(() => node.stop())
    await loose.startChild(child(talking, { name: 'dynamic', log }))
    await workers.start({ name: 'kept', log })
    const said: Record<string, readonly string[]> = {}
    for (const { id, pid } of root.whichChildren()) {
      if (pid === undefined || pid === 'restarting') throw new Error('not there')
      log.length = 0
      await stopServer(pid, { reason: shutdown })
      expect(isAlive(pid)).toBe(false)
      said[id ?? ''] = [...log]
    }
    expect(said).toEqual({
      inner: ['second', 'first'],
      loose: ['dynamic'],
      names: [],
      rows: [],
      crew: ['kept'],
    })
    await host.advance(100)
    expect(root.countChildren().active).toBe(5)
    expect(workers.whereis('kept')).toBeDefined()
    expect(loose.countChildren().active).toBe(0)
  })

  test.each(['the root', 'what stands above it'])('ends the node if it is %s', async (which) => {
    const log: string[] = []
    const leaves: Pid[] = []
    const leaf = defineServer({
      name: 'leaf',
      init: (_: undefined, { self }) => {
        leaves.push(self)
        return 0
      },
    })
    const children = [child(leaf, undefined), child(talking, { name: 'only', log })]
    const root = supervisor({ name: 'root', strategy: 'one_for_one' }, children)
    const host = { ...virtualHost(), warn: () => undefined }
    const node = await startNode(root, { name: 'over', host })
    const ancestors = leaves[0] === undefined ? [] : (processInfo(leaves[0])?.ancestors ?? [])
    const pid = ancestors[which === 'the root' ? 0 : 1]
    if (pid === undefined) throw new Error('not there')
    await stopServer(pid, { reason: boom })
    expect(await node.ended).toEqual(boom)
    expect(log).toEqual(['only'])
    expect(node.statistics()).toMatchObject({ processes: 0, deadlines: 0, monitors: 0 })
  })

  test('lets its supervisor restart a child as its restart type says [DSUP-065]', async () => {
    const { names, start } = await stage()
    const outcomes: boolean[] = []
    for (const restart of ['permanent', 'transient', 'temporary'] as const) {
      for (const reason of [{ kind: 'normal' } as const, boom]) {
        const key = `${restart} ${reason.kind}`
        const pid = await start(puppet, [], { name: names.via(key), restart })
        await stopServer(pid, { reason })
        await Promise.resolve()
        await tryCall(names.via(key), 'run', () => 0)
        outcomes.push(names.whereis(key) !== undefined)
      }
    }
    expect(outcomes).toEqual([true, true, false, true, false, false])
  })
})

/** Says its last words for as long as it is told. */
const lingering = defineServer({
  name: 'lingering',
  init: (done: Promise<unknown>) => {
    done.catch(() => undefined)
    return { done }
  },
  terminate: async ({ done }) => {
    await done
  },
})

const narrow = defineServer({
  name: 'narrow',
  maxMailboxSize: 2,
  init: (log: string[]) => log,
  calls: { ping: (log) => reply('pong', log) },
  casts: {
    hold: async (log, until: Promise<void> | undefined) => {
      await until
      return next(log)
    },
  },
  terminate: (log) => void log.push('terminate'),
})

/** Says its name as its last word. */
const talking = defineServer({
  name: 'talking',
  init: (arg: { readonly name: string; readonly log: string[] }, context) => {
    context.trapExits(true)
    return arg
  },
  terminate: ({ name, log }) => void log.push(name),
})

function settledOf(promise: Promise<void>) {
  const seen = { isSettled: false, promise }
  const settle = (): void => {
    seen.isSettled = true
  }
  promise.then(settle, settle)
  return seen
}

function failureOf(promise: Promise<unknown>): Promise<Exit> {
  return promise.then(
    () => Promise.reject(new Error('it did not fail')),
    (error) => error,
  )
}
