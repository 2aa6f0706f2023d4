/**
 * The package in hostile company: a second copy of it, prototypes that others have changed.
 */
import { afterEach, describe, expect, test, vi } from 'vitest'

type Flotilla = typeof import('flotilla')

/** A copy of the package that shares nothing with the others. */
async function freshCopy(): Promise<Flotilla> {
  vi.resetModules()
  return import('flotilla')
}

afterEach(() => vi.resetModules())

function treeOf({ defineServer, fleet, reply, stop, supervisor }: Flotilla) {
  const counter = defineServer({
    name: 'counter',
    init: (id: string) => ({ id, count: 0 }),
    calls: {
      add: (state, by: number) =>
        reply(state.count + by, { id: state.id, count: state.count + by }),
      end: (state) => stop({ kind: 'normal' }, state, state.count),
      fail: (): never => {
        throw new Error('failed')
      },
    },
  })
  const counters = fleet(counter, { name: 'counters', key: (id: string) => id })
  return { counters, root: supervisor({ name: 'root', strategy: 'one_for_one' }, [counters]) }
}

describe('two copies of the package', () => {
  test('know each other by their errors', async () => {
    const [one, other] = [await freshCopy(), await freshCopy()]
    expect(one.Exit).not.toBe(other.Exit)
    const exit = new other.Exit({ kind: 'noproc', address: 'x' })
    expect([one.Exit.is(exit), exit instanceof one.Exit]).toEqual([true, false])
    const refusal = attempt(() => other.child(trap(), 0 as never))
    expect([one.ArgumentError.is(refusal), refusal instanceof one.ArgumentError]).toEqual([
      true,
      false,
    ])
    expect([one.Exit.is(refusal), one.ArgumentError.is(exit)]).toEqual([false, false])
  })

  test('refuse the handles of each other with an ArgumentError', async () => {
    const [one, other] = [await freshCopy(), await freshCopy()]
    const { counters, root } = treeOf(other)
    const node = await other.startNode(root)
    const pid = await counters.ensure('c1')
    const uses = [
      () => one.call(pid, 'add', 1),
      () => one.cast(counters.via('c1'), 'add' as never),
      () => one.exit(pid, 'kill'),
      () => one.isAlive(pid),
      () => one.supervisor({ name: 'x', strategy: 'one_for_one' }, [counters]),
    ]
    for (const use of uses) expect(one.ArgumentError.is(attempt(use))).toBe(true)
    expect(await counters.call('c1', 'add', 1)).toBe(1)
    await node.stop()
  })

  test('run side by side and share one feed of events', async () => {
    const [one, other] = [await freshCopy(), await freshCopy()]
    const heard: string[] = []
    const watch = one.watchEvents((event) => heard.push(`${event.node} ${event.kind}`))
    const nodes = await Promise.all([
      one.startNode(treeOf(one).root, { name: 'first' }),
      other.startNode(treeOf(other).root, { name: 'second' }),
    ])
    for (const node of nodes) await node.stop()
    watch.stop()
    expect(heard).toContain('first node_ended')
    expect(heard).toContain('second node_ended')
  })

  test('wait for what the other one does like for any promise', async () => {
    const [one, other] = [await freshCopy(), await freshCopy()]
    const here = treeOf(one)
    const there = treeOf(other)
    const nodes = [await one.startNode(here.root), await other.startNode(there.root)]
    await here.counters.ensure('a')
    await there.counters.ensure('a')
    const failed = await there.counters.call('a', 'fail').catch((error: unknown) => error)
    expect(one.Exit.is(failed) && failed.reason.kind).toBe('crash')
    expect(await here.counters.call('a', 'add', 2)).toBe(2)
    for (const node of nodes) await node.stop()
  })
})

function attempt(use: () => unknown): unknown {
  try {
    return use()
  } catch (error) {
    return error
  }
}

function trap(): never {
  return {} as never
}

describe('prototypes that somebody has added to', () => {
  /** What careless polyfills leave on every object; few enough for the test runner to bear. */
  const polyfills = { polluted: 'yes', extend: () => ({}), isAdmin: true }
  /** The names of what the runtime puts into objects of its own. */
  const names = ['kind', 'step', 'id', 'size', 'error', 'detail', 'payload', 'options', 'reason']
  const stolen = Object.fromEntries(names.map((name) => [name, 'stolen']))

  test.each([true, false])('change nothing if they were there first (%s)', async (enumerable) => {
    const used = await withAdditions(polyfills, enumerable, async () => {
      return useFleet(await freshCopy())
    })
    expect(used).toEqual([1, 3, 'crash', 8])
  })

  test.each([true, false])('change nothing if they come later (%s)', async (enumerable) => {
    const copy = await freshCopy()
    const used = await withAdditions({ ...polyfills, ...stolen }, enumerable, () => useFleet(copy))
    expect(used).toEqual([1, 3, 'crash', 8])
  })

  test('and look like wrong options are one clear error', async () => {
    const copy = await freshCopy()
    const used = withAdditions({ shutdownMs: 'stolen' }, true, () => useFleet(copy))
    await expect(used).rejects.toThrow(/option "shutdownMs" is "stolen"/)
  })
})

async function withAdditions<T>(
  additions: Readonly<Record<string, unknown>>,
  enumerable: boolean,
  use: () => Promise<T>,
): Promise<T> {
  for (const [name, value] of Object.entries(additions)) {
    const descriptor = { value, enumerable, configurable: true, writable: true }
    Object.defineProperty(Object.prototype, name, descriptor)
  }
  try {
    return await use()
  } finally {
    for (const name of Object.keys(additions)) Reflect.deleteProperty(Object.prototype, name)
  }
}

/** A fleet at work: two calls, a crash, and a worker that is back. */
async function useFleet(copy: Flotilla): Promise<unknown[]> {
  const { counters, root } = treeOf(copy)
  const node = await copy.startNode(root)
  await counters.ensure('c1')
  const first = await counters.call('c1', 'add', 1)
  const second = await counters.call('c1', 'add', 2, { timeoutMs: 1000 })
  const back = new Promise<void>((resolve) => {
    const watch = counters.watch((event) => {
      if (event.kind !== 'register') return
      watch.stop()
      resolve()
    })
  })
  const outcome = await copy.tryCall(counters.via('c1'), 'fail')
  await back
  const afresh = (await counters.call('c1', 'add', 4)) + (await counters.call('c1', 'end'))
  await node.stop()
  return [first, second, outcome.ok ? 'ok' : outcome.exit.reason.kind, afresh]
}
