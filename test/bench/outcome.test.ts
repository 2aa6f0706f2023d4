import { describe, expect, test } from 'vitest'
import { figureByRounds, standingOf } from '../../bench/outcome.ts'
import { armResult, measured, perOperation } from './runs.ts'

describe('an arm', () => {
  test('is measured when it completed in every round what it intended', () => {
    const result = armResult('beam', measured(3), measured(5))
    expect(standingOf(result)).toEqual({ kind: 'measured' })
    expect(figureByRounds(result, perOperation)).toEqual([3, 5])
  })

  test('is refused when it completed less or more in a single round', () => {
    for (const completed of [99, 101, 0]) {
      const result = armResult('beam', measured(3), measured(3, completed))
      expect(standingOf(result)).toEqual({
        kind: 'refused',
        why: `round 2: intended 100, completed ${completed}`,
      })
      expect(figureByRounds(result, perOperation)).toEqual([])
    }
  })

  test('is refused when it intended nothing', () => {
    const nothing = { kind: 'measured', intended: 0, completed: 0, figures: {} } as const
    expect(standingOf(armResult('beam', nothing)).kind).toBe('refused')
  })

  test('has failed when a round failed, whatever the others were', () => {
    const failed = { kind: 'failed', message: 'broken' } as const
    expect(standingOf(armResult('beam', measured(3), failed))).toEqual({
      kind: 'failed',
      why: 'round 2: broken',
    })
  })

  test('that lacks the thing, is missing, or had no turn yet, says which', () => {
    expect(standingOf(armResult('nact', { kind: 'lacks', why: 'no names' }))).toEqual({
      kind: 'lacks',
      why: 'no names',
    })
    expect(standingOf(armResult('beam', { kind: 'missing', how: 'install it' }))).toEqual({
      kind: 'missing',
      why: 'install it',
    })
    expect(standingOf(armResult('beam')).kind).toBe('missing')
  })
})
