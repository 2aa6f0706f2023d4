import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { players } from '../../../examples/islands/player.ts'
import {
  initialRules,
  type Rules,
  type RulesEvent,
  step,
  turnOf,
} from '../../../examples/islands/rules.ts'

const add = { kind: 'add_player' } as const
const position1 = { kind: 'position_island', player: 'player1' } as const
const position2 = { kind: 'position_island', player: 'player2' } as const
const set1 = { kind: 'set_islands', player: 'player1' } as const
const set2 = { kind: 'set_islands', player: 'player2' } as const
const guess1 = { kind: 'guess', player: 'player1', wins: false } as const
const guess2 = { kind: 'guess', player: 'player2', wins: false } as const
const win1 = { ...guess1, wins: true } as const
const win2 = { ...guess2, wins: true } as const

const empty: Rules = { phase: 'initialized', playersPresent: 0 }
const waiting: Rules = { phase: 'initialized', playersPresent: 1 }
const noneSet: Rules = { phase: 'players_set', islandsSet: [] }
const firstSet: Rules = { phase: 'players_set', islandsSet: ['player1'] }
const secondSet: Rules = { phase: 'players_set', islandsSet: ['player2'] }
const turn1: Rules = { phase: 'player1_turn' }
const turn2: Rules = { phase: 'player2_turn' }
const won1: Rules = { phase: 'game_over', winner: 'player1' }
const won2: Rules = { phase: 'game_over', winner: 'player2' }

const all = [add, position1, position2, set1, set2, guess1, guess2, win1, win2]

/** For each state, what becomes of `all`, in their order. */
const table: readonly (readonly [string, Rules, readonly (Rules | string)[]])[] = [
  ['initialized, nobody there', empty, [waiting, ...missing(), ...notStarted()]],
  ['initialized, one there', waiting, [noneSet, ...missing(), ...notStarted()]],
  ['players_set', noneSet, ['game_full', noneSet, noneSet, firstSet, secondSet, ...notStarted()]],
  [
    'players_set, first has set',
    firstSet,
    ['game_full', 'islands_already_set', firstSet, 'islands_already_set', turn1, ...notStarted()],
  ],
  [
    'players_set, second has set',
    secondSet,
    ['game_full', secondSet, 'islands_already_set', turn1, 'islands_already_set', ...notStarted()],
  ],
  [
    'player1_turn',
    turn1,
    ['game_full', ...islandsSet(), turn2, 'not_your_turn', won1, 'not_your_turn'],
  ],
  [
    'player2_turn',
    turn2,
    ['game_full', ...islandsSet(), 'not_your_turn', turn1, 'not_your_turn', won2],
  ],
  ['game_over', won1, all.map(() => 'game_over')],
]

describe('step', () => {
  test.each(table)('in %s, takes or refuses every event', (_, rules, expected) => {
    const results = all.map((event) => {
      const result = step(rules, event)
      return result.ok ? result.rules : result.reason
    })
    expect(results).toEqual(expected)
  })

  test('begins with nobody there', () => {
    expect(initialRules()).toEqual(empty)
  })

  test('walks any events along the picture: phases in order, turns alternating, one end', () => {
    const after = {
      initialized: ['initialized', 'players_set'],
      players_set: ['players_set', 'player1_turn'],
      player1_turn: ['player2_turn', 'game_over'],
      player2_turn: ['player1_turn', 'game_over'],
      game_over: [],
    } as const
    fc.assert(
      fc.property(fc.array(events(), { maxLength: 60 }), (walk) => {
        let rules = initialRules()
        for (const event of walk) {
          const result = step(rules, event)
          if (!result.ok) continue
          expect(after[rules.phase]).toContain(result.rules.phase)
          if (event.kind === 'guess') expect(turnOf(rules)).toBe(event.player)
          rules = result.rules
        }
      }),
    )
  })
})

describe('turnOf', () => {
  test('names the player who may guess, and nobody before and after', () => {
    expect([turn1, turn2].map(turnOf)).toEqual(['player1', 'player2'])
    expect([empty, noneSet, won2].map(turnOf)).toEqual([undefined, undefined, undefined])
  })
})

function missing(): string[] {
  return Array.from({ length: 4 }, () => 'players_missing')
}

function islandsSet(): string[] {
  return Array.from({ length: 4 }, () => 'islands_already_set')
}

function notStarted(): string[] {
  return Array.from({ length: 4 }, () => 'game_not_started')
}

/** Mostly events that lead on, so that most walks reach the end. */
function events(): fc.Arbitrary<RulesEvent> {
  const wins = fc.integer({ min: 0, max: 9 }).map((number) => number === 0)
  const guesses = fc.record({
    kind: fc.constant('guess' as const),
    player: fc.constantFrom(...players),
    wins,
  })
  return fc.oneof(fc.constantFrom(...all.slice(0, 5)), guesses)
}
