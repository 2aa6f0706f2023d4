import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Key, keyText } from '../../src/core/key.ts'
import { KeyMap } from '../../src/core/key-map.ts'

describe('KeyMap', () => {
  test('tells keys apart by type and structure', () => {
    const map = new KeyMap<number>()
    const keys: Key[] = [1, '1', 1n, true, 'true', ['1'], [1], [['1']], [], '']
    for (const [index, key] of keys.entries()) map.set(key, index)
    expect(map.size).toBe(keys.length)
    for (const [index, key] of keys.entries()) expect(map.get(key)).toBe(index)
  })

  test('finds a composite key by an equal one, not only by the same', () => {
    const map = new KeyMap<string>()
    map.set(['game', 7], 'here')
    expect(map.get(['game', 7])).toBe('here')
    expect([map.delete(['game', 7]), map.delete(['game', 7]), map.size]).toEqual([true, false, 0])
  })

  test('takes 0 and -0 for one key', () => {
    const map = new KeyMap<string>()
    map.set(0, 'zero')
    map.set([-0], 'in a list')
    expect([map.get(-0), map.get([0])]).toEqual(['zero', 'in a list'])
  })

  test('lists values in the order of their first insertion, plain keys first', () => {
    const map = new KeyMap<string>()
    map.set(['a'], 'composite')
    map.set('a', 'plain')
    map.set('b', 'other')
    map.set('a', 'changed')
    expect([...map.values()]).toEqual(['changed', 'other', 'composite'])
    map.clear()
    expect([map.size, [...map.values()]]).toEqual([0, []])
  })

  test('is what a map of canonical texts would be, after any use', () => {
    const key: fc.Arbitrary<Key> = fc.letrec<{ key: Key; plain: Key }>((tie) => ({
      plain: fc.oneof(fc.nat(3), fc.constantFrom('', '0', '1', 'a'), fc.boolean(), fc.constant(1n)),
      key: fc.oneof(tie('plain'), fc.array(tie('key'), { maxLength: 2 })),
    })).key
    const step = fc.tuple(key, fc.constantFrom('set', 'delete', 'get'), fc.nat(9))
    fc.assert(
      fc.property(fc.array(step, { maxLength: 50 }), (steps) => {
        const [map, model] = [new KeyMap<number>(), new Map<string, number>()]
        for (const [at, what, value] of steps) {
          const text = keyText(at)
          if (what === 'set') {
            map.set(at, value)
            model.set(text, value)
          } else if (what === 'delete') expect(map.delete(at)).toBe(model.delete(text))
          else expect(map.get(at)).toBe(model.get(text))
          expect(map.size).toBe(model.size)
        }
      }),
    )
  })
})
