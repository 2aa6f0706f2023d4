import { expect, test } from 'vitest'
import { opponentOf, players } from '../../../examples/islands/player.ts'

test('each of the two players is the opponent of the other', () => {
  expect(players.map(opponentOf)).toEqual(['player2', 'player1'])
})
