import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  ArgumentError,
  argumentCodes,
  argumentError,
  checkCount,
  checkDuration,
  checkFunction,
  checkName,
  checkOptions,
} from '../../src/core/argument-error.ts'

const attempted = 'start a fleet'

describe('argumentCodes', () => {
  test('spells every code like its short name, with a prefix', () => {
    for (const [name, code] of Object.entries(argumentCodes)) {
      expect(code).toBe(`FLOTILLA_${name.toUpperCase()}`)
    }
  })
})

describe('ArgumentError', () => {
  test('is a TypeError with a code, and says its name first', () => {
    const error = new ArgumentError('FLOTILLA_LIMIT', 'Cannot add a child: it is full')
    expect(error).toBeInstanceOf(TypeError)
    expect(error.code).toBe('FLOTILLA_LIMIT')
    expect(String(error)).toBe('ArgumentError: Cannot add a child: it is full')
    expect(error.stack).toMatch(/^ArgumentError: Cannot add a child: it is full\n/)
  })

  test('is recognised when another copy of the package made it', () => {
    const brand = Symbol.for('flotilla.ArgumentError')
    expect(ArgumentError.is(new ArgumentError('FLOTILLA_LIMIT', 'x'))).toBe(true)
    expect(ArgumentError.is(Object.assign(new TypeError('x'), { [brand]: true }))).toBe(true)
  })

  test('is not mistaken for anything else, however hostile', () => {
    const revoked = Proxy.revocable({}, {})
    revoked.revoke()
    for (const other of [undefined, null, 'x', new TypeError('x'), {}, revoked.proxy]) {
      expect(ArgumentError.is(other)).toBe(false)
    }
  })
})

describe('argumentError', () => {
  test('says what was attempted, given and wanted, and what to do', () => {
    const subject = 'option "maxChildren"'
    const mistake = { attempted, subject, given: -1, wanted: 'a positive integer' }
    const said = 'Cannot start a fleet: option "maxChildren" is -1, wanted a positive integer'
    expect(argumentError('invalid_option', mistake).message).toBe(said)
    const fixable = { ...mistake, fix: 'leave it out for no limit' }
    const error = argumentError('invalid_option', fixable)
    expect(error.message).toBe(`${said}; leave it out for no limit`)
    expect(error.code).toBe('FLOTILLA_INVALID_OPTION')
  })

  test('tells undefined that was given from nothing given', () => {
    const given = argumentError('invalid_argument', {
      attempted,
      given: undefined,
      wanted: 'a key',
    })
    expect(given.message).toBe('Cannot start a fleet: the value is undefined, wanted a key')
    const nothing = argumentError('invalid_argument', { attempted, wanted: 'a key' })
    expect(nothing.message).toBe('Cannot start a fleet: wanted a key')
  })

  test('says a problem in words instead of a value', () => {
    const mistake = { attempted, problem: 'the name "games" is taken', fix: 'choose another' }
    const said = 'Cannot start a fleet: the name "games" is taken; choose another'
    expect(argumentError('name_taken', mistake).message).toBe(said)
  })
})

describe('checkOptions', () => {
  test('gives a copy of the options', () => {
    const options = { name: 'games', maxChildren: 3 }
    const copy = checkOptions(attempted, options, ['name', 'maxChildren'])
    expect(copy).toEqual(options)
    expect(copy).not.toBe(options)
    expect(checkOptions(attempted, Object.freeze({}), [])).toEqual({})
    expect(checkOptions(attempted, Object.create(null), [])).toEqual({})
  })

  test('reads each option once, so that it cannot change after the checks', () => {
    let reads = 0
    const options = {
      get name(): string {
        reads += 1
        return `read ${reads}`
      },
    }
    const copy = checkOptions(attempted, options, ['name'])
    expect([copy.name, copy.name, reads]).toEqual(['read 1', 'read 1', 1])
  })

  test('has no regard for what others have put into every object', () => {
    Object.assign(Object.prototype, { strange: true })
    try {
      expect(Object.keys(checkOptions(attempted, { name: 1 }, ['name']))).toEqual(['name'])
    } finally {
      Reflect.deleteProperty(Object.prototype, 'strange')
    }
  })

  test('refuses an unknown option and suggests the nearest known one', () => {
    const known = ['name', 'maxChildren', 'maxSeconds', 'minSeconds']
    const list = 'wanted one of name, maxChildren, maxSeconds, minSeconds'
    const unknown = 'FLOTILLA_UNKNOWN_OPTION Cannot start a fleet: there is no option'
    const given = (options: object): string =>
      refusal(() => checkOptions(attempted, options, known))
    const suggestions = { maxChilds: 'maxChildren', MAXSECONDS: 'maxSeconds', nam: 'name' }
    for (const [typed, meant] of Object.entries(suggestions)) {
      const said = `${unknown} "${typed}", ${list}; perhaps "${meant}" was meant`
      expect(given({ [typed]: 1 })).toBe(said)
    }
    expect(given({ colour: 'red' })).toBe(`${unknown} "colour", ${list}`)
    expect(given({ '\u001b[2J': 1 })).toBe(`${unknown} "\\u001b[2J", ${list}`)
    expect(given({ [Symbol('x')]: 1 })).toBe(`${unknown} Symbol(x), ${list}`)
    expect(given(JSON.parse('{ "__proto__": {} }'))).toBe(`${unknown} "__proto__", ${list}`)
    expect(given({ ['n'.repeat(1_000_000)]: 1 })).toMatch('(1000000 characters)')
    const none = refusal(() => checkOptions(attempted, { name: 1 }, []))
    expect(none).toBe(`${unknown} "name", wanted no options`)
  })

  test('refuses everything but a plain object', () => {
    const failing = new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error('a trap ran')
        },
      },
    )
    const getter = {
      get name(): string {
        throw new Error('a getter ran')
      },
    }
    const others = [undefined, null, 1, 'x', [], () => 1, new Map(), Promise.resolve()]
    for (const other of [...others, new Date(0), new Error('x'), failing, getter]) {
      expect(refusal(() => checkOptions<unknown>(attempted, other, ['name']))).toMatch(
        /^FLOTILLA_INVALID_ARGUMENT .*: the options argument is .*, wanted a plain object$/,
      )
    }
  })
})

describe('checkName', () => {
  test('gives back a name of 1 to 255 characters', () => {
    const names = ['a', ' ', 'games', 'ünïcode 😀', 'n'.repeat(255), '__proto__', '*']
    expect(names.map((name) => checkName(attempted, name))).toEqual(names)
  })

  test('refuses anything else', () => {
    const bad = ['', 'n'.repeat(256), 'a\nb', '\0', '\u001b[31m', '\u007f', '\u2028', '\ud800']
    for (const name of [...bad, undefined, null, 5, Symbol('x'), {}, ['a']]) {
      expect(refusal(() => checkName(attempted, name))).toMatch(
        /^FLOTILLA_INVALID_ARGUMENT .*: the name is .* without control characters$/,
      )
    }
  })
})

describe('checkCount', () => {
  test('gives back an integer within the limits', () => {
    expect(checkCount(attempted, 0, { option: 'maxChildren', min: 0 })).toBe(0)
    expect(checkCount(attempted, 5, { option: 'maxChildren', min: 1, max: 5 })).toBe(5)
    const most = Number.MAX_SAFE_INTEGER
    expect(checkCount(attempted, most, { option: 'maxChildren', min: 1 })).toBe(most)
  })

  test('refuses anything else and says the limits', () => {
    const numbers = [0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]
    for (const value of [...numbers, '3', 3n, undefined, null, {}, [3], new Number(3)]) {
      const said = refusal(() => checkCount(attempted, value, { option: 'maxChildren', min: 1 }))
      expect(said).toMatch(
        /^FLOTILLA_INVALID_OPTION .*option "maxChildren" is .*, wanted an integer of at least 1$/,
      )
    }
    const limits = { option: 'partitions', min: 1, max: 64 }
    expect(refusal(() => checkCount(attempted, 65, limits))).toBe(
      'FLOTILLA_INVALID_OPTION Cannot start a fleet: option "partitions" is 65, ' +
        'wanted an integer from 1 to 64',
    )
  })
})

describe('checkDuration', () => {
  test('gives back a number from 0 on', () => {
    for (const value of [0, -0, 0.5, 5000, Number.MAX_SAFE_INTEGER]) {
      expect(checkDuration(attempted, value, { option: 'timeoutMs' })).toBe(value)
    }
  })

  test('knows infinity only where it is allowed', () => {
    const allowed = { option: 'timeoutMs', allowInfinity: true } as const
    expect(checkDuration(attempted, 'infinity', allowed)).toBe('infinity')
    expect(refusal(() => checkDuration(attempted, 'infinity', { option: 'timeoutMs' }))).toBe(
      'FLOTILLA_INVALID_OPTION Cannot start a fleet: option "timeoutMs" is "infinity", ' +
        'wanted a number from 0 to 2 ** 53 - 1',
    )
  })

  test('refuses anything else', () => {
    const allowed = { option: 'timeoutMs', allowInfinity: true } as const
    const numbers = [-1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]
    for (const value of [...numbers, '5', 5n, undefined, null, 'Infinity', {}, new Date(0)]) {
      expect(refusal(() => checkDuration(attempted, value, allowed))).toMatch(
        /^FLOTILLA_INVALID_OPTION .* a number from 0 to 2 \*\* 53 - 1, or 'infinity'$/,
      )
    }
  })
})

describe('checkFunction', () => {
  test('lets functions pass and refuses anything else', () => {
    for (const value of [() => 1, class {}, Math.max, new Proxy(() => 1, {})]) {
      expect(() => checkFunction(attempted, value, 'init')).not.toThrow()
    }
    expect(refusal(() => checkFunction(attempted, {}, 'init'))).toBe(
      'FLOTILLA_INVALID_OPTION Cannot start a fleet: option "init" is a plain object, ' +
        'wanted a function',
    )
  })
})

test('every check answers anything at all with its value or an ArgumentError', () => {
  const anything = fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true })
  fc.assert(
    fc.property(anything, (value) => {
      for (const check of [
        () => checkOptions(attempted, value, ['a']),
        () => checkName(attempted, value),
        () => checkCount(attempted, value, { option: 'a', min: 0 }),
        () => checkDuration(attempted, value, { option: 'a', allowInfinity: true }),
        () => checkFunction(attempted, value, 'a'),
      ]) {
        expect(refusal(check)).toMatch(/^(it was not refused$|FLOTILLA_[A-Z_]+ Cannot )/)
      }
    }),
    { seed: 10, numRuns: 1000 },
  )
})

/** The code and the message with which something is refused. */
function refusal(attempt: () => unknown): string {
  try {
    attempt()
  } catch (error) {
    if (ArgumentError.is(error)) return `${error.code} ${error.message}`
    throw error
  }
  return 'it was not refused'
}
