import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { gameId, gameIdLengthMax } from '../../../examples/islands/game-id.ts'

describe('gameId', () => {
  test('keeps a text that can name a game as it is', () => {
    expect(gameId('game 17')).toEqual({ ok: true, value: 'game 17' })
    const longest = 'g'.repeat(gameIdLengthMax)
    expect(gameId(longest)).toEqual({ ok: true, value: longest })
  })

  test.each([
    ['', 'blank'],
    ['g'.repeat(65), 'too long'],
    ['g\n1', 'not printable'],
  ])('refuses %j, which is %s', (text) =>
    expect(gameId(text)).toEqual({ ok: false, reason: 'invalid_game_id' }),
  )

  test('refuses any other value without throwing', () => {
    const others = fc.anything({ withBigInt: true }).filter((value) => typeof value !== 'string')
    fc.assert(
      fc.property(others, (value) => {
        expect(gameId(value)).toEqual({ ok: false, reason: 'invalid_game_id' })
      }),
    )
  })
})
