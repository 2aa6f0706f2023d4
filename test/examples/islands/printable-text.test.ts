import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isPrintableText } from '../../../examples/islands/printable-text.ts'

describe('isPrintableText', () => {
  test.each(['a', 'Ann-Marie', 'Åsa Öberg', '漁師', '🏝️', '__proto__', '<b>', '1'])(
    'accepts %j',
    (text) => expect(isPrintableText(text, 64)).toBe(true),
  )

  test.each([
    ['nothing', ''],
    ['blanks', ' \u00a0 '],
    ['a line feed', 'a\nb'],
    ['NUL', 'a\0'],
    ['an escape sequence', '\u001b[2J'],
    ['a line separator', 'a\u2028b'],
    ['a turn of direction', 'a\u202eb'],
    ['half a surrogate pair', 'a\ud800'],
  ])('refuses %s', (_, text) => expect(isPrintableText(text, 64)).toBe(false))

  test('counts its limit in characters as a string does', () => {
    expect(isPrintableText('x'.repeat(64), 64)).toBe(true)
    expect(isPrintableText('x'.repeat(65), 64)).toBe(false)
    expect(isPrintableText('x'.repeat(2 ** 20), 64)).toBe(false)
  })

  test('refuses whatever is not a string, without throwing', () => {
    const others = fc.anything({ withBigInt: true }).filter((value) => typeof value !== 'string')
    fc.assert(
      fc.property(others, (value) => {
        expect(isPrintableText(value, 64)).toBe(false)
      }),
    )
  })
})
