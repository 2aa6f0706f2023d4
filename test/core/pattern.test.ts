import { describe, expect, test } from 'vitest'
import { ArgumentError } from '../../src/core/argument-error.ts'
import { any, Variable, variable, Wildcard } from '../../src/core/pattern.ts'

describe('the wildcard', () => {
  test('is itself and nothing that looks like it', () => {
    expect(Wildcard.is(any)).toBe(true)
    for (const other of [{}, [], variable('x'), new Proxy(any, {}), Object.create(any)]) {
      expect(Wildcard.is(other)).toBe(false)
    }
  })
})

describe('a variable', () => {
  test('has its name', () => {
    const made = variable('who')
    expect([made.name, Variable.nameOf(made)]).toEqual(['who', 'who'])
  })

  test('is nothing that looks like it', () => {
    const made = variable('who')
    for (const other of [{}, { name: 'who' }, any, new Proxy(made, {}), Object.create(made)]) {
      expect(Variable.nameOf(other)).toBeUndefined()
    }
  })

  test.each([undefined, null, '', 0, {}, Symbol('x')])('is refused the name %s', (name) => {
    const make = (): unknown => Reflect.apply(variable, undefined, [name])
    expect(make).toThrow(ArgumentError)
    expect(make).toThrow(/Cannot make a variable of a pattern: the name is .*, wanted a text/)
  })
})
