import { argumentCodes, exit, type Key } from 'flotilla'
import { describe, expect, test } from 'vitest'
import { trust } from '../../src/core/trust.ts'
import { Metadata, metaRowsMax } from '../../src/registry/metadata.ts'
import { countLeft } from '../collect-garbage.ts'
import { codeOf, run } from '../supervisor/running.ts'
import { pidOf } from '../supervisor/worker.ts'
import { type AnyRegistry, inside, kinds, makeRegistry, runKind } from './any-registry.ts'

describe.each(kinds)(
  'metadata of a registry with $keys keys and $options [REG-010, REG-011]',
  (kind) => {
    test('come from the option and from putMeta, which overwrites [REG-081]', async () => {
      const { names } = await runKind(kind, { meta: { region: 'eu', nothing: undefined } })
      expect(names.meta('region')).toEqual({ ok: true, value: 'eu' })
      expect(names.meta('nothing')).toEqual({ ok: true, value: undefined })
      expect(names.meta('absent')).toEqual({ ok: false })
      names.putMeta('region', { name: 'us' })
      expect(names.meta('region')).toEqual({ ok: true, value: { name: 'us' } })
      names.putMeta(['a', 1], 1)
      expect([names.meta(['a', 1]), names.meta(['a', '1'])]).toEqual([
        { ok: true, value: 1 },
        { ok: false },
      ])
    })

    test('can be removed, also where there are none [REG-081]', async () => {
      const { names } = await runKind(kind, { meta: { region: 'eu' } })
      expect([names.deleteMeta('region'), names.deleteMeta('region')]).toEqual([true, false])
      expect(names.meta('region')).toEqual({ ok: false })
    })

    test('survive the process that stands for the registry [REG-082]', async () => {
      const { names, top, host } = await runKind(kind, { meta: { region: 'eu' } })
      names.putMeta('more', 1)
      exit(pidOf(top, 'names'), 'kill')
      expect(names.meta('more')).toEqual({ ok: true, value: 1 })
      await host.settle()
      expect([names.meta('more'), names.meta('region')]).toEqual([
        { ok: true, value: 1 },
        { ok: true, value: 'eu' },
      ])
    })

    test('are no names: neither space knows the other', async () => {
      const { names, start, enter } = await runKind(kind)
      await enter(await start(), 'x', 1)
      names.putMeta('y', 2)
      expect([names.meta('x'), names.lookup('y'), names.count()]).toEqual([{ ok: false }, [], 1])
    })

    test('begin as the options say on the next node', async () => {
      const names = makeRegistry(kind, { meta: { region: 'eu' } })
      const { node } = await run(names, 'first')
      names.putMeta('region', 'us')
      names.putMeta('more', 1)
      await node.stop()
      await run(names, 'second')
      expect([names.meta('region'), names.meta('more')]).toEqual([
        { ok: true, value: 'eu' },
        { ok: false },
      ])
    })

    test('are kept as values are, and wrong ones are refused', async () => {
      const meta = { roles: ['a'] }
      const { names } = await runKind(kind, { meta })
      expect(Object.isFrozen(meta.roles)).toBe(true)
      expect(codeOf(() => names.putMeta('x', new Map()))).toBe(argumentCodes.invalid_argument)
      const { names: sharing } = await runShared(kind)
      const shared = new Map()
      sharing.putMeta('x', shared)
      expect(sharing.meta('x')).toEqual({ ok: true, value: shared })
      const wrong: Key = trust({})
      for (const use of [
        () => names.meta(wrong),
        () => names.putMeta(wrong, 1),
        () => names.deleteMeta(wrong),
      ]) {
        expect(codeOf(use)).toBe(argumentCodes.invalid_key)
      }
    })

    test('are not changed by code that a dead process left behind', async () => {
      const { names, start } = await runKind(kind, { meta: { region: 'eu' } })
      const late = inside(await start(), (context) => {
        exit(context.self, 'kill')
        names.putMeta('region', 'us')
        names.deleteMeta('region')
      })
      await expect(late).rejects.toMatchObject({ reason: { kind: 'killed' } })
      expect(names.meta('region')).toEqual({ ok: true, value: 'eu' })
    })
  },
)

describe('the metadata of a node that is over', () => {
  test('are forgotten, though the handle is still there', async () => {
    const names = makeRegistry({ keys: 'unique', options: { values: 'share' } })
    const { node } = await run(names, 'first')
    const stored = new WeakRef(store(names))
    await node.stop()
    expect([await countLeft([stored]), names.id]).toEqual([0, 'names'])
  })

  /** In a function of its own, whose variables are gone when it returns. */
  function store(names: AnyRegistry): object {
    const value = { large: Array(1000).fill(1) }
    names.putMeta('value', value)
    return value
  }
})

describe('metadata of one registry', () => {
  test('have a limit, at which what is there can still be replaced', () => {
    const metadata = new Metadata({})
    for (let key = 0; key < metaRowsMax; key += 1) metadata.put('store', key, key)
    expect(codeOf(() => metadata.put('store', 'more', 1))).toBe(argumentCodes.limit)
    metadata.put('store', 0, 'replaced')
    expect(metadata.get(0)).toEqual({ value: 'replaced' })
    metadata.delete(1)
    metadata.put('store', 'more', 1)
    expect(metadata.get('more')).toEqual({ value: 1 })
    metadata.clear()
    expect(metadata.get(0)).toBeUndefined()
  })
})

async function runShared(kind: (typeof kinds)[number]) {
  const names = makeRegistry(kind, { name: 'sharing', values: 'share' })
  await run(names, 'sharing')
  return { names }
}
