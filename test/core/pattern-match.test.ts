import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ArgumentError } from '../../src/core/argument-error.ts'
import { any, variable } from '../../src/core/pattern.ts'
import { type Bindings, compilePattern, fits } from '../../src/core/pattern-match.ts'
import { hostileValues } from '../hostile/hostile-values.ts'

function match(pattern: unknown, value: unknown): Record<string, unknown> | undefined {
  const bindings: Bindings = new Map()
  const test = compilePattern('test', 'the pattern', pattern)
  return fits(test, value, bindings) ? Object.fromEntries(bindings) : undefined
}

const leaf = fc.oneof(
  fc.constantFrom<unknown>(null, undefined, true, false, 0, 1, Number.NaN, '', '1', 1n),
  fc.string({ maxLength: 3 }),
)
const name = fc.constantFrom('a', 'b', 'c', '__proto__', 'constructor')
/** Plain data, less deep than a pattern may be. */
const data = fc.letrec<{ data: unknown }>((tie) => ({
  data: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.array(tie('data'), { maxLength: 3 }),
    fc.array(fc.tuple(name, tie('data')), { maxLength: 3 }).map(record),
  ),
})).data

function record(entries: readonly (readonly [string, unknown])[]): object {
  return Object.fromEntries(entries)
}

/** Puts something else into places of a value that are chosen by a stream of numbers. */
function replaced(value: unknown, draws: number[], put: (part: unknown) => unknown): unknown {
  if ((draws.pop() ?? 9) === 0) return put(value)
  if (Array.isArray(value)) return value.map((item) => replaced(item, draws, put))
  if (typeof value !== 'object' || value === null) return value
  return record(Object.entries(value).map(([key, part]) => [key, replaced(part, draws, put)]))
}

const draws = fc.array(fc.nat(3), { maxLength: 20 })

describe('a pattern', () => {
  test('without names fits the value that it is a copy of', () => {
    fc.assert(
      fc.property(data, (value) => {
        expect(match(structuredClone(value), value)).toEqual({})
      }),
    )
  })

  test('fits whatever parts of it are replaced by the wildcard', () => {
    fc.assert(
      fc.property(data, draws, (value, picks) => {
        expect(
          match(
            replaced(value, [...picks], () => any),
            value,
          ),
        ).toEqual({})
      }),
    )
  })

  test('binds each part that is replaced by a variable, and filled in gives the value back', () => {
    fc.assert(
      fc.property(data, draws, (value, picks) => {
        const parts: Record<string, unknown> = {}
        const pattern = replaced(value, [...picks], (part) => {
          const id = `v${Object.keys(parts).length}`
          parts[id] = part
          return variable(id)
        })
        expect(match(pattern, value)).toEqual(parts)
      }),
    )
  })

  test('fits an object with properties more, but no array with items more', () => {
    fc.assert(
      fc.property(fc.dictionary(name, leaf, { maxKeys: 3 }), leaf, (value, more) => {
        expect(match(value, { ...value, more })).toEqual({})
        expect(match(Object.values(value), [...Object.values(value), more])).toBeUndefined()
        expect(match({ ...value, more }, value)).toBeUndefined()
      }),
    )
  })

  test('fits nothing that differs in one place', () => {
    fc.assert(
      fc.property(data, draws, (value, picks) => {
        let changes = 0
        const changed = replaced(value, [...picks], (part) => {
          changes += 1
          return ['something else', part]
        })
        expect(match(value, changed) === undefined).toBe(changes > 0)
      }),
    )
  })

  test('answers any value at all with yes or no, and the same every time', () => {
    const anything = fc.anything({ withBigInt: true, withDate: true, withSparseArray: true })
    fc.assert(
      fc.property(data, anything, (pattern, value) => {
        expect(match(pattern, value)).toEqual(match(pattern, value))
      }),
      { numRuns: 500 },
    )
  })
})

describe('literals', () => {
  test('are compared strictly', () => {
    expect(match(1, '1')).toBeUndefined()
    expect(match(0, -0)).toEqual({})
    expect(match(Number.NaN, Number.NaN)).toEqual({})
    expect(match(null, undefined)).toBeUndefined()
    expect(match([], {})).toBeUndefined()
    expect(match({}, [])).toBeUndefined()
    expect(match({}, null)).toBeUndefined()
    expect(match({}, 'x')).toBeUndefined()
  })

  test('that are no plain data are compared by identity', () => {
    const [date, mark] = [new Date(0), Symbol('mark')]
    expect(match({ at: date, mark }, { at: date, mark, more: 1 })).toEqual({})
    expect(match(date, new Date(0))).toBeUndefined()
  })

  test('as properties have to be there, whatever they are', () => {
    expect(match({ a: undefined }, {})).toBeUndefined()
    expect(match({ a: any }, {})).toBeUndefined()
    expect(match({ a: undefined }, { a: undefined })).toEqual({})
    // Not those of a prototype.
    expect(match({ toString: any }, {})).toBeUndefined()
  })

  test('by symbol count as properties', () => {
    const mark = Symbol('mark')
    expect(match({ [mark]: 1 }, { [mark]: 1 })).toEqual({})
    expect(match({ [mark]: 1 }, { [mark]: 2 })).toBeUndefined()
    expect(match({ [mark]: 1 }, {})).toBeUndefined()
  })
})

describe('a variable that stands twice', () => {
  test('wants parts that are equal as data', () => {
    const pair = [variable('v'), variable('v')]
    fc.assert(
      fc.property(data, data, (one, other) => {
        expect(match(pair, [one, structuredClone(one)])).toEqual({ v: one })
        const isFit = match(pair, [one, other]) !== undefined
        expect(isFit).toBe(
          match([one], [other]) !== undefined && match([other], [one]) !== undefined,
        )
      }),
    )
  })

  test('may be called anything', () => {
    for (const odd of ['__proto__', 'constructor', 'then', ' ']) {
      const bound = match([variable(odd), variable(odd)], [1, 1]) ?? {}
      expect(Object.entries(bound)).toEqual([[odd, 1]])
    }
  })
})

describe('a pattern that is too large or cannot be read', () => {
  const cyclic: unknown[] = []
  cyclic.push(cyclic, cyclic)
  const deep = (levels: number): unknown => (levels === 0 ? any : { a: deep(levels - 1) })
  const throwing = {
    get a() {
      throw new Error('no')
    },
  }

  test.each<[string, unknown]>([
    ['a cycle', cyclic],
    ['17 levels', deep(17)],
    ['1,001 parts', Array(1001).fill(1)],
    ['an array of the greatest length', new Array(2 ** 32 - 1)],
    ['a getter that throws', throwing],
    ['a revoked proxy', revoked()],
  ])('is refused before anything is compared: %s', (_, pattern) => {
    const compile = () => compilePattern('match', 'the pattern', pattern)
    expect(compile).toThrow(ArgumentError)
    expect(compile).toThrow(/^Cannot match: the pattern (cannot be read|has more than 16 levels)/)
  })

  test('is as large as it may be just below', () => {
    expect(match(deep(16), nested(16))).toEqual({})
    expect(match(Array(999).fill(1), Array(999).fill(1))).toEqual({})
  })

  function nested(levels: number): unknown {
    return levels === 0 ? 5 : { a: nested(levels - 1) }
  }
})

describe('hostile values', () => {
  test.each(hostileValues.map(({ label, make }) => [label, make] as const))(
    'neither crash nor hang: %s',
    (_, make) => {
      const outcome = (): unknown => {
        try {
          return match(make(), 1)
        } catch (error) {
          return error
        }
      }
      const result = outcome()
      expect(result === undefined || ArgumentError.is(result) || typeof result === 'object').toBe(
        true,
      )
      // As a value they fit or do not, but never throw.
      for (const pattern of [any, variable('v'), { a: variable('v') }, [any], [variable('v')]]) {
        expect(['object', 'undefined']).toContain(typeof match(pattern, make()))
      }
      expect(['object', 'undefined']).toContain(
        typeof match([variable('v'), variable('v')], [make(), make()]),
      )
    },
  )

  test('that answer differently each time are read once when a pattern is compiled', () => {
    let reads = 0
    const fickle = {
      get a() {
        reads += 1
        return reads
      },
    }
    const test = compilePattern('test', 'the pattern', fickle)
    expect(reads).toBe(1)
    expect(fits(test, { a: 1 }, new Map())).toBe(true)
    expect(fits(test, { a: 1 }, new Map())).toBe(true)
    expect(reads).toBe(1)
  })
})

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}
