import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  afterEnd,
  afterFailure,
  delayAfter,
  forgive,
  type KeepPolicy,
  type Kept,
} from '../../src/core/desired.ts'
import { type ExitReason, killed, normal, shutdown } from '../../src/core/exit.ts'

const crash: ExitReason = { kind: 'crash', error: 'boom' }
const policy: KeepPolicy = {
  restart: 'permanent',
  limits: { maxRestarts: 3, maxSeconds: 5 },
  backOff: { firstMs: 10, lastMs: 5000 },
}

describe('afterEnd', () => {
  test.each([normal, shutdown, killed, crash])(
    'restarts a permanent worker after $kind',
    (reason) => {
      expect(afterEnd(fresh(), { reason, nowMs: 0 }, policy)).toBe('restart')
    },
  )

  test('forgets a transient worker that ended cleanly and restarts one that did not', () => {
    const transient = { ...policy, restart: 'transient' } as const
    expect(afterEnd(fresh(), { reason: normal, nowMs: 0 }, transient)).toBe('forget')
    expect(afterEnd(fresh(), { reason: shutdown, nowMs: 0 }, transient)).toBe('forget')
    expect(afterEnd(fresh(), { reason: killed, nowMs: 0 }, transient)).toBe('restart')
    expect(afterEnd(fresh(), { reason: crash, nowMs: 0 }, transient)).toBe('restart')
  })

  test.each([normal, killed, crash])('forgets a temporary worker after $kind', (reason) => {
    const temporary = { ...policy, restart: 'temporary' } as const
    expect(afterEnd(fresh(), { reason, nowMs: 0 }, temporary)).toBe('forget')
  })

  test('parks a key at the restart that is one too many', () => {
    const kept = fresh()
    const decisions = [0, 1, 2, 3].map((nowMs) => afterEnd(kept, { reason: crash, nowMs }, policy))
    expect(decisions).toEqual(['restart', 'restart', 'restart', 'park'])
  })

  test('lets a key crash for ever, slower than its budget', () => {
    const kept = fresh()
    for (let count = 0; count < 50; count += 1) {
      expect(afterEnd(kept, { reason: crash, nowMs: count * 2000 }, policy)).toBe('restart')
    }
  })

  test('counts an end that is forgotten for nothing', () => {
    const kept = fresh()
    afterEnd(kept, { reason: normal, nowMs: 0 }, { ...policy, restart: 'transient' })
    expect(kept.restarts).toBeUndefined()
  })

  test('gives every key a budget of its own', () => {
    const poisoned = fresh()
    for (let count = 0; count < 4; count += 1)
      afterEnd(poisoned, { reason: crash, nowMs: 0 }, policy)
    expect(afterEnd(fresh(), { reason: crash, nowMs: 0 }, policy)).toBe('restart')
  })
})

describe('afterFailure', () => {
  test('doubles the wait from try to try', () => {
    const patient = { ...policy, limits: { maxRestarts: 100, maxSeconds: 5 } }
    const kept = fresh()
    const delays = Array.from({ length: 12 }, () => {
      const decision = afterFailure(kept, 0, patient)
      return decision.kind === 'retry' ? decision.delayMs : decision.kind
    })
    expect(delays).toEqual([10, 20, 40, 80, 160, 320, 640, 1280, 2560, 5000, 5000, 5000])
  })

  test('parks a key whose tries used up the budget', () => {
    const kept = fresh()
    const kinds = [0, 10, 30, 70].map((nowMs) => afterFailure(kept, nowMs, policy).kind)
    expect(kinds).toEqual(['retry', 'retry', 'retry', 'park'])
  })

  test('draws on the same budget as ends do', () => {
    const kept = fresh()
    for (let count = 0; count < 3; count += 1) afterEnd(kept, { reason: crash, nowMs: 0 }, policy)
    expect(afterFailure(kept, 0, policy)).toEqual({ kind: 'park' })
  })
})

describe('forgive', () => {
  test('gives the key its whole budget and the shortest wait again', () => {
    const kept = fresh()
    for (let count = 0; count < 4; count += 1) afterFailure(kept, 0, policy)
    forgive(kept)
    expect(kept).toEqual(fresh())
    expect(afterFailure(kept, 0, policy)).toEqual({ kind: 'retry', delayMs: 10 })
  })
})

describe('delayAfter', () => {
  test('is nothing without a failure', () => {
    expect(delayAfter(0, policy.backOff)).toBe(0)
    expect(delayAfter(-1, policy.backOff)).toBe(0)
  })

  test('never shrinks, and stays between the first and the last', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2000 }), (failures) => {
        const delayMs = delayAfter(failures, policy.backOff)
        expect(delayMs).toBeGreaterThanOrEqual(10)
        expect(delayMs).toBeLessThanOrEqual(5000)
        expect(delayAfter(failures + 1, policy.backOff)).toBeGreaterThanOrEqual(delayMs)
      }),
    )
  })
})

function fresh(): Kept {
  return { failures: 0, restarts: undefined }
}
