/**
 * Hostile child specifications, listeners, signals and reasons.
 */
import {
  type ChildSpec,
  call,
  child,
  type DynamicSupervisor,
  defineServer,
  dynamicSupervisor,
  Exit,
  type ExitReason,
  ended,
  exit,
  formatPid,
  isAlive,
  next,
  type RegistryEvent,
  reply,
  startNode,
  supervisor,
  tryCall,
  watchEvents,
} from 'flotilla'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { hostileValues } from './hostile-values.ts'
import { disguise, inside, openStage, Probe, type Stage, startProbe } from './stage.ts'

let stage: Stage

beforeEach(async () => {
  stage = await openStage()
})

afterEach(async () => {
  expect(await call(stage.probe, 'plain', 1)).toBe('plain')
  await stage.node.stop()
})

const strategy = 'one_for_one'
const temporary = { restart: 'temporary' } as const

describe('a tree', () => {
  test('with two children of one id is refused before any child runs', () => {
    let started = 0
    const server = defineServer({ name: 'twin', init: () => (started += 1) })
    const twins = [child(server, undefined), child(server, undefined)]
    expect(() => supervisor({ name: 'x', strategy }, twins)).toThrow(
      /two children have the id "twin"/,
    )
    expect(started).toBe(0)
  })

  test('with the same handle in two places does not start, and leaves nothing behind', async () => {
    const shared = dynamicSupervisor({ name: 'shared' })
    const left = supervisor({ name: 'left', strategy }, [shared])
    const right = supervisor({ name: 'right', strategy }, [shared])
    const root = supervisor({ name: 'root', strategy }, [left, right])
    const started = startNode(root, { host: stage.host })
    await expect(started).rejects.toThrow(/Cannot start dynamic supervisor "shared": it is running/)
    const again = await startNode(shared, { host: stage.host })
    await again.stop()
  })

  test('of a hundred levels and of ten thousand children starts and stops', async () => {
    let inner: ChildSpec = child(Probe, 0)
    for (let level = 0; level < 100; level += 1) {
      inner = supervisor({ name: `level ${level}`, strategy }, [inner])
    }
    const many = Array.from({ length: 10_000 }, (_, index) => child(Probe, 0, { id: `c${index}` }))
    const wide = supervisor({ name: 'wide', strategy }, many)
    const root = supervisor({ name: 'root', strategy }, [inner, wide])
    const node = await startNode(root, { host: stage.host })
    expect(node.statistics().processes).toBe(10_104)
    await node.stop()
    expect(node.statistics()).toMatchObject({ processes: 0, deadlines: 0, queued: 0 })
  })
})

describe('a dynamic supervisor', () => {
  async function startDynamic(options: { readonly maxChildren?: number }) {
    const dynamic = dynamicSupervisor({ name: 'inner', ...options })
    const node = await startNode(dynamic, { host: stage.host })
    return { dynamic, node }
  }

  test('that may have no children refuses the first one with a value', async () => {
    const { dynamic, node } = await startDynamic({ maxChildren: 0 })
    const before = node.statistics()
    expect(await dynamic.startChild(child(Probe, 0))).toEqual({
      ok: false,
      reason: { kind: 'max_children' },
    })
    expect(node.statistics()).toEqual({ ...before, sent: before.sent + 1 })
    await node.stop()
  })

  test('gives no answer that its other users share', async () => {
    const { dynamic, node } = await startDynamic({ maxChildren: 0 })
    const refused = await dynamic.startChild(child(Probe, 0))
    expect(() => Object.assign(refused, { ok: true })).toThrow(TypeError)
    expect(await dynamic.startChild(child(Probe, 0))).toMatchObject({ ok: false })
    await node.stop()
  })

  test('does not know the children of others, nor pids of the dead', async () => {
    const { dynamic, node } = await startDynamic({})
    expect(await dynamic.terminateChild(stage.probe)).toBe(false)
    exit(stage.victim, 'kill')
    expect(await stage.dynamic.terminateChild(stage.victim)).toBe(false)
    await node.stop()
    await expectDown(dynamic)
  })

  test('terminates a child whose pid was written out as data', async () => {
    const pid = structuredClone({ ...stage.victim })
    const asked = await inside(stage, () => [stage.dynamic.terminateChild(pid)])
    expect(await promiseIn(asked)).toBe(true)
    expect(isAlive(stage.victim)).toBe(false)
  })

  test('that is stopping answers whoever asks it to start a child', async () => {
    const { dynamic, node } = await startDynamic({})
    const stopping = node.stop()
    const asked = dynamic.startChild(child(Probe, 0)).catch((error: unknown) => error)
    await stopping
    expect(await asked).toBeInstanceOf(Exit)
  })
})

async function expectDown(dynamic: DynamicSupervisor): Promise<void> {
  await expect(dynamic.startChild(child(Probe, 0))).rejects.toBeInstanceOf(Exit)
  expect(() => dynamic.countChildren()).toThrow(Exit)
}

function promiseIn(attempted: unknown): unknown {
  const value: unknown = Object.getOwnPropertyDescriptor(Object(attempted), 'value')?.value
  return Array.isArray(value) ? value[0] : undefined
}

describe('a listener of names', () => {
  test('that throws, stops others or listens anew disturbs nobody', async () => {
    const heard: string[] = []
    const failures: string[] = []
    const feed = watchEvents((event) => failures.push(event.kind))
    const late: { stop(): void }[] = []
    const broken = stage.users.watch(() => {
      late.push(stage.users.watch(() => undefined))
      throw new Error('broken listener')
    })
    const stopped = stage.users.watch(() => heard.push('stopped'))
    const stopping = stage.users.watch(() => stopped.stop())
    const last = stage.users.watch((event: RegistryEvent) => heard.push(event.kind))
    const name = stage.users.via('u1')
    const started = await stage.dynamic.startChild(child(Probe, 0, { ...temporary, name }))
    if (started.ok) exit(started.pid, 'kill')
    await stage.host.settle()
    for (const watch of [broken, stopping, stopped, last, feed, ...late]) watch.stop()
    expect(heard.filter((kind) => kind !== 'stopped')).toEqual(['register', 'unregister'])
    expect(failures).toContain('listener_failed')
  })

  test('cannot change what the next one hears', async () => {
    const first = stage.users.watch((event) => {
      expect(() => Object.assign(event, { kind: 'unregister', key: 'other' })).toThrow(TypeError)
    })
    const heard: RegistryEvent[] = []
    const second = stage.users.watch((event) => heard.push(event))
    const name = stage.users.via('u1')
    await stage.dynamic.startChild(child(Probe, 0, { ...temporary, name }))
    await stage.host.settle()
    first.stop()
    second.stop()
    expect(heard).toEqual([{ kind: 'register', key: 'u1', pid: stage.users.whereis('u1') }])
  })
})

describe('names that are walked while they change', () => {
  test('are those that are held at the time, each once', async () => {
    for (const id of ['a', 'b', 'c']) await stage.games.ensure(id)
    const seen: string[] = []
    for (const key of stage.games.keys()) {
      const pid = stage.games.whereis(key)
      seen.push(key)
      if (pid !== undefined) exit(pid, 'kill')
    }
    expect(seen).toEqual(['g1', 'a', 'b', 'c'])
    await stage.host.settle()
    expect([...stage.games.keys()].toSorted()).toEqual(['a', 'b', 'c', 'g1'])
  })
})

describe('a reason', () => {
  test('that many hear of can be changed by none of them', async () => {
    const told: ExitReason[] = []
    const watch = watchEvents((event) => {
      if (event.kind !== 'process_ended') return
      told.push(event.reason)
      expect(() => Object.assign(event.reason, { kind: 'normal' })).toThrow(TypeError)
    })
    await tryCall(stage.victim, 'fail', 1)
    const killed = await startProbe(stage.dynamic)
    exit(killed, 'kill')
    exit(await startProbe(stage.dynamic), { kind: 'shutdown' })
    watch.stop()
    expect(told.map(({ kind }) => kind)).toEqual(['crash', 'killed', 'shutdown'])
  })

  test('is read once, so that it cannot change after the check', () => {
    const reads: string[] = []
    const tricky = {
      get kind() {
        reads.push('kind')
        return reads.length > 1 ? 'crash' : 'normal'
      },
    }
    exit(stage.victim, disguise(tricky))
    expect([reads, isAlive(stage.victim)]).toEqual([['kind'], true])
  })

  test('with a hostile detail or error travels as it is, and can be put into words', async () => {
    for (const { label, make } of hostileValues) {
      for (const kind of ['shutdown', 'crash', 'aborted'] as const) {
        const part = make()
        const victim = await startProbe(stage.dynamic)
        const over = ended(victim)
        exit(victim, disguise({ kind, detail: part, error: part }))
        const reason = await over
        expect(reason.kind, label).toBe(kind)
        expect(new Exit(reason).message.length, label).toBeLessThan(1500)
      }
    }
  })

  test('with parts that could disguise a line is escaped in messages', () => {
    const evil = '\u001b[2J\nall is well\u202e'
    const reasons: readonly ExitReason[] = [
      { kind: 'noproc', address: evil },
      { kind: 'nodedown', node: evil },
      { kind: 'calling_self', cycle: [evil, evil] },
      { kind: 'crash', error: 'x'.repeat(1_000_000) },
    ]
    for (const reason of reasons) {
      const { message } = new Exit(reason)
      expect(message).not.toMatch(/[\p{Cc}\u202e]/u)
      expect(message.length).toBeLessThan(500)
    }
  })
})

describe('code that listens to the end of its process', () => {
  const Listening = defineServer({
    name: 'listening',
    init: (onAbort: () => void, context) => {
      context.signal.addEventListener('abort', onAbort)
      return 0
    },
    casts: { work: (state) => next(state) },
  })

  test('may use everything, and nothing it starts outlives it', async () => {
    const log: unknown[] = []
    const started = await stage.dynamic.startChild(
      child(
        Listening,
        () => {
          log.push(isAlive(stage.probe), stage.users.lookup('x'))
          exit(stage.victim, 'kill')
          void tryCall(stage.probe, 'plain', 1)
        },
        temporary,
      ),
    )
    if (started.ok) exit(started.pid, 'kill')
    expect(log).toEqual([true, []])
    expect(started.ok && formatPid(started.pid)).toMatch(/^<stage\.\d+\.\d+>$/)
    await stage.host.settle()
  })
})

describe('many of everything', () => {
  test('monitors, links and timers are gone with their process', async () => {
    const Busy = defineServer({
      name: 'busy',
      init: (_: void) => 0,
      calls: {
        load: (state, count: number, context) => {
          for (let index = 0; index < count; index += 1) {
            context.monitor(stage.probe)
            context.after(1000 + index, 'tick')
          }
          context.link(stage.probe)
          context.unlink(stage.probe)
          return reply(count, state)
        },
      },
      casts: { tick: (state) => next(state) },
    })
    const before = stage.node.statistics()
    const started = await stage.dynamic.startChild(child(Busy, undefined, temporary))
    if (!started.ok) throw new Error('not started')
    expect(await call(started.pid, 'load', 100_000)).toBe(100_000)
    expect(stage.node.statistics()).toMatchObject({ monitors: before.monitors + 100_000 })
    exit(started.pid, 'kill')
    const { monitors, deadlines, links } = before
    expect(stage.node.statistics()).toMatchObject({ monitors, deadlines, links })
  })

  test('a monitor is taken back once', async () => {
    const twice = await inside(stage, (context) => {
      const monitor = context.monitor(stage.victim)
      return [context.demonitor(monitor), context.demonitor(monitor, { flush: true })]
    })
    expect(twice).toEqual({ value: [true, false] })
    const dead = stage.victim
    exit(dead, 'kill')
    const unlinked = await inside(stage, (context) => context.unlink(dead))
    expect(unlinked).toEqual({ value: undefined })
    await expect(inside(stage, (context) => context.link(dead))).rejects.toBeInstanceOf(Exit)
  })
})
