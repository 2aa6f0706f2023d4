/**
 * Picking entries by patterns and guards, in registries of both kinds.
 */
import fc from 'fast-check'
import { any, argumentCodes, exit, type Key, type Pid, variable } from 'flotilla'
import { describe, expect, test } from 'vitest'
import { trust } from '../../src/core/trust.ts'
import { codeOf } from '../supervisor/running.ts'
import { type AnyRegistry, duplicates, inside, type Kind, kinds, runKind } from './any-registry.ts'

describe.each(kinds)(
  'match in a registry with $keys keys and $options [REG-010, REG-011]',
  (kind) => {
    test('gives the entries of the key whose value fits; the wildcard fits anything [REG-053]', async () => {
      const { names, pid } = await runOne(kind, ['point', 1, { deep: [true, null] }])
      const found = [{ pid, value: ['point', 1, { deep: [true, null] }] }]
      for (const pattern of [
        any,
        ['point', 1, { deep: [true, null] }],
        ['point', any, any],
        [any, any, { deep: [any, null] }],
      ]) {
        expect(names.match('x', pattern)).toEqual(found)
      }
      for (const pattern of [
        'point',
        [any, any],
        ['point', 2, any],
        [any, any, any, any],
        {},
        null,
      ]) {
        expect(names.match('x', pattern)).toEqual([])
      }
      expect(names.match('y', any)).toEqual([])
    })

    test('compares literals strictly, by type and value', async () => {
      const { names } = await runOne(kind, 1)
      for (const other of ['1', 1n, true, 1.5, [1], { 1: 1 }]) {
        expect(names.match('x', other)).toEqual([])
      }
      expect(names.match('x', 1)).toHaveLength(1)
    })

    test('wants equal parts where the same variable stands twice [REG-054]', async () => {
      const { names, pid } = await runOne(kind, [1, 2, { same: [1] }, [1]])
      expect(names.match('x', [variable('a'), variable('b'), any, any])).toMatchObject([{ pid }])
      expect(names.match('x', [variable('a'), variable('a'), any, any])).toEqual([])
      // Equal is what is the same data, not the same object.
      expect(names.match('x', [any, any, { same: variable('s') }, variable('s')])).toHaveLength(1)
      expect(names.match('x', [any, any, variable('s'), variable('s')])).toEqual([])
    })

    test('takes a plain object for whatever contains it, in values but never in keys [REG-056]', async () => {
      const { names, pid } = await runOne(kind, { role: 'admin', level: 3, tags: { a: 1, b: 2 } })
      for (const part of [{}, { role: 'admin' }, { level: any }, { tags: { b: 2 } }]) {
        expect(names.match('x', part)).toMatchObject([{ pid }])
        expect(codeOf(() => names.match(trust(part), any))).toBe(argumentCodes.invalid_key)
        const wrong: object = { key: part }
        const inKey = () => names.select(wrong)
        expect(codeOf(inKey)).toBe(argumentCodes.invalid_argument)
      }
      for (const other of [{ role: 'guest' }, { missing: any }, { tags: [any, any] }]) {
        expect(names.match('x', other)).toEqual([])
      }
    })

    test('takes no wildcard for a key: it is refused, since it could be none [differs: REG-057]', async () => {
      const { names } = await runOne(kind, 1)
      for (const use of [
        () => names.match(trust(any), any),
        () => names.countMatch(trust(any), any),
        () => names.lookup(trust(variable('k'))),
      ]) {
        expect(codeOf(use)).toBe(argumentCodes.invalid_key)
      }
      // A text that looks like one is a key like any other.
      expect([names.match('_', any), names.countMatch('_', any)]).toEqual([[], 0])
    })

    test('filters by a guard, which gets what is bound and the entry [REG-058]', async () => {
      const { names, pid } = await runOne(kind, { level: 3, name: 'ann' })
      const pattern = { level: variable('level'), name: variable('name') }
      const seen: unknown[] = []
      const atLeast = (least: number) => (bound: { level?: unknown }, entry: unknown) => {
        seen.push(bound, entry)
        return typeof bound.level === 'number' && bound.level >= least
      }
      expect(names.match('x', pattern, atLeast(3))).toMatchObject([{ pid }])
      expect(names.match('x', pattern, atLeast(4))).toEqual([])
      const bound = { level: 3, name: 'ann' }
      const entry = { pid, value: bound }
      expect(seen).toEqual([bound, entry, bound, entry])
      expect(names.match('x', any, (_bound, entry) => typeof entry.value === 'string')).toEqual([])
      // Yes is true, and nothing like it.
      for (const maybe of [1, 'yes', {}, Promise.resolve(true)]) {
        expect(names.match('x', any, () => trust(maybe))).toEqual([])
      }
    })

    test('throws what a guard throws, and asks none about what does not fit', async () => {
      const { names } = await runOne(kind, 1)
      const guard = () => {
        throw new Error('guard')
      }
      expect(() => names.match('x', any, guard)).toThrow('guard')
      expect(names.match('x', 2, guard)).toEqual([])
      expect(codeOf(() => names.match('x', any, trust('guard')))).toBe(argumentCodes.invalid_option)
    })

    test('counts with countMatch what it would give [REG-059]', async () => {
      const { names, start, enter } = await runKind(kind)
      for (const level of [1, 2, 3]) await enter(await start(), keyFor(kind, level), { level })
      for (const key of ['x', 'x1', 'x2', 'y']) {
        for (const pattern of [any, { level: 2 }, { level: variable('l') }, 'no']) {
          const where = (bound: { l?: unknown }) => bound.l !== 3
          expect(names.countMatch(key, pattern)).toBe(names.match(key, pattern).length)
          expect(names.countMatch(key, pattern, where)).toBe(
            names.match(key, pattern, where).length,
          )
        }
      }
    })

    test('shows what there was at the time of the call, whatever a guard does', async () => {
      const { names, start, enter } = await runKind(kind)
      const pids = [await start(), await start(), await start()]
      for (const [index, pid] of pids.entries()) await enter(pid, keyFor(kind, index), index)
      const select = (_bound: unknown, entry: { pid: Pid }) => {
        for (const pid of pids) if (pid !== entry.pid) exit(pid, 'kill')
        return true
      }
      expect(names.select({ where: select })).toHaveLength(3)
      expect(names.count()).toBe(0)
    })
  },
)

describe.each(kinds)(
  'unregisterMatch in a registry with $keys keys and $options [REG-010]',
  (kind) => {
    test('removes nothing if nothing fits, and otherwise what fits, as its guard says [REG-060]', async () => {
      const { names, pid } = await runOne(kind, { level: 3 })
      const remove = (filter: object) => {
        return inside(pid, (context) => names.unregisterMatch(context, 'x', filter))
      }
      const left = async (filter: object) => [await remove(filter), names.count()]
      expect(await left({ value: { level: 4 } })).toEqual([0, 1])
      expect(await left({ value: { level: variable('l') }, where: isBelow(3) })).toEqual([0, 1])
      expect(await left({ where: () => false })).toEqual([0, 1])
      expect(await left({ value: { level: variable('l') }, where: isBelow(4) })).toEqual([1, 0])
      expect(await left({ value: any })).toEqual([0, 0])
    })

    test('removes none of the entries of others', async () => {
      const { names, pid, start } = await runOne(kind, 1)
      const other = await start()
      expect(await inside(other, (context) => names.unregisterMatch(context, 'x', {}))).toBe(0)
      expect(names.lookup('x')).toEqual([{ pid, value: 1 }])
    })

    test('removes nothing if the guard throws', async () => {
      const { names, pid } = await runOne(kind, 1)
      const guard = (): boolean => {
        throw new Error('guard')
      }
      const failed = await inside(pid, (context) => {
        return codeOrMessage(() => names.unregisterMatch(context, 'x', { where: guard }))
      })
      expect([failed, names.count()]).toEqual(['guard', 1])
    })

    test('leaves what its own guard has put in the place of an entry that fits', async () => {
      const { names, start, enter } = await runKind(kind)
      const pid = await start()
      await enter(pid, 'x', 'old')
      const removed = await inside(pid, (context) => {
        const where = (): boolean =>
          names.unregister(context, 'x') && names.register(context, 'x', 'new').ok
        return names.unregisterMatch(context, 'x', { value: 'old', where })
      })
      expect([removed, names.values('x', pid)]).toEqual([0, ['new']])
    })
  },
)

describe.each(duplicates)(
  'unregisterMatch among several entries with $options [REG-010]',
  (kind) => {
    test('removes those of the process that fit, and leaves the rest [REG-060]', async () => {
      const { names, start, enter } = await runKind(kind)
      const [pid, other] = [await start(), await start()]
      for (const level of [1, 2, 3]) await enter(pid, 'x', level)
      await enter(other, 'x', 1)
      const removed = await inside(pid, (context) => {
        const where = (bound: { l?: unknown }) => bound.l !== 2
        return names.unregisterMatch(context, 'x', { value: variable('l'), where })
      })
      expect([removed, names.values('x', pid), names.values('x', other)]).toEqual([2, [2], [1]])
    })
  },
)

describe.each(kinds)(
  'select from a registry with $keys keys and $options [REG-010, REG-011]',
  (kind) => {
    test('gives every entry, or nothing of an empty registry [REG-063]', async () => {
      const { names, start, enter } = await runKind(kind)
      expect(names.select({})).toEqual([])
      const pid = await start()
      await enter(pid, 'a', 1)
      await enter(pid, ['b', 2])
      expect(sorted(names.select({}))).toEqual(
        sorted([
          { key: 'a', pid, value: 1 },
          { key: ['b', 2], pid, value: undefined },
        ]),
      )
    })

    test('compares key, pid and value, asks the guard, and gives what it is told to give [REG-063]', async () => {
      const { names, ann, bob } = await runRooms(kind)
      const select = (spec: Parameters<AnyRegistry['selector']>[0]) => sorted(names.select(spec))
      expect(select({ key: 'lobby', give: (_, { value }) => value })).toEqual([{ role: 'owner' }])
      expect(select({ pid: ann, give: (_, { key }) => key })).toEqual(
        sorted(['lobby', ['room', 1]]),
      )
      expect(select({ pid: any, value: { role: 'guest' }, give: (_, { pid }) => pid })).toEqual([
        bob,
      ])
      const rooms = names.select({
        key: ['room', variable('number')],
        value: { role: variable('role') },
        where: (bound) => bound.role !== 'guest',
        give: (bound, entry) => ({ ...bound, who: entry.pid }),
      })
      expect(rooms).toEqual([{ number: 1, role: 'owner', who: ann }])
      expect(names.select({ value: { role: any }, where: () => false })).toEqual([])
    })

    test('wants equal parts for a variable in key and value, too', async () => {
      const { names, start, enter } = await runKind(kind)
      const pid = await start()
      await enter(pid, ['own', 1], { home: 1 })
      await enter(pid, ['own', 2], { home: 1 })
      const homes = names.select({ key: ['own', variable('n')], value: { home: variable('n') } })
      expect(homes).toEqual([{ key: ['own', 1], pid, value: { home: 1 } }])
    })

    test('with several selectors gives what one or the other picks, each entry once, by the first [REG-064]', async () => {
      const { names } = await runRooms(kind)
      const owners = names.selector({ value: { role: 'owner' }, give: () => 'an owner' })
      const lobby = names.selector({ key: 'lobby', give: () => 'the lobby' })
      const guests = names.selector({ value: { role: 'guest' }, give: () => 7 })
      const given = (...all: readonly (typeof owners | typeof guests)[]) =>
        sorted(names.select(all))
      expect(given(owners, lobby)).toEqual(['an owner', 'an owner'])
      expect(given(lobby, owners)).toEqual(['an owner', 'the lobby'])
      expect(given(guests, lobby)).toEqual(sorted([7, 'the lobby']))
      expect(given(guests, owners, lobby)).toEqual(sorted([7, 'an owner', 'an owner']))
      expect(names.select([])).toEqual([])
    })

    test('leaves what the guard of one selector refuses to the next', async () => {
      const { names } = await runRooms(kind)
      const never = names.selector({ where: () => false, give: () => 'never' })
      const all = names.selector({ give: () => 'all' })
      expect(names.select([never, all])).toEqual(['all', 'all', 'all'])
    })

    test.each<[string, unknown]>([
      ['something that is no object', 5],
      ['nothing', undefined],
      ['an unknown part', { keys: 'x' }],
      ['a guard that is no function', { where: true }],
      ['an output that is no function', { give: 'key' }],
      ['a pid that is none', { pid: 'x' }],
      ['a key that can be none', { key: Number.NaN }],
      ['a key that is an object', { key: { a: 1 } }],
      ['a list with something malformed in it', [{}, { wher: 1 }]],
      ['a list of a list', [[{}]]],
      ['too many', Array(101).fill({})],
    ])('refuses at once: %s [REG-065]', async (_, spec) => {
      const { names } = await runOne(kind, 1)
      const wrong: object = trust(spec)
      for (const use of [() => names.select(wrong), () => names.countSelect(wrong)]) {
        expect(codeOf(use)).toMatch(/^FLOTILLA_(INVALID|UNKNOWN)_(ARGUMENT|OPTION|ADDRESS)$/)
      }
      if (!Array.isArray(spec)) expect(codeOf(() => names.selector(wrong))).toMatch(/^FLOTILLA_/)
    })

    test('counts with countSelect what it would give, and gives nothing [REG-066]', async () => {
      const { names } = await runRooms(kind)
      const give = (): never => {
        throw new Error('given')
      }
      const owners = names.selector({ value: { role: 'owner' }, give })
      const first = names.selector({ key: ['room', 1], give })
      const isRoom = (_: unknown, { key }: { key: Key }) => Array.isArray(key)
      expect(names.countSelect({})).toBe(3)
      expect(names.countSelect({ where: isRoom, give })).toBe(2)
      expect(names.countSelect({ value: { role: any }, where: () => false })).toBe(0)
      expect(names.countSelect([owners])).toBe(2)
      expect(names.countSelect([owners, first])).toBe(2)
      expect(names.countSelect([])).toBe(0)
    })

    test('knows a pid by its parts, and none that has ended', async () => {
      const { names, pid, start, enter } = await runOne(kind, 1)
      const parts = { node: pid.node, serial: pid.serial, incarnation: pid.incarnation }
      const other = await start()
      await enter(other, 'y')
      expect(await inside(pid, () => names.countSelect({ pid: parts }))).toBe(1)
      exit(pid, 'kill')
      expect([names.countSelect({ pid }), names.countSelect({ pid: other })]).toEqual([0, 1])
    })
  },
)

describe('any pattern over any entries', () => {
  const value = fc.oneof(
    fc.constantFrom<unknown>(1, '1', null, true, 'a'),
    fc.array(fc.constantFrom<unknown>(1, 'a'), { maxLength: 2 }),
    fc.record({ a: fc.constantFrom<unknown>(1, 2), b: fc.constantFrom<unknown>('x', 'y') }),
  )
  const pattern = fc.oneof(
    value,
    fc.constantFrom<unknown>(any, variable('v'), {}, { a: any }, { b: 'x' }, [any], [any, 'a']),
  )

  test('select agrees with match key by key, and both with their counts', async () => {
    const { names, start, enter } = await runKind({ keys: 'duplicate', options: {} })
    const pids = [await start(), await start()]
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(1), fc.constantFrom('a', 'b'), value), { maxLength: 8 }),
        pattern,
        async (entries, wanted) => {
          for (const [who, key, stored] of entries) {
            await enter(pids[who] ?? unreachable(), key, stored)
          }
          const matched = ['a', 'b'].flatMap((key) => {
            return names.match(key, wanted).map((entry) => ({ key, ...entry }))
          })
          expect(sorted(names.select({ value: wanted }))).toEqual(sorted(matched))
          expect(names.countSelect({ value: wanted })).toBe(matched.length)
          for (const pid of pids) {
            await inside(pid, (context) => ['a', 'b'].map((key) => names.unregister(context, key)))
          }
          expect(names.count()).toBe(0)
        },
      ),
      { numRuns: 100 },
    )
  })
})

async function runOne(kind: Kind, value: unknown) {
  const running = await runKind(kind)
  const pid = await running.start()
  await running.enter(pid, 'x', value)
  return { pid, ...running }
}

/** Ann owns the lobby and room 1, Bob is a guest in room 2. */
async function runRooms(kind: Kind) {
  const running = await runKind(kind)
  const [ann, bob] = [await running.start(), await running.start()]
  await running.enter(ann, 'lobby', { role: 'owner' })
  await running.enter(ann, ['room', 1], { role: 'owner' })
  await running.enter(bob, ['room', 2], { role: 'guest' })
  return { ann, bob, ...running }
}

/** One key for all where that may be. */
function keyFor(kind: Kind, index: number): Key {
  return kind.keys === 'unique' ? `x${index}` : 'x'
}

function isBelow(limit: number) {
  return (bound: { l?: unknown }) => typeof bound.l === 'number' && bound.l < limit
}

function sorted(items: readonly unknown[]): unknown[] {
  return items.toSorted((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1))
}

function unreachable(): never {
  throw new Error('unreachable')
}

function codeOrMessage(use: () => unknown): unknown {
  try {
    return use()
  } catch (error) {
    return error instanceof Error ? error.message : error
  }
}
