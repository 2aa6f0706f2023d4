import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { quote, show } from '../../src/core/show.ts'

class Game {
  get score(): number {
    throw new Error('a getter ran')
  }
}

describe('show', () => {
  test('writes primitives as they are written in code', () => {
    const shown = [
      'abc',
      '',
      42,
      -0,
      0.1,
      Number.NaN,
      Number.NEGATIVE_INFINITY,
      10n,
      true,
      undefined,
      null,
    ].map(show)
    expect(shown.slice(0, 6)).toEqual(['"abc"', '""', '42', '-0', '0.1', 'NaN'])
    expect(shown.slice(6)).toEqual(['-Infinity', '10n', 'true', 'undefined', 'null'])
    expect(show(Symbol('x'))).toBe('Symbol(x)')
    expect(show(Symbol.iterator)).toBe('Symbol(Symbol.iterator)')
    expect(show(Symbol())).toBe('Symbol()')
  })

  test('names functions and classes', () => {
    const functions = {
      greet: () => 'hello',
      async greetLater() {
        await Promise.resolve()
      },
      *greetings() {
        yield 'hello'
      },
    }
    expect(show(functions.greet)).toBe('a function named greet')
    expect(show(functions.greetLater)).toBe('a function named greetLater')
    expect(show(functions.greetings)).toBe('a function named greetings')
    expect(show(() => 'hello')).toBe('a function')
    expect(show(Game)).toBe('a class named Game')
    expect(show(class {})).toBe('a class')
  })

  test('says what kind of object it is, and nothing of what is in it', () => {
    expect(show([1, 2, 3])).toBe('an array of 3')
    expect(show({ password: 'secret' })).toBe('a plain object')
    expect(show(Object.create(null))).toBe('a plain object')
    expect(show(new Game())).toBe('a Game')
    expect(show(Promise.resolve())).toBe('a Promise')
    expect(show(new TypeError('no'))).toBe('a TypeError')
    expect(show(new Error('no'))).toBe('an Error')
    expect(show(new Date(Number.NaN))).toBe('a Date')
    expect(show(new WeakMap())).toBe('a WeakMap')
    expect(show(Object.create({}))).toBe('an object')
  })

  test('knows objects of another realm', () => {
    expect(show(runInNewContext('({})'))).toBe('a plain object')
    expect(show(runInNewContext('[1]'))).toBe('an array of 1')
    expect(show(runInNewContext('new Map()'))).toBe('a Map')
  })

  test('escapes everything that could break or disguise a line', () => {
    expect(show('a\nb\r\t"\\')).toBe('"a\\nb\\r\\t\\"\\\\"')
    expect(show('\0\u001b[31m')).toBe('"\\u0000\\u001b[31m"')
    expect(show('\u202eabc\u2028\ufeff')).toBe('"\\u202eabc\\u2028\\ufeff"')
    expect(show('\ud800')).toBe('"\\ud800"')
    expect(show('a\u00a0b \u200b')).toBe('"a\\u00a0b \\u200b"')
    expect(show('\u{e0041}')).toBe('"\\u{e0041}"')
    expect(show('é😀')).toBe('"é😀"')
    expect(show(Symbol('\n'))).toBe('Symbol(\\n)')
    const named = Object.defineProperty(() => 1, 'name', { value: 'a\u001b[2Jb' })
    expect(show(named)).toBe('a function named a\\u001b[2Jb')
  })

  test('shortens long texts and tells how long they are', () => {
    expect(show('a'.repeat(1_000_000))).toBe(`"${'a'.repeat(40)}…" (1000000 characters)`)
    expect(show('a'.repeat(40))).toBe(`"${'a'.repeat(40)}"`)
    expect(show(`${'a'.repeat(39)}😀`)).toBe(`"${'a'.repeat(39)}…" (41 characters)`)
    expect(show(`${'a'.repeat(38)}😀`)).toBe(`"${'a'.repeat(38)}😀"`)
    expect(show('a…')).toBe('"a…"')
    expect(show(10n ** 40n - 1n)).toBe(`${'9'.repeat(40)}n`)
    expect(show(-(10n ** 40n))).toBe('a bigint of more than 40 digits')
  })

  test('takes no time for a bigint of millions of digits', () => {
    expect(show(1n << 100_000_000n)).toBe('a bigint of more than 40 digits')
  })

  test('runs no code of the value', () => {
    const fail = (): never => {
      throw new Error('it ran')
    }
    const tricky = { toString: fail, toJSON: fail, valueOf: fail, [Symbol.toPrimitive]: fail }
    const getters = {
      get name(): never {
        return fail()
      },
      get [Symbol.toStringTag](): never {
        return fail()
      },
      get constructor(): never {
        return fail()
      },
    }
    expect(show(tricky)).toBe('a plain object')
    expect(show(getters)).toBe('a plain object')
    expect(show(Object.create(getters))).toBe('an object')
    expect(show(Object.defineProperty(() => 1, 'name', { get: fail }))).toBe('a function')
    expect(show(new Game())).toBe('a Game')
  })

  test('never throws, whatever a Proxy does', () => {
    const failing = new Proxy({}, everyTrap())
    expect(show(failing)).toBe('an object that cannot be looked into')
    expect(show(new Proxy([], everyTrap()))).toBe('an object that cannot be looked into')
    expect(show(new Proxy(() => 1, everyTrap()))).toBe('a function')
    expect(show(Object.create(failing))).toBe('an object that cannot be looked into')
    const revoked = Proxy.revocable({}, {})
    revoked.revoke()
    expect(show(revoked.proxy)).toBe('an object that cannot be looked into')
    const lying = new Proxy({}, { getPrototypeOf: () => ({ constructor: { name: 5 } }) })
    expect(show(lying)).toBe('an object')
  })

  test('gives one short printable line for anything', () => {
    const withEverything = { withBigInt: true, withDate: true, withMap: true, withTypedArray: true }
    const nameless = { withNullPrototype: true, withSparseArray: true, withSet: true }
    const anything = fc.oneof(
      fc.anything({ ...withEverything, ...nameless }),
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.bigInt().map((value) => value ** 3n),
      fc.string({ unit: 'binary' }).map((name) => Symbol(name)),
      fc.string({ unit: 'binary' }).map((name) => ({ [name]: class {} })[name]),
    )
    fc.assert(
      fc.property(anything, (value) => {
        const shown = show(value)
        expect(shown.length).toBeLessThanOrEqual(80)
        expect(shown).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u)
      }),
      { seed: 6, numRuns: 500 },
    )
  })

  test('survives a cyclic value, a sparse array of greatest length and a deep nest', () => {
    const cyclic: unknown[] = []
    cyclic.push(cyclic)
    expect(show(cyclic)).toBe('an array of 1')
    const sparse: unknown[] = []
    sparse.length = 2 ** 32 - 1
    expect(show(sparse)).toBe('an array of 4294967295')
    let deep: unknown = {}
    for (let level = 0; level < 100_000; level++) deep = { deep }
    expect(show(deep)).toBe('a plain object')
  })
})

describe('quote', () => {
  test('escapes the same letters whether a text has others beside ASCII or not', () => {
    const beside = 'é'
    for (let unit = 0; unit < 128; unit += 1) {
      const text = `a${String.fromCharCode(unit)}b`
      expect(quote(text, 40), `unit ${unit}`).toBe(quote(text + beside, 40).replace(beside, ''))
    }
  })

  test('keeps as much of the text as asked for', () => {
    expect(quote('abcdef', 3)).toBe('"abc…" (6 characters)')
    expect(quote('a\n', 2)).toBe('"a…" (2 characters)')
    expect(quote('abc', 0)).toBe('"…" (3 characters)')
    expect(quote('', 0)).toBe('""')
  })
})

/** A handler whose every trap throws. */
function everyTrap(): ProxyHandler<object> {
  return new Proxy(
    {},
    {
      get: () => () => {
        throw new Error('a trap ran')
      },
    },
  )
}
