import { ArgumentError, systemHost } from 'flotilla'
import { exploringHost, virtualHost } from 'flotilla/testing'
import { describe, expect, test } from 'vitest'
import { checkHost } from '../../src/process/host.ts'
import { hostileValues } from './hostile.ts'

const complete = {
  clock: { monotonicMs: () => 0, wallMs: () => 0, after: () => ({ cancel: () => undefined }) },
  random: { u32: () => 0 },
  scheduler: { yieldThen: () => undefined, soon: () => undefined, choose: () => 0 },
  parallelism: () => 1,
  warn: () => undefined,
  escapes: { capture: () => ({ cancel: () => undefined }) },
}

describe('checkHost', () => {
  test('accepts the host of the real world, the virtual one and the one that chooses', () => {
    expect(() => checkHost('start', systemHost())).not.toThrow()
    expect(() => checkHost('start', virtualHost())).not.toThrow()
    expect(() => checkHost('start', exploringHost())).not.toThrow()
  })

  test('accepts a host with no more than the three parts that every host has', () => {
    const { clock, random } = complete
    const scheduler = { yieldThen: () => undefined }
    expect(() => checkHost('start', { clock, random, scheduler })).not.toThrow()
  })

  test.each([
    ['clock', 'monotonicMs'],
    ['clock', 'wallMs'],
    ['clock', 'after'],
    ['random', 'u32'],
    ['scheduler', 'yieldThen'],
  ] as const)('refuses a host without %s.%s', (part, method) => {
    const host = { ...complete, [part]: { ...complete[part], [method]: undefined } }
    expect(() => checkHost('start a node', host)).toThrow(
      `Cannot start a node: option "host.${part}.${method}" is undefined, wanted a function`,
    )
  })

  test.each([
    ['scheduler.soon', { ...complete, scheduler: { ...complete.scheduler, soon: 1 } }],
    ['scheduler.choose', { ...complete, scheduler: { ...complete.scheduler, choose: 1 } }],
    [
      'scheduler.yieldAfterEnd',
      { ...complete, scheduler: { ...complete.scheduler, yieldAfterEnd: 1 } },
    ],
    ['parallelism', { ...complete, parallelism: 4 }],
    ['warn', { ...complete, warn: 1 }],
    ['escapes.capture', { ...complete, escapes: {} }],
  ])('refuses an optional %s that is no function', (name, host) => {
    expect(() => checkHost('start', host as never)).toThrow(`option "host.${name}"`)
  })

  test.each(hostileValues())('refuses %s with an error that says what is wanted', (_, value) => {
    for (const host of [value, { ...complete, clock: value }, { ...complete, scheduler: value }]) {
      expect(() => checkHost('start', host as never)).toThrow(
        expect.toSatisfy(
          (error) => ArgumentError.is(error) && error.code === 'FLOTILLA_INVALID_OPTION',
        ),
      )
    }
  })
})
