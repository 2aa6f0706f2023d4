/**
 * What registries of both kinds do alike: every test runs with one partition and with eight.
 */
import {
  any,
  argumentCodes,
  type Context,
  ended,
  exit,
  isAlive,
  type Key,
  type Pid,
  type RegistryEvent,
} from 'flotilla'
import { describe, expect, test } from 'vitest'
import { trust } from '../../src/core/trust.ts'
import { LocalPid } from '../../src/process/local-pid.ts'
import { codeOf, run } from '../supervisor/running.ts'
import { endings, from, part, pidOf } from '../supervisor/worker.ts'
import { type AnyRegistry, inside, kinds, makeRegistry, runKind } from './any-registry.ts'

describe.each(kinds)('a registry with $keys keys and $options [REG-010, REG-011]', (kind) => {
  const begin = () => runKind(kind)

  describe('register', () => {
    test('adds an entry of the process that asks, for everybody to see [REG-013] [differs: REG-012]', async () => {
      const { names, start } = await begin()
      const pid = await start()
      const registered = await inside(pid, (context) => names.register(context, 'x', 'value'))
      expect(registered).toEqual({ ok: true })
      const seen = () => [names.lookup('x'), names.keys(pid), names.values('x', pid)]
      const shown = [[{ pid, value: 'value' }], ['x'], ['value']]
      expect(seen()).toEqual(shown)
      expect(await inside(await start(), seen)).toEqual(shown)
    })

    test('may be done in init, before the start has settled', async () => {
      const { names, children } = await begin()
      const init = (context: Context) => {
        names.register(context, 'x')
        expect(names.lookup('x')).toMatchObject([{ pid: context.self }])
      }
      const started = await children.startChild(part({ id: 'a', init }, { restart: 'temporary' }))
      expect(started.ok && names.keys(started.pid)).toEqual(['x'])
    })

    test('gives one process as many keys as it wants, in any number of registries [REG-020]', async () => {
      const { names, start, enter } = await begin()
      const pid = await start()
      const wanted: readonly Key[] = ['a', 'b', 3, ['c', 4n]]
      for (const key of wanted) await enter(pid, key)
      expect(new Set(names.keys(pid))).toEqual(new Set(wanted))
      expect(names.count()).toBe(wanted.length)
    })

    test('compares keys by value and by type [REG-021]', async () => {
      const { names, start, enter } = await begin()
      const pid = await start()
      await enter(pid, 1, 'number')
      await enter(pid, 1n, 'bigint')
      await enter(pid, '1', 'text')
      expect(names.lookup(1)).toEqual([{ pid, value: 'number' }])
      expect(names.lookup(1n)).toEqual([{ pid, value: 'bigint' }])
      expect(names.lookup('1')).toEqual([{ pid, value: 'text' }])
      expect(names.lookup(1.5)).toEqual([])
    })

    test('refuses whatever is not the context of a process: nobody registers another [REG-023]', async () => {
      const { names, start } = await begin()
      const other = await start()
      const forged = { self: other, signal: new AbortController().signal }
      for (const context of [other, forged, undefined, null, 'x', names]) {
        const register = () => names.register(trust(context), 'x')
        expect(codeOf(register)).toBe(argumentCodes.invalid_argument)
        expect(await inside(await start(), () => codeOf(register))).toBe(
          argumentCodes.invalid_argument,
        )
      }
      expect(names.count()).toBe(0)
    })

    test('says so when the registry is full, and nothing has changed', async () => {
      const { names, start, enter } = await runKind(kind, { maxNames: 2 })
      const [first, second] = [await start(), await start()]
      await enter(first, 'a')
      await enter(second, 'b')
      const refused = await inside(second, (context) => names.register(context, 'c'))
      expect(refused).toEqual({ ok: false, reason: { kind: 'limit', maxNames: 2 } })
      expect([names.keys(second), names.count()]).toEqual([['b'], 2])
      exit(first, 'kill')
      expect((await inside(second, (context) => names.register(context, 'c'))).ok).toBe(true)
    })

    test('does nothing for the code that a dead process left behind', async () => {
      const { names, start, node } = await begin()
      const pid = await start()
      const before = node.statistics().rows
      const late = inside(pid, async (context) => {
        exit(context.self, 'kill')
        return [
          names.register(context, 'x'),
          names.unregister(context, 'x'),
          names.unregisterMatch(context, 'x', { value: any }),
        ]
      })
      await expect(late).rejects.toMatchObject({ reason: { kind: 'killed' } })
      expect(isAlive(pid)).toBe(false)
      expect([names.lookup('x'), node.statistics().rows]).toEqual([[], before])
    })

    test('tells the code that a dead process left behind that it has ended', async () => {
      const { names, start } = await begin()
      const pid = await start()
      const context = await inside(pid, (own) => ({ own }))
      exit(pid, 'kill')
      const refused = { ok: false, reason: { kind: 'noproc' } }
      expect(names.register(context.own, 'x')).toEqual(refused)
    })
  })

  test('is empty where nobody is [REG-014, REG-083]', async () => {
    const { names, start, enter } = await begin()
    const pid = await start()
    expect([names.lookup('x'), names.values('x', pid), names.keys(pid)]).toEqual([[], [], []])
    expect(names.count()).toBe(0)
    await enter(await start(), 'y')
    expect([names.lookup('x'), names.values('y', pid), names.keys(pid)]).toEqual([[], [], []])
    expect(names.count()).toBe(1)
  })

  test('shows no value of a key that another process holds [REG-015]', async () => {
    const { names, start, enter } = await begin()
    const [holder, other] = [await start(), await start()]
    await enter(holder, 'x', 1)
    expect([names.values('x', holder), names.values('x', other)]).toEqual([[1], []])
  })

  describe('unregister', () => {
    test('gives up one key of the process; its others stay, and so does it [REG-027]', async () => {
      const { names, start, enter } = await begin()
      const pid = await start()
      await enter(pid, 'a')
      await enter(pid, 'b')
      expect(await inside(pid, (context) => names.unregister(context, 'a'))).toBe(true)
      expect([names.lookup('a'), names.keys(pid), names.count()]).toEqual([[], ['b'], 1])
      expect(await inside(pid, (context) => names.unregister(context, 'b'))).toBe(true)
      expect([names.lookup('b'), names.keys(pid), names.count()]).toEqual([[], [], 0])
      expect(isAlive(pid)).toBe(true)
    })

    test('with nothing registered does nothing [REG-028]', async () => {
      const { names, start, enter } = await begin()
      const pid = await start()
      const unregister = () => inside(pid, (context) => names.unregister(context, 'x'))
      expect(await unregister()).toBe(false)
      await enter(pid, 'x')
      expect([await unregister(), await unregister()]).toEqual([true, false])
    })

    test('of a key of somebody else has no effect on the holder [REG-029]', async () => {
      const { names, start, enter } = await begin()
      const [holder, other] = [await start(), await start()]
      await enter(holder, 'x', 1)
      expect(await inside(other, (context) => names.unregister(context, 'x'))).toBe(false)
      expect([names.lookup('x'), names.keys(holder)]).toEqual([[{ pid: holder, value: 1 }], ['x']])
    })

    test('and register again, any number of times, leave nothing behind', async () => {
      const { names, start } = await begin()
      const pid = await start()
      const left = await inside(pid, (context) => {
        for (let round = 0; round < 2000; round += 1) {
          for (const key of ['a', 'b', 'c']) names.register(context, key, round)
          for (const key of ['b', 'a', 'c']) names.unregister(context, key)
        }
        const { nameKey, extrasIfAny } = LocalPid.processOf(context.self) ?? unreachable()
        return [nameKey, extrasIfAny?.names?.size ?? 0]
      })
      expect(left).toEqual([undefined, 0])
      expect([names.count(), names.keys(pid)]).toEqual([0, []])
    })

    test('frees the key at once for the next, and the end of the first frees nothing of it', async () => {
      const { names, start, enter } = await begin()
      const [first, second] = [await start(), await start()]
      await enter(first, 'x', 1)
      await inside(first, (context) => names.unregister(context, 'x'))
      await enter(second, 'x', 2)
      exit(first, 'kill')
      expect(names.lookup('x')).toEqual([{ pid: second, value: 2 }])
    })
  })

  describe('the end of a process', () => {
    test.each(Object.keys(endings))(
      'takes all its keys with it: %s [REG-036, REG-043, REG-044] [differs: REG-038]',
      async (ending) => {
        const { names, start, enter } = await begin()
        const [pid, other] = [await start(), await start()]
        for (const key of ['a', 'b', 'c']) await enter(pid, key)
        await enter(other, 'd')
        const reason = ended(pid)
        endings[ending]?.(pid)
        await reason
        expect(['a', 'b', 'c'].flatMap((key) => names.lookup(key))).toEqual([])
        expect([names.keys(pid), names.values('a', pid), names.count()]).toEqual([[], [], 1])
        expect(names.match('a', any)).toEqual([])
        expect(names.select({})).toHaveLength(1)
        names.dispatch('a', unreachable)
      },
    )

    test('frees its keys in the turn of the exit, for the next to take [REG-040] [differs: REG-038]', async () => {
      const { names, start, enter } = await begin()
      const [first, second] = [await start(), await start()]
      await enter(first, 'x')
      const taken = await inside(second, (context) => {
        exit(first, 'kill')
        return [names.lookup('x'), names.count(), names.register(context, 'x').ok]
      })
      expect(taken).toEqual([[], 0, true])
      expect(names.lookup('x')).toMatchObject([{ pid: second }])
    })

    test('leaves nothing in any table, whatever came and went [REG-037]', async () => {
      const { names, start, enter, node } = await begin()
      const before = node.statistics()
      for (const round of from(1, 5)) {
        const pids = await Promise.all(from(1, 40).map(() => start()))
        for (const [index, pid] of pids.entries()) {
          await enter(pid, `${round} ${index}`, { round })
          await enter(pid, ['more', index])
        }
        expect(names.count()).toBe(80)
        for (const pid of pids) exit(pid, 'kill')
        expect(names.count()).toBe(0)
      }
      const { processes, rows, monitors, links } = node.statistics()
      expect({ processes, rows, monitors, links }).toEqual({
        processes: before.processes,
        rows: before.rows,
        monitors: before.monitors,
        links: before.links,
      })
    })
  })

  test('ties nobody to the registry: there is no link to be made or kept [differs: REG-024]', async () => {
    const { names, start, enter, node } = await begin()
    const pid = await start()
    await enter(pid, 'a')
    await enter(pid, 'b')
    expect(node.statistics().links).toBe(0)
    expect(LocalPid.processOf(pid)?.extrasIfAny?.links).toBeUndefined()
    await inside(pid, (context) => names.unregister(context, 'a'))
    await inside(pid, (context) => names.unregister(context, 'b'))
    expect(isAlive(pid)).toBe(true)
  })

  test('loses no entry when the process that stands for it is killed [differs: REG-025]', async () => {
    const { names, start, enter, top, host } = await begin()
    const pid = await start()
    await enter(pid, 'x', 1)
    exit(pidOf(top, 'names'), 'kill')
    const held = [{ pid, value: 1 }]
    expect([isAlive(pid), names.lookup('x')]).toEqual([true, held])
    await host.settle()
    expect([isAlive(pid), names.lookup('x')]).toEqual([true, held])
  })

  test('is one process in the tree, of the type supervisor, with no partitions below [differs: REG-001]', async () => {
    const { names, top, children } = await begin()
    const info = top.whichChildren().find(({ id }) => id === 'names')
    expect(info).toMatchObject({ type: 'supervisor', pid: pidOf(top, 'names') })
    const process = LocalPid.processOf(pidOf(top, 'names'))
    expect(process?.extrasIfAny?.firstChild).toBeUndefined()
    const second = makeRegistry(kind, { name: 'second' })
    const started = await children.startChild(second)
    expect(started).toMatchObject({ ok: true })
    expect([second.count(), names.count()]).toEqual([0, 0])
  })

  test('is refused under a name that is taken, with the pid of the first [REG-007]', async () => {
    const { children, top, names } = await begin()
    const first = pidOf(top, 'names')
    const taken = { ok: false, reason: { kind: 'already_started', pid: first } }
    for (const again of [...kinds.slice(0, 1), ...kinds.slice(-1)].map((each) =>
      makeRegistry(each),
    )) {
      expect(await children.startChild(again)).toEqual(taken)
      expect(codeOf(() => again.count())).toBe(argumentCodes.not_started)
    }
    expect(await children.startChild(names)).toEqual(taken)
    expect(names.count()).toBe(0)
  })

  test('tells of each change once and in order, with the value [REG-076, REG-077]', async () => {
    const { names, start, enter, host } = await begin()
    const events: RegistryEvent<Key, unknown>[] = []
    names.watch((event) => events.push(event))
    const pid = await start()
    await enter(pid, 'x', { role: 'first' })
    await inside(pid, (context) => names.unregister(context, 'x'))
    await enter(pid, 'y')
    exit(pid, 'kill')
    await host.settle()
    expect(events).toEqual([
      { kind: 'register', key: 'x', pid, value: { role: 'first' } },
      { kind: 'unregister', key: 'x', pid },
      { kind: 'register', key: 'y', pid, value: undefined },
      { kind: 'unregister', key: 'y', pid },
    ])
    expect(events[1]).not.toHaveProperty('value')
  })
})

/** Every operation there is, as a use of a registry by a process that holds nothing. */
const operations: Readonly<Record<string, (names: AnyRegistry, self: Self) => unknown>> = {
  register: (names, { context }) => names.register(context, 'x'),
  unregister: (names, { context }) => names.unregister(context, 'x'),
  unregisterMatch: (names, { context }) => names.unregisterMatch(context, 'x', {}),
  lookup: (names) => names.lookup('x'),
  values: (names, { pid }) => names.values('x', pid),
  keys: (names, { pid }) => names.keys(pid),
  count: (names) => names.count(),
  match: (names) => names.match('x', any),
  countMatch: (names) => names.countMatch('x', any),
  select: (names) => names.select({}),
  'select with a selector': (names) => names.select([names.selector({})]),
  countSelect: (names) => names.countSelect({}),
  dispatch: (names) => names.dispatch('x', unreachable),
  meta: (names) => names.meta('x'),
  putMeta: (names) => names.putMeta('x', 1),
  deleteMeta: (names) => names.deleteMeta('x'),
  lock: (names) => names.lock('x', unreachable),
}

interface Self {
  readonly pid: Pid
  readonly context: Parameters<AnyRegistry['register']>[0]
}

describe.each(Object.entries(operations))('%s', (name, use) => {
  test.each(kinds)(
    'of a registry ($keys, $options) that does not run is an error, not an empty answer [REG-009, REG-082]',
    async (kind) => {
      const { start, node } = await runKind(kind)
      const pid = await start()
      const never = makeRegistry(kind, { name: 'never' })
      const { over, elsewhere } = await strangers(kind)
      const codes = await inside(pid, (context) => {
        return [never, over].map((names) => codeOf(() => use(names, { pid, context })))
      })
      expect(codes).toEqual(Array(2).fill(argumentCodes.not_started))
      if (name === 'register') {
        // Nor may a process take a name in a registry of another node.
        const code = await inside(pid, (context) => codeOf(() => use(elsewhere, { pid, context })))
        expect(code).toBe(argumentCodes.not_started)
      }
      expect(node.statistics().rows).toEqual({ 'registry or fleet names': 0 })
    },
  )
})

/** A registry whose node is over, and one that runs on another node. */
async function strangers(kind: (typeof kinds)[number]) {
  const over = makeRegistry(kind, { name: 'over' })
  const { node } = await run(over, 'first')
  await node.stop()
  const elsewhere = makeRegistry(kind, { name: 'elsewhere' })
  await run(elsewhere, 'second')
  return { over, elsewhere }
}

function unreachable(): never {
  throw new Error('unreachable')
}
