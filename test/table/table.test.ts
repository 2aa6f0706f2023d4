import {
  argumentCodes,
  call,
  cast,
  child,
  defineServer,
  exit,
  type Key,
  next,
  reply,
  startNode,
  supervisor,
  type Table,
  type TableOptions,
  table,
} from 'flotilla'
import { virtualHost } from 'flotilla/testing'
import { describe, expect, test } from 'vitest'
import { codeOf, run } from '../supervisor/running.ts'
import { from, pidOf } from '../supervisor/worker.ts'

describe('table, given options', () => {
  test('is a child specification with the life of a worker', () => {
    const rows = table({ name: 'rows' })
    expect(rows).toMatchObject({ id: 'rows', restart: 'permanent', shutdownMs: 5000 })
  })

  test.each([
    ['name', undefined, argumentCodes.invalid_argument],
    ['name', 'a\u0000b', argumentCodes.invalid_argument],
    ['maxRows', 0, argumentCodes.invalid_option],
    ['maxRows', 2 ** 25, argumentCodes.invalid_option],
    ['maxRows', '10', argumentCodes.invalid_option],
    ['values', 'copy', argumentCodes.invalid_option],
    ['values', null, argumentCodes.invalid_option],
    ['value', 'freeze', argumentCodes.unknown_option],
  ])('refuses %s %s', (name, value, code) => {
    const options = { name: 'rows', [name]: value } as TableOptions
    expect(codeOf(() => table(options))).toBe(code)
  })
})

describe('a table', () => {
  test('gives back what was saved, the latest first of all', async () => {
    const rows = await runTable<number>()
    expect(rows.load('a')).toBeUndefined()
    rows.save('a', 1)
    rows.save('b', 2)
    rows.save('a', 3)
    expect([rows.load('a'), rows.load('b'), rows.size]).toEqual([3, 2, 2])
  })

  test('says whether there was a row to remove', async () => {
    const rows = await runTable<number>()
    rows.save('a', 1)
    expect([rows.remove('a'), rows.remove('a'), rows.remove('b')]).toEqual([true, false, false])
    expect([rows.load('a'), rows.size]).toEqual([undefined, 0])
  })

  test('lists every row, in the order in which the keys came', async () => {
    const rows = await runTable<number>()
    for (const [index, key] of ['b', 'a', 'c', 'b'].entries()) rows.save(key, index)
    expect([...rows.entries()]).toEqual([
      ['b', 3],
      ['a', 1],
      ['c', 2],
    ])
  })

  test('tells keys apart by type and structure', async () => {
    const rows = table<Key, string>({ name: 'rows' })
    await run(rows)
    const keys: Key[] = [1, '1', 1n, true, 'true', [1], ['1'], [[1]], ['a', 1], [], '']
    for (const [index, key] of keys.entries()) rows.save(key, `row ${index}`)
    expect(rows.size).toBe(keys.length)
    expect(keys.map((key) => rows.load(key))).toEqual(keys.map((_, index) => `row ${index}`))
    expect(rows.load(['a', 1])).toBe(rows.load(JSON.parse('["a",1]')))
    expect(rows.remove(['a', 1])).toBe(true)
  })

  test('keeps a key as it was when it came', async () => {
    const rows = table<Key, string>({ name: 'rows' })
    await run(rows)
    const key: Key[] = ['a', 1]
    rows.save(key, 'row')
    key[1] = 2
    expect([rows.load(['a', 1]), rows.load(['a', 2])]).toEqual(['row', undefined])
    expect([...rows.entries()]).toEqual([[['a', 1], 'row']])
  })

  test.each([undefined, null, Number.NaN, {}, Symbol('x'), () => 1])(
    'refuses %s as a key',
    async (wrong) => {
      const rows = table<Key, number>({ name: 'rows' })
      await run(rows)
      const key = wrong as unknown as Key
      expect(codeOf(() => rows.load(key))).toBe(argumentCodes.invalid_key)
      expect(codeOf(() => rows.save(key, 1))).toBe(argumentCodes.invalid_key)
      expect(codeOf(() => rows.remove(key))).toBe(argumentCodes.invalid_key)
      expect(rows.size).toBe(0)
    },
  )

  test('refuses a row beyond maxRows, but not a change of one that is there', async () => {
    const rows = await runTable<number>({ maxRows: 2 })
    rows.save('a', 1)
    rows.save('b', 2)
    expect(codeOf(() => rows.save('c', 3))).toBe(argumentCodes.limit)
    rows.save('a', 4)
    expect([rows.load('a'), rows.load('c'), rows.size]).toEqual([4, undefined, 2])
    rows.remove('b')
    rows.save('c', 3)
    expect(rows.load('c')).toBe(3)
  })

  test('can be changed while it is walked', async () => {
    const rows = await runTable<number>()
    for (const index of from(1, 10)) rows.save(String(index), index)
    for (const [key] of rows.entries()) rows.remove(key)
    expect(rows.size).toBe(0)
  })
})

describe('values that are frozen', () => {
  test('cannot be changed by whoever saved or loaded them', async () => {
    const rows = await runTable<{ list: { id: number }[] }>()
    const value = { list: [{ id: 1 }] }
    rows.save('a', value)
    expect(() => value.list.push({ id: 2 })).toThrow(TypeError)
    const loaded = rows.load('a')
    expect(() => Object.assign(loaded?.list[0] ?? {}, { id: 2 })).toThrow(TypeError)
    expect(rows.load('a')).toEqual({ list: [{ id: 1 }] })
  })

  test('may be anything plain, cycles and undefined included', async () => {
    const rows = await runTable<unknown>()
    const cyclic: { self?: unknown } = {}
    cyclic.self = cyclic
    const plain = [
      1,
      'a',
      1n,
      true,
      null,
      undefined,
      Symbol.iterator,
      [[]],
      Object.create(null),
      cyclic,
    ]
    for (const [index, value] of plain.entries()) {
      rows.save(String(index), value)
      expect(rows.load(String(index))).toBe(value)
    }
    expect([...rows.entries()].length).toBe(plain.length)
  })

  test('are not walked again when they share what is frozen', async () => {
    const rows = await runTable<unknown>()
    const shared = Object.freeze({ deep: Object.freeze([1]) })
    rows.save('a', { shared, count: 1 })
    rows.save('a', { shared, count: 2 })
    expect(rows.load('a')).toEqual({ shared: { deep: [1] }, count: 2 })
  })

  class Point {
    x = 1
  }
  const getter = Object.defineProperty({}, 'x', { get: () => 1, enumerable: true })
  const trap = new Proxy({}, { ownKeys: () => raise() })
  const { proxy: revoked, revoke } = Proxy.revocable({}, {})
  revoke()

  test.each([
    ['a Map', new Map()],
    ['a frozen Map', Object.freeze(new Map())],
    ['a Set', new Set()],
    ['a Date', new Date(0)],
    ['a typed array', new Uint8Array(1)],
    ['an instance of a class', new Point()],
    ['a promise', Promise.resolve()],
    ['an object with a getter', getter],
    ['a Proxy that throws', trap],
    ['a revoked Proxy', revoked],
    ['any of them in depth', { list: [{ at: new Date(0) }] }],
  ])('must not be %s, which is refused and leaves no row', async (_, value) => {
    const rows = await runTable<unknown>()
    expect(codeOf(() => rows.save('a', value))).toBe(argumentCodes.invalid_argument)
    expect([rows.load('a'), rows.size]).toEqual([undefined, 0])
    rows.save('a', 'good')
    expect(codeOf(() => rows.save('a', value))).toBe(argumentCodes.invalid_argument)
    expect(rows.load('a')).toBe('good')
  })

  test('freezes nothing of a value that is refused', async () => {
    const rows = await runTable<unknown>()
    const value = { first: { a: 1 }, second: new Map() }
    expect(codeOf(() => rows.save('a', value))).toBe(argumentCodes.invalid_argument)
    expect(Object.isFrozen(value) || Object.isFrozen(value.first)).toBe(false)
  })

  test('needs no stack for a deep value', async () => {
    const rows = await runTable<unknown>()
    let deep: unknown = 'bottom'
    for (const _ of from(1, 100_000)) deep = { deep }
    rows.save('a', deep)
    expect(rows.load('a')).toBe(deep)
  })
})

describe('values that are cloned', () => {
  test('are copies on the way in and on the way out', async () => {
    const rows = await runTable<Map<string, number[]>>({ values: 'clone' })
    const value = new Map([['x', [1]]])
    rows.save('a', value)
    value.get('x')?.push(2)
    rows.load('a')?.get('x')?.push(3)
    for (const [, each] of rows.entries()) each.get('x')?.push(4)
    expect(rows.load('a')).toEqual(new Map([['x', [1]]]))
    expect(Object.isFrozen(value)).toBe(false)
  })

  test.each([
    ['a function', () => 1],
    ['a symbol', Symbol('x')],
    ['a promise', Promise.resolve()],
    [
      'a getter that throws',
      Object.defineProperty({}, 'x', { get: () => raise(), enumerable: true }),
    ],
    ['a WeakMap in depth', { at: [new WeakMap()] }],
  ])('must not be %s, which is refused and leaves no row', async (_, value) => {
    const rows = await runTable<unknown>({ values: 'clone' })
    expect(codeOf(() => rows.save('a', value))).toBe(argumentCodes.invalid_argument)
    expect(rows.size).toBe(0)
  })
})

describe('rows', () => {
  const rows = () => table<string, number>({ name: 'rows' })
  const counterOf = (store: Table<string, number>) => {
    return defineServer({
      name: 'counter',
      init: (key: string) => next({ key, count: store.load(key) ?? 0 }),
      calls: {
        add: (state) => {
          const count = state.count + 1
          store.save(state.key, count)
          return reply(count, { ...state, count })
        },
      },
      casts: {
        crash: (state, message: string) => {
          if (message !== '') throw new Error(message)
          return next(state)
        },
      },
    })
  }

  // T1
  test('outlive the worker that wrote them, which goes on from there', async () => {
    const store = rows()
    const top = supervisor({ name: 'top', strategy: 'one_for_one' }, [
      store,
      child(counterOf(store), 'a'),
    ])
    const { host } = await run(top)
    const counter = () => pidOf(top, 'counter')
    expect(await call<any, string>(counter(), 'add')).toBe(1)
    exit(counter(), 'kill')
    await host.settle()
    expect(await call<any, string>(counter(), 'add')).toBe(2)
  })

  // P6
  test('are not written by code that an ended process left behind', async () => {
    const store = rows()
    let goOn: (value: string) => void = () => undefined
    const late = new Promise<string>((resolve) => {
      goOn = resolve
    })
    const seen: unknown[] = []
    const slow = defineServer({
      name: 'slow',
      init: (_: undefined) => 0,
      casts: {
        work: async (state) => {
          store.save('a', (await late).length)
          seen.push(store.remove('b'))
          return next(state)
        },
      },
    })
    const top = supervisor({ name: 'top', strategy: 'one_for_one' }, [
      store,
      child(slow, undefined),
    ])
    const { host } = await run(top)
    store.save('b', 1)
    const old = pidOf(top, 'slow')
    cast<any, string>(old, 'work')
    await host.settle()
    exit(old, 'kill')
    store.save('a', 2)
    goOn('old')
    await host.settle()
    expect([store.load('a'), store.load('b'), seen]).toEqual([2, 1, [false]])
  })

  // T1
  test('outlive the process that stands for the table', async () => {
    const store = rows()
    const top = supervisor({ name: 'top', strategy: 'one_for_one' }, [store])
    const { host } = await run(top)
    store.save('a', 1)
    exit(pidOf(top, 'rows'), 'kill')
    expect(store.load('a')).toBe(1)
    await host.settle()
    store.save('b', 2)
    expect(store.size).toBe(2)
  })

  test('outlive a restart of the group the table is in', async () => {
    const store = rows()
    const top = supervisor({ name: 'top', strategy: 'one_for_all' }, [
      store,
      child(counterOf(store), 'a'),
    ])
    const { host } = await run(top)
    store.save('a', 7)
    exit(pidOf(top, 'counter'), 'kill')
    await host.settle()
    expect(store.load('a')).toBe(7)
  })

  // T2
  test('end with the node, which counts them while it lives', async () => {
    const store = rows()
    const { node } = await run(store)
    store.save('a', 1)
    expect(Object.values(node.statistics().rows)).toEqual([1])
    await node.stop()
    expect(store.size).toBe(0)
    await run(store, 'second')
    expect(store.load('a')).toBeUndefined()
  })
})

describe('a table that does not run', () => {
  test.each(['before its start', 'after its node is over'])('refuses %s', async (when) => {
    const rows = table<string, number>({ name: 'rows' })
    if (when !== 'before its start') {
      const { node } = await run(rows)
      await node.stop()
    }
    expect(codeOf(() => rows.load('a'))).toBe(argumentCodes.not_started)
    expect(codeOf(() => rows.save('a', 1))).toBe(argumentCodes.not_started)
    expect(codeOf(() => rows.remove('a'))).toBe(argumentCodes.not_started)
    expect([rows.size, [...rows.entries()]]).toEqual([0, []])
  })

  test('makes the start of a worker that needs it fail', async () => {
    const rows = table<string, number>({ name: 'rows' })
    const Reader = defineServer({ name: 'reader', init: (key: string) => rows.load(key) ?? 0 })
    const tree = supervisor({ name: 'top', strategy: 'one_for_one' }, [child(Reader, 'a'), rows])
    const failed = startNode(tree, { host: virtualHost() })
    await expect(failed).rejects.toMatchObject({ cause: { code: argumentCodes.not_started } })
  })
})

async function runTable<V>(options: Partial<TableOptions> = {}): Promise<Table<string, V>> {
  const rows = table<string, V>({ name: 'rows', ...options })
  await run(rows)
  return rows
}

function raise(): never {
  throw new Error('a trap')
}
