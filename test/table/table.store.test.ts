import {
  defineServer,
  exit,
  fleet,
  reply,
  type Store,
  startNode,
  supervisor,
  table,
  uniqueRegistry,
} from 'flotilla'
import { virtualHost } from 'flotilla/testing'
import { describe, expect, test } from 'vitest'
import { run } from '../supervisor/running.ts'

const oneForOne = { name: 'top', strategy: 'one_for_one' } as const

describe('a server written against the Store port', () => {
  test.each(['a table', 'a store that answers later'])(
    'goes on after a crash, with %s',
    async (which) => {
      const rows = table<string, number>({ name: 'rows' })
      const store = which === 'a table' ? rows : new SlowStore<string, number>()
      const counters = fleet(counterOn(store), { name: 'counters', key: (key: string) => key })
      const { host } = await run(supervisor(oneForOne, [rows, counters]))
      for (const key of ['a', 'b']) await counters.ensure(key)
      expect(await counters.call('a', 'add', 2)).toBe(2)
      expect(await counters.call('b', 'add', 5)).toBe(5)
      for (const key of ['a', 'b']) exit(await counters.ensure(key), 'kill')
      await host.settle()
      expect(await counters.call('a', 'add', 1)).toBe(3)
      expect(await counters.call('b', 'add', 1)).toBe(6)
      expect(rows.size).toBe(which === 'a table' ? 2 : 0)
    },
  )
})

describe('the name of a table', () => {
  test('is held by one table of a node', async () => {
    const below = supervisor({ ...oneForOne, name: 'below' }, [table({ name: 'rows' })])
    const tree = supervisor(oneForOne, [table({ name: 'rows' }), below])
    await expect(startNode(tree, { host: virtualHost() })).rejects.toMatchObject({
      cause: { code: 'FLOTILLA_NAME_TAKEN', message: expect.stringContaining('"rows"') },
    })
  })

  test('may be that of a registry, or of a table on another node', async () => {
    const names = uniqueRegistry({ name: 'rows' })
    const below = supervisor({ ...oneForOne, name: 'below' }, [names])
    const here = table<string, number>({ name: 'rows' })
    const there = table<string, number>({ name: 'rows' })
    await run(supervisor(oneForOne, [here, below]), 'here')
    await run(there, 'there')
    here.save('a', 1)
    expect([here.size, there.size]).toEqual([1, 0])
  })
})

describe('the handle of a table', () => {
  test('stands for one table: a second place in the tree, or on a node, is refused', async () => {
    const rows = table<string, number>({ name: 'rows' })
    const below = supervisor({ ...oneForOne, name: 'below' }, [rows])
    const refusal = { cause: { code: 'FLOTILLA_ALREADY_STARTED' } }
    const twice = startNode(supervisor(oneForOne, [rows, below]), { host: virtualHost() })
    await expect(twice).rejects.toMatchObject(refusal)
    await run(rows, 'first')
    rows.save('a', 1)
    await expect(startNode(rows, { host: virtualHost() })).rejects.toMatchObject(refusal)
    expect(rows.load('a')).toBe(1)
  })

  test('serves a new node, empty, when the old one is over', async () => {
    const rows = table<string, number>({ name: 'rows' })
    const first = await startNode(rows, { host: virtualHost(), name: 'first' })
    rows.save('a', 1)
    await first.stop()
    expect(() => rows.load('a')).toThrow(expect.objectContaining({ code: 'FLOTILLA_NOT_STARTED' }))
    await run(rows, 'second')
    expect([rows.size, rows.load('a')]).toEqual([0, undefined])
  })
})

describe('a table that is full', () => {
  test('refuses a new row with FLOTILLA_LIMIT, which says what to do', async () => {
    const rows = table<number, number>({ name: 'rows', maxRows: 2 })
    await run(rows)
    rows.save(1, 1)
    rows.save(2, 2)
    expect(() => rows.save(3, 3)).toThrow(
      expect.objectContaining({
        code: 'FLOTILLA_LIMIT',
        message: expect.stringContaining('maxRows'),
      }),
    )
    rows.save(2, 3)
    expect(rows.remove(1)).toBe(true)
    rows.save(3, 3)
    expect([...rows.entries()]).toEqual([
      [2, 3],
      [3, 3],
    ])
  })
})

/** A durable store, as far as a server can tell. */
class SlowStore<K extends string, V> implements Store<K, V> {
  readonly #rows = new Map<K, V>()

  async load(key: K): Promise<V | undefined> {
    return this.#rows.get(key)
  }

  async save(key: K, value: V): Promise<void> {
    this.#rows.set(key, value)
  }

  async remove(key: K): Promise<boolean> {
    return this.#rows.delete(key)
  }
}

function counterOn(store: Store<string, number>) {
  return defineServer({
    name: 'counter',
    init: async (key: string) => ({ key, count: (await store.load(key)) ?? 0 }),
    calls: {
      add: async (state, amount: number) => {
        const count = state.count + amount
        await store.save(state.key, count)
        return reply(count, { ...state, count })
      },
    },
  })
}
