import { describe, expect, test } from 'vitest'
import { trust } from '../../src/core/trust.ts'
import { checkSignal, onAbort } from '../../src/process/abort-signal.ts'

const noSignal = expect.objectContaining({ code: 'FLOTILLA_INVALID_OPTION' })

describe('checkSignal', () => {
  test('takes a signal, aborted or not, and one of a polyfill', () => {
    const polyfill = { aborted: false, addEventListener: () => 1, removeEventListener: () => 1 }
    for (const signal of [new AbortController().signal, AbortSignal.abort(), polyfill]) {
      expect(() => checkSignal('wait', signal)).not.toThrow()
    }
  })

  test.each([null, undefined, {}, [], 'signal', { aborted: false }, { aborted: 0 }])(
    'refuses %j',
    (value) => {
      expect(() => checkSignal('wait', value)).toThrow(noSignal)
      expect(() => checkSignal('wait', value)).toThrow(/^Cannot wait: option "signal" is/)
    },
  )

  test('refuses what cannot be read', () => {
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    expect(() => checkSignal('wait', proxy)).toThrow(noSignal)
  })
})

describe('onAbort', () => {
  test('calls once, and not after it was stopped', () => {
    const [one, other] = [new AbortController(), new AbortController()]
    const calls: string[] = []
    onAbort('wait', one.signal, () => calls.push('one'))
    const stop = onAbort('wait', other.signal, () => calls.push('other'))
    stop()
    one.abort()
    other.abort()
    one.signal.dispatchEvent(new Event('abort'))
    expect(calls).toEqual(['one'])
  })

  test('refuses a signal that throws when listened to, and bears one that throws at the end', () => {
    const fail = (): never => {
      throw new Error('broken')
    }
    const broken = { aborted: false, addEventListener: fail, removeEventListener: fail }
    expect(() => onAbort('wait', trust(broken), fail)).toThrow(noSignal)
    const stop = onAbort('wait', trust({ ...broken, addEventListener: () => undefined }), fail)
    expect(stop).not.toThrow()
  })
})
