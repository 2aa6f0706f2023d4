import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ArgumentError } from '../../src/core/argument-error.ts'
import { checkKey, isComposite, type Key, keyText, showKey } from '../../src/core/key.ts'

const wanted = 'a string, a finite number, a bigint, a boolean or an array of those'

describe('checkKey', () => {
  test('lets every kind of key pass', () => {
    const keys = ['', ' ', 'u1', '\0', '\ud800', '__proto__', 0, -0, 0.1, 2 ** 53, 5e-324, 10n]
    for (const key of [...keys, true, false, [], ['a', 1], [[['x']]], Object.freeze([1])]) {
      expect(() => checkKey('look up', key)).not.toThrow()
    }
    expect(() => checkKey('look up', runInNewContext('["a", 1]'))).not.toThrow()
  })

  test('refuses what is no key and says what was given', () => {
    expect(refusal(Number.NaN)).toBe(`Cannot look up: the key is NaN, wanted ${wanted}`)
    expect(refusal({ id: 1 })).toBe(`Cannot look up: the key is a plain object, wanted ${wanted}`)
    expect(refusal(['a', [null]])).toBe(`Cannot look up: the key holds null, wanted ${wanted}`)
    const others = [undefined, null, Number.POSITIVE_INFINITY, Symbol('x'), () => 1, new Date(0)]
    for (const other of [...others, new Map(), Object('boxed'), Promise.resolve()]) {
      expect(refusal(other)).toMatch(/^Cannot look up: the key is /)
      expect(refusal([other])).toMatch(/^Cannot look up: the key holds /)
    }
  })

  test('refuses a hole in an array', () => {
    const sparse: unknown[] = ['a']
    sparse[2] = 'c'
    expect(refusal(sparse)).toMatch('the key holds undefined')
    sparse.length = 2 ** 32 - 1
    expect(refusal(sparse)).toMatch('the key is longer than 4096 characters')
  })

  test('allows 16 levels of arrays, and refuses one more or a cycle', () => {
    expect(() => checkKey('look up', nested(16))).not.toThrow()
    expect(refusal(nested(17))).toMatch('the key is cyclic or nested deeper than 16 levels')
    const cyclic: unknown[] = []
    cyclic.push(cyclic)
    expect(refusal(cyclic)).toMatch('the key is cyclic or nested deeper than 16 levels')
    let deep: unknown = 'x'
    for (let level = 0; level < 100_000; level++) deep = [deep]
    expect(refusal(deep)).toMatch('the key is cyclic or nested deeper than 16 levels')
  })

  test('allows 4,096 units of text in total, and refuses one more', () => {
    const half = 'a'.repeat(2047)
    expect(() => checkKey('look up', 'a'.repeat(4096))).not.toThrow()
    expect(() => checkKey('look up', [half, half])).not.toThrow()
    expect(() => checkKey('look up', 10n ** 4095n)).not.toThrow()
    expect(() => checkKey('look up', flags(2048))).not.toThrow()
    const longArrays = [[half, `${half}a`], [half, half, ''], flags(2049), flags(4097)]
    for (const long of ['a'.repeat(4097), 10n ** 4096n, ...longArrays]) {
      expect(refusal(long)).toMatch('the key is longer than 4096 characters, wanted a short key')
    }
  })

  test('refuses at once what would take long to write or to walk', () => {
    expect(refusal(1n << 100_000_000n)).toMatch('longer than 4096')
    expect(refusal(-(1n << 100_000_000n))).toMatch('longer than 4096')
    expect(refusal(Array.from({ length: 1_000_000 }))).toMatch('longer than 4096')
    let wide: unknown = ['x']
    for (let level = 0; level < 15; level++) wide = Array.from({ length: 100 }, () => wide)
    expect(refusal(wide)).toMatch('longer than 4096')
  })

  test('refuses a Proxy that cannot be read', () => {
    const revoked = Proxy.revocable([], {})
    revoked.revoke()
    expect(refusal(revoked.proxy)).toBe('Cannot look up: the key cannot be read')
    const failing = new Proxy([1], {
      get: () => {
        throw new Error('a trap ran')
      },
    })
    expect(refusal(failing)).toBe('Cannot look up: the key cannot be read')
  })

  test('passes exactly what has a key text, whatever it is given', () => {
    const anything = fc.anything({ withBigInt: true, withDate: true, withSparseArray: true })
    fc.assert(
      fc.property(anything, (value) => {
        try {
          checkKey('look up', value)
        } catch (error) {
          expect(ArgumentError.is(error)).toBe(true)
          return
        }
        expect(keyText(value)).toMatch(/^[snitf[]/)
      }),
      { seed: 7, numRuns: 2000 },
    )
  })
})

describe('keyText', () => {
  test('is written like this for good', () => {
    expect(keyText('u1')).toBe('s2:u1')
    expect(keyText(42)).toBe('n42;')
    expect(keyText(1e21)).toBe('n1e+21;')
    expect(keyText(-10n)).toBe('i-10;')
    expect([true, false].map(keyText)).toEqual(['t', 'f'])
    expect(keyText(['a', [1, true], 2n, ''])).toBe('[s1:a[n1;t]i2;s0:]')
    expect(keyText([])).toBe('[]')
  })

  test('tells 1, "1", 1n, true and arrays of them apart', () => {
    const keys: readonly Key[] = [1, '1', 1n, true, [1], ['1'], [['1']], ['1', ''], 'n1;', 's1:1']
    expect(new Set(keys.map(keyText)).size).toBe(keys.length)
  })

  test('takes -0 for 0', () => {
    expect(keyText(-0)).toBe(keyText(0))
    expect(keyText([-0])).toBe(keyText([0]))
  })

  test('does not normalise texts that only look the same', () => {
    expect(keyText('é')).not.toBe(keyText('e\u0301'))
  })

  test('is the same for two keys exactly when they are the same key', () => {
    fc.assert(
      fc.property(key, key, (one, other) => {
        expect(keyText(one) === keyText(other)).toBe(isSameKey(one, other))
        expect(keyText(one)).toBe(keyText(structuredClone(one)))
      }),
      { seed: 8, numRuns: 5000 },
    )
  })

  test('throws instead of running away with what was never checked', () => {
    const cyclic: Key[] = []
    cyclic.push(cyclic)
    expect(() => keyText(cyclic)).toThrow(ArgumentError)
    expect(() => Reflect.apply(keyText, undefined, [{ id: 1 }])).toThrow(ArgumentError)
    expect(() => Reflect.apply(keyText, undefined, [[undefined]])).toThrow(ArgumentError)
  })
})

describe('isComposite', () => {
  test('is true for arrays alone', () => {
    expect(isComposite(['a'])).toBe(true)
    expect(['a', 1, 1n, true].some(isComposite)).toBe(false)
  })
})

describe('showKey', () => {
  test('writes a key as it is written in code', () => {
    expect(showKey('u1')).toBe('"u1"')
    expect(showKey(-0)).toBe('0')
    expect(showKey(10n)).toBe('10n')
    expect(showKey(['a', 1, [true, 2n], []])).toBe('["a", 1, [true, 2n], []]')
  })

  test('shortens what is long and escapes what is unprintable', () => {
    expect(showKey('a'.repeat(4096))).toBe(`"${'a'.repeat(40)}…" (4096 characters)`)
    expect(showKey(Array.from({ length: 100 }, () => 12345))).toMatch(/^\[12345, .*, …\]$/)
    expect(showKey(['\u001b[31m'])).toBe('["\\u001b[31m"]')
  })

  test('gives one short printable line for any key', () => {
    fc.assert(
      fc.property(key, (each) => {
        const shown = showKey(each)
        expect(shown.length).toBeLessThanOrEqual(160)
        expect(shown).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u)
      }),
      { seed: 9, numRuns: 2000 },
    )
    expect(showKey(nested(16)).length).toBeLessThanOrEqual(160)
  })

  test('survives a key that turned hostile after it was checked', () => {
    const cyclic: Key[] = []
    cyclic.push(cyclic)
    expect(showKey(cyclic)).toMatch(/^\[+…\]+$/)
    const revoked = Proxy.revocable<Key[]>([], {})
    revoked.revoke()
    expect(showKey(revoked.proxy)).toBe('an object that cannot be looked into')
  })
})

/** Few different leaves, so that equal keys are met often, and texts that imitate the encoding. */
const leaf: fc.Arbitrary<Key> = fc.oneof(
  fc.constantFrom<Key>('', '1', 'n1;', 's1:1', '[', ']', 't', '1:', '\ud800'),
  fc.constantFrom<Key>(0, -0, 1, 10, 0.1, 1n, 10n, -1n, true, false),
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.bigInt(),
)
const key: fc.Arbitrary<Key> = fc.letrec<{ key: Key }>((tie) => ({
  key: fc.oneof({ depthSize: 'small' }, leaf, fc.array(tie('key'), { maxLength: 3 })),
})).key

function isSameKey(one: Key, other: Key): boolean {
  if (isComposite(one) && isComposite(other)) {
    if (one.length !== other.length) return false
    return one.every((item, i) => isSameKey(item, other[i] ?? Number.NaN))
  }
  return one === other // -0 === 0
}

function nested(levels: number): Key {
  let nest: Key = []
  for (let level = 1; level < levels; level++) nest = [nest]
  return nest
}

function flags(count: number): Key {
  return Array.from({ length: count }, () => true)
}

/** The message with which a key is refused. */
function refusal(given: unknown): string {
  try {
    checkKey('look up', given)
  } catch (error) {
    if (ArgumentError.is(error) && error.code === 'FLOTILLA_INVALID_KEY') return error.message
    throw error
  }
  return 'it was not refused'
}
