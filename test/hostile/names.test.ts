/**
 * Hostile names: keys that change, names that are data, registries that are elsewhere.
 */
import {
  call,
  child,
  defineServer,
  dynamicSupervisor,
  exit,
  fleet,
  type Key,
  type Node,
  type ProtocolOf,
  reply,
  startNode,
  supervisor,
  table,
  type UniqueRegistry,
  uniqueRegistry,
} from 'flotilla'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { hostileValues } from './hostile-values.ts'
import { attempt, disguise, inside, openStage, Probe, type Stage } from './stage.ts'

type ProbeProtocol = ProtocolOf<typeof Probe>
const temporary = { restart: 'temporary' } as const

let stage: Stage

beforeEach(async () => {
  stage = await openStage()
})

afterEach(() => stage.node.stop())

function startNamed(registry: UniqueRegistry<string, ProbeProtocol>, key: string) {
  const spec = child(Probe, 0, { name: registry.via(key), restart: 'temporary' })
  return stage.dynamic.startChild(spec)
}

describe('a key that is an array', () => {
  const lists = () => {
    const workers = fleet(Probe, { name: 'lists', key: (id: readonly string[]) => id })
    const names = uniqueRegistry<readonly string[], ProbeProtocol>({ name: 'list names' })
    const rows = table<readonly string[], number>({ name: 'list rows' })
    const children = dynamicSupervisor({ name: 'children' })
    return { workers, names, rows, children }
  }

  async function start(parts: ReturnType<typeof lists>): Promise<Node> {
    const { workers, names, rows, children } = parts
    const root = supervisor({ name: 'root', strategy: 'one_for_one' }, [
      names,
      rows,
      children,
      workers,
    ])
    return startNode(root, { host: stage.host })
  }

  test('may change afterwards without changing the name of a worker', async () => {
    const parts = lists()
    const node = await start(parts)
    const key = ['a']
    const pid = await parts.workers.ensure(key)
    key[0] = 'b'
    expect(parts.workers.whereis(['a'])).toBe(pid)
    expect(parts.workers.whereis(['b'])).toBeUndefined()
    expect([...parts.workers.keys()]).toEqual([['a']])
    expect(await parts.workers.stop(['a'])).toBe(true)
    expect(node.statistics().rows).toEqual(expect.objectContaining({ 'table list rows': 0 }))
    expect(parts.workers.counts().desired).toBe(0)
    await node.stop()
  })

  test('may change afterwards without changing who holds a name or a row', async () => {
    const parts = lists()
    const node = await start(parts)
    const key = ['a']
    const name = parts.names.via(key)
    parts.rows.save(key, 1)
    key[0] = 'b'
    const spec = child(Probe, 0, { name, restart: 'temporary' })
    const started = await parts.children.startChild(spec)
    expect(started.ok && parts.names.whereis(['a'])).toBe(started.ok && started.pid)
    expect([parts.rows.load(['a']), parts.rows.load(['b'])]).toEqual([1, undefined])
    expect([...parts.rows.entries()]).toEqual([[['a'], 1]])
    if (started.ok) exit(started.pid, 'kill')
    expect(parts.names.count()).toBe(0)
    await node.stop()
  })

  test('cannot be changed through what a registry gives back', async () => {
    const parts = lists()
    const node = await start(parts)
    await parts.workers.ensure(['a'])
    const [held] = parts.workers.keys()
    expect(Object.isFrozen(held)).toBe(true)
    expect(Object.isFrozen(parts.names.via(['x']).key)).toBe(true)
    await node.stop()
  })
})

describe('keys that look alike', () => {
  test('are different names', async () => {
    const rows = table<Key, string>({ name: 'alike' })
    const root = supervisor({ name: 'root', strategy: 'one_for_one' }, [rows])
    const node = await startNode(root, { host: stage.host })
    const alike: readonly Key[] = [
      ...[1, '1', 1n, ['1'], [1], [[1]], true, 'true', [], [[]], '', ' ', '0', 0, 0n, false],
      ...['caf\u00e9', 'cafe\u0301', '__proto__', 'constructor', 'n1;', 's1:1', 'i1;', 't', '[]'],
    ]
    for (const [index, key] of alike.entries()) rows.save(key, `row ${index}`)
    expect(rows.size).toBe(alike.length)
    expect(alike.map((key) => rows.load(key))).toEqual(alike.map((_, index) => `row ${index}`))
    expect(rows.load(-0)).toBe(rows.load(0))
    await node.stop()
  })
})

describe('a message of any name', () => {
  const texts = hostileValues.map(({ make }) => make()).filter((value) => typeof value === 'string')
  const handlers = Object.fromEntries(texts.map((text) => [text, (n: number) => reply(text, n)]))
  const server = defineServer({ name: 'any name', init: (_: void) => 0, calls: handlers })

  test('is handled, and only by its handler', async () => {
    const started = await stage.dynamic.startChild(child(server, undefined, temporary))
    if (!started.ok) throw new Error('not started')
    for (const text of texts) expect(await call(started.pid, disguise(text))).toBe(text)
    for (const text of ['hasOwn', 'valueOf', '__defineGetter__']) {
      expect(() => call(started.pid, disguise(text))).toThrow(/has no call/)
    }
  })

  test('is named in one line where it is refused', async () => {
    for (const text of texts) {
      expect(() => call(stage.probe, disguise(text))).toThrow(/^Cannot call: server "probe" has no/)
    }
    const refused = attempt(() => defineServer({ name: 'x', init: () => 0, calls: broken }))
    expect(refused).toMatchObject({ threw: { code: 'FLOTILLA_INVALID_OPTION' } })
    expect(JSON.stringify(refused)).not.toMatch(/\\u001b/)
  })

  const broken: never = disguise({ '\u001b[31m\n': 'no handler' })
})

describe('a name that is taken', () => {
  test('is a value with the pid of its holder, and nothing is started', async () => {
    const first = await startNamed(stage.users, 'u1')
    const before = stage.node.statistics()
    const second = await startNamed(stage.users, 'u1')
    expect(second).toEqual({
      ok: false,
      reason: { kind: 'already_started', pid: first.ok ? first.pid : undefined },
    })
    expect(stage.node.statistics()).toEqual({ ...before, sent: before.sent + 1 })
  })

  test('is free in the turn in which its holder ends', async () => {
    const first = await startNamed(stage.users, 'u1')
    if (first.ok) exit(first.pid, 'kill')
    expect(stage.users.lookup('u1')).toEqual([])
    expect(await startNamed(stage.users, 'u1')).toMatchObject({ ok: true })
  })
})

describe('a via that is plain data', () => {
  test('leads inside a process to the registry of its node', async () => {
    const started = await startNamed(stage.users, 'u1')
    const plain = structuredClone({ ...stage.users.via('u1') })
    const found = await inside(stage, (context) => context.monitor(plain))
    expect(found).toMatchObject({ value: { id: expect.any(Number) } })
    expect(stage.node.statistics().monitors).toBeGreaterThan(0)
    expect(started.ok).toBe(true)
  })

  test('names a child only where its registry is known', async () => {
    const plain = { registry: 'users', key: 'u2' }
    expect(() => child(Probe, 0, { name: plain })).toThrow(
      /nothing here knows the registry "users"/,
    )
    const spec = await inside(stage, () => child(Probe, 0, { name: plain, restart: 'temporary' }))
    const made: unknown = Object.getOwnPropertyDescriptor(Object(spec), 'value')?.value
    expect(await stage.dynamic.startChild(Object(made))).toMatchObject({ ok: true })
    expect(stage.users.whereis('u2')).toBeDefined()
  })
})

describe('a name in a registry that is not here', () => {
  const nowhere = uniqueRegistry<string, ProbeProtocol>({ name: 'nowhere' })

  test('is a failed start that leaves no trace, and no harm', async () => {
    const before = stage.node.statistics()
    const refused = await startNamed(nowhere, 'u1')
    expect(refused).toMatchObject({ ok: false, reason: { kind: 'init_failed' } })
    expect(stage.node.statistics()).toEqual({ ...before, sent: before.sent + 1 })
    expect(await call(stage.probe, 'plain', 1)).toBe('plain')
  })

  test('may not be taken on another node than that of the registry', async () => {
    const other = await openStage()
    const refused = await startNamed(other.users, 'u1')
    expect(refused).toMatchObject({ ok: false, reason: { kind: 'init_failed' } })
    expect(other.users.count()).toBe(0)
    await other.node.stop()
  })

  test('ends a restart and not the node', async () => {
    const registry = uniqueRegistry<string, ProbeProtocol>({ name: 'short lived' })
    const life = supervisor({ name: 'life', strategy: 'one_for_one', restart: 'temporary' }, [
      registry,
    ])
    await stage.dynamic.startChild(life)
    const worker = await startNamed(registry, 'w')
    expect(worker.ok).toBe(true)
    const [info] = stage.dynamic.whichChildren().slice(-2)
    if (typeof info?.pid === 'object') exit(info.pid, 'shutdown')
    await stage.host.settle()
    expect(await call(stage.probe, 'plain', 1)).toBe('plain')
  })

  test('is an error to look up and to call, and a silence to cast to', () => {
    expect(() => nowhere.whereis('x')).toThrow(/was never started/)
    expect(() => call(nowhere.via('x'), 'plain', 1)).toThrow(/was never started/)
    expect(() => nowhere.count()).toThrow(/was never started/)
  })
})
