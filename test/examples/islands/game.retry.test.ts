import { describe, expect, test } from 'vitest'
import { apply, newGame } from '../../../examples/islands/game.ts'
import { guess, no, outcomeOf, position, started, twoPlayers } from './moves.ts'
import { applyAll, playBots, someId, startedGame } from './play.ts'

describe('a command sent again', () => {
  const game = started()

  test('gets the first outcome and changes nothing, though the turn has passed', () => {
    const first = apply(game, guess('player1', 10, 10))
    const again = apply(first.game, guess('player1', 10, 10))
    expect(again.outcome).toEqual(first.outcome)
    expect(again.game).toBe(first.game)
  })

  test('is still known when the whole game has passed', () => {
    const turns = playBots(2)
    const over = turns.at(-1)?.game ?? game
    for (const { command, outcome } of turns) {
      expect(apply(over, command)).toEqual({ game: over, outcome })
    }
  })

  test('is refused if it now says something else', () => {
    const { game: after } = apply(game, guess('player1', 1, 1))
    const other = { ...guess('player1', 2, 2), commandId: guess('player1', 1, 1).commandId }
    expect(apply(after, other)).toEqual({ game: after, outcome: no('command_id_reused') })
  })

  test('is tried anew if it was refused', () => {
    const early = guess('player2', 1, 1)
    expect(outcomeOf(game, early)).toEqual(no('not_your_turn'))
    expect(outcomeOf(applyAll(game, [guess('player1', 1, 1)]), early).ok).toBe(true)
  })

  test('is known by its player: the other may use the same id', () => {
    const first = applyAll(game, [{ ...guess('player1', 1, 1), commandId: 'id' }])
    expect(outcomeOf(first, { ...guess('player2', 2, 2), commandId: 'id' }).ok).toBe(true)
  })
})

describe('a game as a value', () => {
  test('survives JSON and structured cloning unchanged, at every turn', () => {
    for (const { game } of playBots(3)) {
      expect(JSON.parse(JSON.stringify(game))).toStrictEqual(game)
      expect(structuredClone(game)).toStrictEqual(game)
    }
  })

  test('shares nothing with another new game or with the command it was given', () => {
    const command = position('player1', 'dot', 1, 1)
    const { game } = apply(twoPlayers(), command)
    const copy = structuredClone(game)
    Object.assign(command, { type: 'atoll', origin: { row: 9, column: 9 } })
    expect(game).toEqual(copy)
    expect(newGame(someId()).boards.player1).not.toBe(newGame(someId()).boards.player1)
  })

  test('is started alike by the same seed', () => {
    expect(startedGame(4)).toEqual(startedGame(4))
    expect(startedGame(4)).not.toEqual(startedGame(5))
  })
})
