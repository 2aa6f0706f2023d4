import {
  argumentCodes,
  duplicateRegistry,
  type Key,
  type RegistryOptions,
  uniqueRegistry,
} from 'flotilla'
import { describe, expect, test } from 'vitest'
import { trust } from '../../src/core/trust.ts'
import { metaRowsMax } from '../../src/registry/metadata.ts'
import { checkRegistryOptions } from '../../src/registry/registry-options.ts'
import { bareNode, bareProcess } from '../process/bare.ts'
import { codeOf } from '../supervisor/running.ts'

const made: Readonly<Record<string, (options: RegistryOptions) => unknown>> = {
  uniqueRegistry: (options) => uniqueRegistry(options),
  duplicateRegistry: (options) => duplicateRegistry<Key>(options),
}

describe.each(Object.entries(made))('the options of %s', (_, make) => {
  test('may all be left out but the name [REG-002]', () => {
    expect(checkRegistryOptions({ name: 'it' })).toMatchObject({
      name: 'it',
      maxNames: 10_000_000,
      maxLocks: 100_000,
      listeners: [],
      meta: {},
      values: 'freeze',
      initialValue: undefined,
    })
    expect(make({ name: 'it' })).toMatchObject({ id: 'it', type: 'supervisor' })
  })

  test('may all be given, and those of OTP change nothing [REG-002, REG-011]', () => {
    const pid = bareProcess(bareNode()).pid
    const via = uniqueRegistry({ name: 'other' }).via('x')
    const options: RegistryOptions = {
      name: 'it',
      maxNames: 1,
      maxLocks: 1,
      listeners: [pid, via, { ...via }, { ...pid }],
      meta: { a: 1 },
      values: 'share',
      partitions: 8,
      compressed: true,
    }
    expect(make(options)).toMatchObject({ id: 'it' })
    const { compressed: _c, partitions: _p, ...rest } = options
    const plan = checkRegistryOptions(options)
    expect(plan).toEqual(checkRegistryOptions(rest))
    expect(plan.listeners).toEqual([pid, via, { ...via }, { ...pid }])
  })

  const { invalid_argument, invalid_option, invalid_address, invalid_key, unknown_option } =
    argumentCodes
  test.each<[string, unknown, string]>([
    ['name', undefined, invalid_argument],
    ['name', '', invalid_argument],
    ['name', 7, invalid_argument],
    ['partitions', 0, invalid_option],
    ['partitions', -1, invalid_option],
    ['partitions', 1.5, invalid_option],
    ['compressed', 'yes', invalid_option],
    ['maxNames', 0, invalid_option],
    ['maxLocks', 0, invalid_option],
    ['values', 'clone', invalid_option],
    ['listeners', 'x', invalid_option],
    ['listeners', {}, invalid_option],
    ['listeners', Array(1001).fill({ registry: 'a', key: 1 }), invalid_option],
    ['listeners', ['x'], invalid_address],
    ['listeners', [{ registry: 'x' }], invalid_address],
    ['meta', [], invalid_option],
    ['meta', { [Symbol('x')]: 1 }, invalid_option],
    ['meta', tooManyRows(), invalid_option],
    ['meta', { a: new Map() }, invalid_argument],
    ['meta', { ['a'.repeat(5000)]: 1 }, invalid_key],
    ['keys', 'unique', unknown_option],
    ['keys', ['duplicate', 'invalid'], unknown_option],
  ])('are refused at once: %s %s [REG-003, REG-004, REG-005]', (option, value, code) => {
    expect(codeOf(() => make(trust({ name: 'it', [option]: value })))).toBe(code)
  })

  test('are read once, and no iterator of theirs is asked', () => {
    const listeners: unknown[] = []
    Object.defineProperty(listeners, Symbol.iterator, {
      value: function* () {
        for (;;) yield { registry: 'x', key: 1 }
      },
    })
    expect(make({ name: 'it', listeners: trust(listeners) })).toMatchObject({ id: 'it' })
  })
})

test('initialValue is an option of unique registries alone', () => {
  expect(codeOf(() => duplicateRegistry(trust({ name: 'it', initialValue: 1 })))).toBe(
    argumentCodes.unknown_option,
  )
})

function tooManyRows(): object {
  return Object.fromEntries(Array.from({ length: metaRowsMax + 1 }, (_, index) => [index, 1]))
}
