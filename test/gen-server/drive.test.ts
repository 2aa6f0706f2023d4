import {
  ArgumentError,
  defineServer,
  Exit,
  type ExitReason,
  ignore,
  later,
  next,
  reply,
  stop,
} from 'flotilla'
import { drive } from 'flotilla/testing'
import { describe, expect, test } from 'vitest'

describe('drive', () => {
  test('runs init and handlers as plain functions, each on the state of the one before', () => {
    const driven = drive(counter, 5)
    expect(driven.state).toBe(5)
    expect(driven.call('add', 2)).toBe(7)
    driven.cast('bump')
    expect([driven.call('get'), driven.state, driven.stopped]).toEqual([8, 8, undefined])
  })

  test('takes a state that init gives back with next', () => {
    const server = defineServer({ name: 'x', init: (_: undefined) => next(3) })
    expect(drive(server, undefined).state).toBe(3)
  })

  test('takes information for a starter from init alone', () => {
    const server = defineServer({
      name: 'x',
      init: (_: undefined) => next(3, { startInfo: 'ready' }),
      casts: { late: (state) => next(state, { startInfo: 'ready' }) },
    })
    const driven = drive(server, undefined)
    expect(driven.state).toBe(3)
    expect(() => driven.cast('late')).toThrow('nobody starts the server any more')
  })

  test('runs what continueWith names at once, and ignores an idle time-out', () => {
    const server = defineServer({
      name: 'x',
      init: (start: number) => next(start, { continueWith: ['twice', 1] }),
      casts: {
        twice: (state, step: number) => next(state + step, { continueWith: ['once', step] }),
        once: (state, step: number) => next(state + step, { idleTimeoutMs: 5 }),
      },
      timeout: (state: number) => next(state),
    })
    expect(drive(server, 10).state).toBe(12)
  })

  test('remembers a stop and its reply, and refuses everything after it', () => {
    const driven = drive(counter, 1)
    expect(driven.call('stopWith', 'bye')).toBe('bye')
    expect(driven.stopped).toEqual({ kind: 'normal' })
    expect(() => driven.call('get')).toThrow(Exit)
    expect(() => driven.cast('bump')).toThrow(/^drive casts.bump failed: /)
    const other = drive(counter, 1)
    expect(() => other.call('stopWithout', { kind: 'shutdown' })).toThrow(
      'Call "stopWithout" failed: the process was shut down (shutdown)',
    )
    expect([other.state, other.stopped]).toEqual([1, { kind: 'shutdown' }])
  })

  test('says when init stopped or chose not to start', () => {
    const refusing = defineServer({ name: 'x', init: () => stop({ kind: 'shutdown' }, 0) })
    expect(() => drive(refusing, undefined)).toThrow(
      'Start of "x" failed: the process was shut down (shutdown)',
    )
    const ignoring = defineServer({ name: 'x', init: () => ignore() })
    expect(drive(ignoring, undefined).stopped).toEqual({ kind: 'normal' })
  })

  test('lets through what handlers throw', () => {
    const error = new Error('boom')
    expect(() => drive(counter, 1).call('fail', error)).toThrow(error)
    const failing = defineServer({
      name: 'x',
      init: () => {
        throw error
      },
    })
    expect(() => drive(failing, undefined)).toThrow(error)
  })

  const refusals: [string, () => unknown, string, RegExp][] = [
    ['an unknown call', () => drive(counter, 1).call('nope' as never), 'unknown', /no such call/],
    ['a cast as a call', () => drive(counter, 1).call('bump' as never), 'unknown', /no such call/],
    ['an asynchronous handler', () => drive(counter, 1).call('slow'), 'step', /asynchronous/],
    ['a reply put off', () => drive(counter, 1).call('putOff'), 'step', /puts its reply off/],
    ['a result that is no step', () => drive(counter, 1).call('junk'), 'step', /the result is 5/],
    ['a use of the context', () => drive(counter, 1).call('who'), 'outside', /context\.self/],
    ['what is no server', () => drive({} as never, 1 as never), 'argument', /wanted what defineS/],
  ]
  for (const [what, work, code, message] of refusals) {
    test(`refuses ${what} and says what to do`, () => {
      try {
        work()
        expect.unreachable()
      } catch (error) {
        expect(ArgumentError.is(error)).toBe(true)
        expect(String((error as ArgumentError).code)).toContain(code.toUpperCase())
        expect((error as ArgumentError).message).toMatch(message)
      }
    })
  }
})

const counter = defineServer({
  name: 'counter',
  init: (start: number) => start,
  calls: {
    get: (count) => reply(count, count),
    add: (count, step: number) => reply(count + step, count + step),
    stopWith: (count, word: string) => stop({ kind: 'normal' }, count, word),
    stopWithout: (count, reason: ExitReason) => stop(reason, count),
    slow: async (count) => reply(count, count),
    putOff: (count) => later<number, number>({ send: () => undefined }, count),
    junk: (_: number) => 5 as never,
    who: (count, _: undefined, context) => reply(context.self, count),
    fail: (_: number, error: unknown): never => {
      throw error
    },
  },
  casts: { bump: (count) => next(count + 1) },
})
