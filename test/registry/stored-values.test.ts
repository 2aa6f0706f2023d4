import { uniqueRegistry } from 'flotilla'
import { describe, expect, test } from 'vitest'
import { checkKeeping, keepValue } from '../../src/registry/stored-values.ts'
import { bareNode, bareProcess } from '../process/bare.ts'

describe('checkKeeping', () => {
  test('knows two ways', () => {
    expect([checkKeeping('x', 'freeze'), checkKeeping('x', 'share')]).toEqual(['freeze', 'share'])
    for (const wrong of ['clone', undefined, null, 1, {}]) {
      expect(() => checkKeeping('make', wrong)).toThrow(/^Cannot make: option "values" is/)
    }
  })
})

describe('keepValue', () => {
  test('freezes plain data in depth and gives it back', () => {
    const value = { list: [{ deep: 1 }] }
    expect(keepValue('store', value, 'freeze')).toBe(value)
    expect([value, value.list, value.list[0]].every(Object.isFrozen)).toBe(true)
  })

  test('takes what has no parts as it is', () => {
    const mark = (): number => 1
    for (const value of [undefined, null, 1, 'x', 1n, true, mark]) {
      expect(keepValue('store', value, 'freeze')).toBe(value)
    }
    expect(Object.isFrozen(mark)).toBe(false)
  })

  test('takes pids and vias inside, which can be used as before', () => {
    const process = bareProcess(bareNode())
    const via = uniqueRegistry({ name: 'names' }).via('x')
    const value = { pid: process.pid, all: [via] }
    expect(keepValue('store', value, 'freeze')).toBe(value)
    expect([process.pid, via].every(Object.isFrozen)).toBe(true)
    expect(`${process.pid}`).toMatch(/^<bare\./)
  })

  test.each([new Map(), new Date(0), { nested: new Set() }, Object.create({ inherited: 1 })])(
    'refuses what freezing does not reach, unless it is shared: %s',
    (value) => {
      const store = () => keepValue('store', value, 'freeze')
      expect(store).toThrow(
        /^Cannot store: (a part of )?the value is .*, wanted plain data .*values: "share"/,
      )
      expect(keepValue('store', value, 'share')).toBe(value)
      expect(Object.isFrozen(value)).toBe(false)
    },
  )

  test('says which part of a value it is that cannot be frozen', () => {
    const store = (value: unknown) => () => keepValue('store', value, 'freeze')
    const getter = Object.defineProperty({}, 'x', { get: () => 1 })
    expect(store({ since: new Date(0) })).toThrow('Cannot store: a part of the value is a Date,')
    expect(store([{ all: new Map() }])).toThrow('Cannot store: a part of the value is a Map,')
    expect(store(getter)).toThrow('Cannot store: a part of the value is a function')
    expect(store(new Date(0))).toThrow('Cannot store: the value is a Date,')
  })
})
