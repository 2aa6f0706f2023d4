import { ignore, later, next, reply, stop } from 'flotilla'
import { describe, expect, test } from 'vitest'
import {
  asStep,
  checkFirstOptions,
  checkStepOptions,
  type StepPlace,
} from '../../src/gen-server/step-check.ts'
import { hostileValues } from '../process/hostile.ts'

const steps = {
  reply: reply(1, 2),
  next: next(2),
  stop: stop({ kind: 'normal' }, 2),
  later: later({ send: () => undefined }, 2),
  ignore: ignore(),
}

describe('asStep', () => {
  const rightPlaces: [StepPlace, string[]][] = [
    ['call', ['reply', 'stop', 'later']],
    ['other', ['next', 'stop']],
    ['init', ['next', 'stop', 'ignore']],
  ]
  for (const [place, right] of rightPlaces) {
    test(`lets pass where the place is ${place}: ${right.join(', ')}`, () => {
      for (const [name, step] of Object.entries(steps)) {
        expect([name, asStep(step, place)]).toEqual([name, right.includes(name) ? step : undefined])
      }
    })
  }

  test('lets nothing else pass', () => {
    for (const [, value] of hostileValues()) expect(asStep(value, 'call')).toBeUndefined()
  })
})

describe('checkStepOptions', () => {
  const known = { casts: new Map([['go', 1]]), timeout: () => undefined }

  test('gives back the options, read once', () => {
    const options = { continueWith: ['go', 5], idleTimeoutMs: 10 } as const
    expect(checkStepOptions(options, 'games', known)).toEqual(options)
    expect(checkStepOptions({}, 'games', known)).toEqual({})
    const list = ['go', 1] as [string, number]
    const checked = checkStepOptions({ continueWith: list }, 'games', known)
    list[0] = 'nope'
    expect(checked).toEqual({ continueWith: ['go', 1] })
  })

  const mistakes: [unknown, string][] = [
    [{ continueWith: ['stay'] }, 'continueWith names "stay", which is no cast of the server'],
    [
      { continueWith: 'go' },
      'option "continueWith" is "go", wanted a list of a cast and its payload',
    ],
    [{ idleTimeoutMs: -1 }, 'option "idleTimeoutMs" is -1'],
    [{ idleTimeout: 1 }, 'idleTimeoutMs'],
    [7, 'the options argument is 7, wanted a plain object'],
  ]
  for (const [options, message] of mistakes) {
    test(`gives back an error that says: ${message}`, () => {
      const error = checkStepOptions(options as never, 'games', known)
      expect(error).toBeInstanceOf(Error)
      const text = String(error instanceof Error ? error.message : error)
      expect(text).toMatch(/^Cannot go on with server "games": /)
      expect(text).toContain(message)
    })
  }

  test('refuses an idle time-out for a server without a timeout handler', () => {
    const deaf = { ...known, timeout: undefined }
    expect(checkStepOptions({ idleTimeoutMs: 1 }, 'games', deaf)).toMatchObject({
      message:
        'Cannot go on with server "games": idleTimeoutMs was given, but the server has no ' +
        'timeout handler',
    })
  })

  test('refuses information for a starter that is no longer there', () => {
    for (const startInfo of [5, undefined]) {
      expect(checkStepOptions({ startInfo }, 'games', known)).toMatchObject({
        code: 'FLOTILLA_INVALID_STEP',
        message:
          'Cannot go on with server "games": startInfo was given, but nobody starts the server ' +
          'any more, wanted startInfo in the step of init alone',
      })
    }
  })

  test('never throws, whatever it is given', () => {
    for (const [, value] of hostileValues()) {
      expect(() => checkStepOptions(value as never, 'games', known)).not.toThrow()
      const options = { continueWith: value, idleTimeoutMs: value } as never
      expect(() => checkStepOptions(options, 'games', known)).not.toThrow()
    }
  })
})

describe('checkFirstOptions', () => {
  const known = { casts: new Map([['go', 1]]), timeout: () => undefined }

  test('gives back the options of init, information for the starter among them', () => {
    const info = { port: 4000 }
    const options = { continueWith: ['go'], idleTimeoutMs: 10, startInfo: info } as const
    const checked = checkFirstOptions(options, 'games', known)
    expect(checked).toEqual({ ...options, continueWith: ['go', undefined] })
    expect(checked instanceof Error || checked.startInfo).toBe(info)
  })

  test('refuses what checkStepOptions refuses', () => {
    const wrong = [{ continueWith: ['stay'] }, { idleTimeoutMs: -1 }, { startInf: 1 }, 7]
    for (const options of wrong) {
      const error = checkFirstOptions(options as never, 'games', known)
      expect(error).toEqual(checkStepOptions(options as never, 'games', known))
      expect(error).toBeInstanceOf(Error)
    }
  })
})
