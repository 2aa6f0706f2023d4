import { ArgumentError, ignore, later, next, reply, stop } from 'flotilla'
import { describe, expect, test } from 'vitest'
import { Step } from '../../src/gen-server/steps.ts'
import { hostileValues } from '../process/hostile.ts'

describe('steps', () => {
  test('are data: what was given, under its name', () => {
    const options = { idleTimeoutMs: 5 }
    expect(reply(1, 2, options)).toMatchObject({ step: 'reply', reply: 1, state: 2, options })
    expect(next(2)).toMatchObject({ step: 'next', state: 2, options: undefined })
    expect(later({ send: () => undefined }, 2, options)).toMatchObject({ step: 'later', state: 2 })
    expect(ignore()).toMatchObject({ step: 'ignore' })
  })

  test('tell a stop without a reply from one whose reply is undefined', () => {
    const reason = { kind: 'normal' } as const
    expect(stop(reason, 1)).toMatchObject({ step: 'stop', reason, state: 1, replies: false })
    expect(stop(reason, 1, undefined)).toMatchObject({ replies: true, reply: undefined })
    expect(stop(reason, 1, 'bye')).toMatchObject({ replies: true, reply: 'bye' })
  })
})

describe('stop', () => {
  test('refuses what is no reason, and keeps a copy of what is one', () => {
    const reason = { kind: 'shutdown', detail: [1] } as { kind: 'shutdown'; detail: unknown }
    const step = stop(reason, 0)
    reason.detail = 'changed'
    expect(step.reason).toEqual({ kind: 'shutdown', detail: [1] })
    expect(() => stop('normal' as never, 0)).toThrow(
      /^Cannot stop a server: the reason is "normal", wanted a reason such as \{ kind: "normal" \}/,
    )
    for (const [, value] of hostileValues()) {
      expect(() => stop(value as never, 0)).toThrow(ArgumentError)
    }
  })
})

describe('Step.is', () => {
  test('knows the steps of this package and runs no code of a value', () => {
    for (const step of [reply(1, 2), next(1), stop({ kind: 'normal' }, 1), ignore()]) {
      expect(Step.is(step)).toBe(true)
      expect(Step.is({ ...step })).toBe(false)
    }
    for (const [, value] of hostileValues()) expect(Step.is(value)).toBe(false)
  })
})
