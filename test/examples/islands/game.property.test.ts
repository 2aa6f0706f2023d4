/**
 * Games under a storm of commands: after each the game must be one that the rules allow.
 * Games are compared by `===`, for a readable difference of two games takes seconds to write.
 */

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { apply, type Game } from '../../../examples/islands/game.ts'
import { guessCount } from '../../../examples/islands/guesses.ts'
import { players } from '../../../examples/islands/player.ts'
import { brokenInvariants, hasHitAll } from './invariants.ts'
import { playBots, seeds } from './play.ts'
import { forAnyStorm, run, storms } from './storm.ts'

describe('apply, whatever the commands', () => {
  test('keeps every board, guess, turn and memory as the rules want them', () => {
    forAnyStorm((storm) => {
      for (const { before, command, outcome, after } of run(storm)) {
        if (after === before) continue
        const broken = brokenInvariants(before, outcome, after)
        if (broken.length > 0) expect({ command, broken }).toEqual({ command, broken: [] })
      }
    })
  })

  test('is put to the test: the storms reach the end and meet every refusal', () => {
    const met = new Set<string>()
    for (const storm of fc.sample(storms, { seed: 1, numRuns: 50 })) {
      for (const { outcome, after } of run(storm)) {
        met.add(outcome.ok ? after.rules.phase : outcome.reason)
      }
    }
    expect([...met].sort()).toEqual([
      'already_guessed',
      'command_id_reused',
      'game_full',
      'game_not_started',
      'game_over',
      'initialized',
      'invalid_coordinate',
      'islands_already_set',
      'name_taken',
      'not_all_islands_positioned',
      'not_your_turn',
      'off_board',
      'overlapping_island',
      'player1_turn',
      'player2_turn',
      'players_missing',
      'players_set',
    ])
  })

  test('returns the very same game when it refuses', () => {
    forAnyStorm((storm) => {
      for (const { before, outcome, after } of run(storm)) {
        if (!outcome.ok) expect(after === before).toBe(true)
      }
    })
  })

  test('applies a command once: sent again, it changes nothing and answers the same', () => {
    forAnyStorm((storm) => {
      for (const { command, outcome, after } of run(storm)) {
        const again = apply(after, command)
        expect(again.outcome).toEqual(outcome)
        expect(again.game === after).toBe(true)
      }
    })
  })

  test('never calls an accepted guess already guessed, however late it is sent again', () => {
    forAnyStorm((storm) => {
      const steps = run(storm)
      const end = steps.at(-1)?.after
      for (const { command, outcome } of steps) {
        if (!end || !outcome.ok || outcome.kind !== 'guess') continue
        const again = apply(end, command)
        expect(again.outcome).toEqual(outcome)
        expect(again.game === end).toBe(true)
      }
    })
  })

  test('behaves the same for a game that went through JSON', () => {
    forAnyStorm(
      (storm) => {
        for (const { before, command, outcome, after } of run(storm)) {
          const restored: Game = JSON.parse(JSON.stringify(before))
          const applied = apply(restored, command)
          expect(applied.outcome).toStrictEqual(outcome)
          expect(JSON.stringify(applied.game) === JSON.stringify(after)).toBe(true)
        }
      },
      { numRuns: 25 },
    )
  })

  test('changes no game it was given', () => {
    forAnyStorm(
      (storm) => {
        const steps = run(storm)
        const texts = steps.map(({ before }) => JSON.stringify(before))
        run(storm, deepFreeze)
        expect(steps.map(({ before }) => JSON.stringify(before))).toEqual(texts)
      },
      { numRuns: 10 },
    )
  })
})

describe('two bots', () => {
  test('always play to an end with one winner, in at most 200 guesses', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const turns = playBots(seed)
        const game = turns.at(-1)?.game
        expect(turns.every(({ outcome }) => outcome.ok)).toBe(true)
        expect(game?.rules.phase).toBe('game_over')
        if (game === undefined || game.rules.phase !== 'game_over') return
        const { player1, player2 } = game.guesses
        expect(guessCount(player1) + guessCount(player2)).toBeLessThanOrEqual(200)
        expect(players.filter((player) => hasHitAll(game, player))).toEqual([game.rules.winner])
      }),
    )
  })
})

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  Object.freeze(value)
  for (const inner of Object.values(value)) deepFreeze(inner)
  return value
}
