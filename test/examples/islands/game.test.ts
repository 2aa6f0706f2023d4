import { describe, expect, test } from 'vitest'
import type { Command, Outcome } from '../../../examples/islands/command.ts'
import { apply, type Game, newGame } from '../../../examples/islands/game.ts'
import type { Player } from '../../../examples/islands/player.ts'
import {
  guess,
  join,
  layoutOf,
  no,
  outcomeOf,
  position,
  setIslands,
  started,
  twoPlayers,
} from './moves.ts'
import { applyAll, playBots, someId } from './play.ts'

describe('joining', () => {
  test('seats the first as player1 and the second as player2', () => {
    const { game, outcomes } = play(newGame(someId()), join('Ann'), join('Bob'))
    expect(outcomes).toEqual([
      { ok: true, kind: 'add_player', player: 'player1' },
      { ok: true, kind: 'add_player', player: 'player2' },
    ])
    expect(game.names).toEqual({ player1: 'Ann', player2: 'Bob' })
  })

  test('refuses a name that is taken, and a third player', () => {
    const ann = applyAll(newGame(someId()), [join('Ann')])
    expect(outcomeOf(ann, { ...join('Ann'), commandId: 'again' })).toEqual(no('name_taken'))
    const both = applyAll(ann, [join('Bob')])
    expect(outcomeOf(both, join('Cid'))).toEqual(no('game_full'))
  })
})

describe('positioning', () => {
  const game = twoPlayers()

  test('refuses an origin that is no cell, a shape that does not fit, and an overlap', () => {
    expect(outcomeOf(game, position('player1', 'dot', 0, 1))).toEqual(no('invalid_coordinate'))
    expect(outcomeOf(game, position('player1', 'dot', 1.5, 1))).toEqual(no('invalid_coordinate'))
    expect(outcomeOf(game, position('player1', 'square', 10, 1))).toEqual(no('off_board'))
    const square = applyAll(game, [position('player1', 'square', 1, 1)])
    expect(outcomeOf(square, position('player1', 'dot', 2, 2))).toEqual(no('overlapping_island'))
  })

  test('lets the islands of the two players lie on the same cells', () => {
    const first = applyAll(game, [position('player1', 'dot', 1, 1)])
    const outcome = outcomeOf(first, position('player2', 'dot', 1, 1))
    expect(outcome).toEqual({ ok: true, kind: 'position_island', player: 'player2', type: 'dot' })
  })

  test('moves an island until its player has set the islands, and no longer', () => {
    const set = applyAll(game, [...layoutOf('player1'), setIslands('player1')])
    const move = position('player1', 'dot', 9, 9)
    expect(outcomeOf(applyAll(game, layoutOf('player1')), move).ok).toBe(true)
    expect(outcomeOf(set, move)).toEqual(no('islands_already_set'))
    expect(outcomeOf(set, position('player2', 'dot', 9, 9)).ok).toBe(true)
  })

  test('waits for both players', () => {
    const alone = applyAll(newGame(someId()), [join('Ann')])
    expect(outcomeOf(alone, position('player1', 'dot', 1, 1))).toEqual(no('players_missing'))
  })
})

describe('setting the islands', () => {
  test('refuses until all five are positioned', () => {
    const four = applyAll(twoPlayers(), layoutOf('player1').slice(1))
    expect(outcomeOf(four, setIslands('player1'))).toEqual(no('not_all_islands_positioned'))
  })

  test('of both players starts the game with player1', () => {
    const first = applyAll(twoPlayers(), [...layoutOf('player2'), setIslands('player2')])
    expect(outcomeOf(first, guess('player1', 1, 1))).toEqual(no('game_not_started'))
    const both = applyAll(first, [...layoutOf('player1'), setIslands('player1')])
    expect(both.rules).toEqual({ phase: 'player1_turn' })
  })
})

describe('guessing', () => {
  const game = started()

  test('tells hit and miss, and passes the turn either way', () => {
    const { outcomes } = play(
      game,
      guess('player1', 10, 10),
      guess('player2', 10, 9),
      guess('player1', 1, 1),
    )
    expect(outcomes).toEqual([
      found('player1', { result: 'hit', forested: 'dot' }),
      found('player2', { result: 'miss' }),
      found('player1', { result: 'hit' }),
    ])
  })

  test('out of turn is refused before anything is said about the cell', () => {
    expect(outcomeOf(game, guess('player2', 1, 1))).toEqual(no('not_your_turn'))
    expect(outcomeOf(game, guess('player2', 0, 0))).toEqual(no('not_your_turn'))
  })

  test('the same cell twice is refused, and the turn stays', () => {
    const second = applyAll(game, [guess('player1', 1, 1), guess('player2', 1, 1)])
    const again = { ...guess('player1', 1, 1), commandId: 'again' }
    const { game: after, outcome } = apply(second, again)
    expect(outcome).toEqual(no('already_guessed'))
    expect(after).toBe(second)
    expect(outcomeOf(after, guess('player1', 1, 2)).ok).toBe(true)
  })

  test('a cell that is not on the board is refused, and the turn stays', () => {
    expect(apply(game, guess('player1', 11, 1))).toEqual({
      game,
      outcome: no('invalid_coordinate'),
    })
  })

  test('the last cell of the last island wins, and ends the game for every command', () => {
    const turns = playBots(1)
    const last = turns.at(-1)
    expect(last?.outcome).toMatchObject({ kind: 'guess', result: 'hit', won: true })
    const over = last?.game ?? game
    expect(over.rules).toMatchObject({ phase: 'game_over' })
    for (const command of [
      join('Cid'),
      position('player1', 'dot', 1, 1),
      setIslands('player2'),
      guess('player1', 1, 1),
      guess('player2', 1, 1),
    ]) {
      expect(apply(over, command)).toEqual({ game: over, outcome: no('game_over') })
    }
  })
})

function play(game: Game, ...commands: readonly Command[]) {
  const outcomes: Outcome[] = []
  let current = game
  for (const command of commands) {
    const applied = apply(current, command)
    outcomes.push(applied.outcome)
    current = applied.game
  }
  return { game: current, outcomes }
}

function found(player: Player, finding: { result: string; forested?: string }) {
  return { ok: true, kind: 'guess', player, forested: 'none', won: false, ...finding }
}
