import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type RestartLimits,
  type RestartWindow,
  recordRestart,
} from '../../src/core/restart-window.ts'

describe('recordRestart', () => {
  test('allows maxRestarts within the window, and not one more', () => {
    const answers = recordAll([0, 1, 2, 3], { maxRestarts: 3, maxSeconds: 5 })
    expect(answers).toEqual(['allowed', 'allowed', 'allowed', 'exceeded'])
  })

  test('still counts a restart that is exactly maxSeconds old', () => {
    const limits = { maxRestarts: 1, maxSeconds: 5 }
    expect(recordAll([0, 5000], limits)).toEqual(['allowed', 'exceeded'])
    expect(recordAll([0, 5000.001], limits)).toEqual(['allowed', 'allowed'])
  })

  test('slides: what counts is the age of each restart, not a calendar of windows', () => {
    const answers = recordAll([0, 4000, 6000, 8000], { maxRestarts: 2, maxSeconds: 5 })
    expect(answers).toEqual(['allowed', 'allowed', 'allowed', 'exceeded'])
  })

  test('finds the first restart too many with maxRestarts 0', () => {
    const answers = recordAll([0, 1_000_000], { maxRestarts: 0, maxSeconds: 1 })
    expect(answers).toEqual(['exceeded', 'exceeded'])
  })

  test('allows again once a burst that was too many is past', () => {
    const answers = recordAll([0, 0, 0, 6000], { maxRestarts: 1, maxSeconds: 5 })
    expect(answers).toEqual(['allowed', 'exceeded', 'exceeded', 'allowed'])
  })

  test('keeps no more than twice the times that matter, and nothing before the first restart', () => {
    const window: RestartWindow = { restarts: undefined }
    for (let i = 0; i < 1000; i++) recordRestart(window, i, { maxRestarts: 3, maxSeconds: 5 })
    expect(window.restarts?.timesMs.length).toBeLessThanOrEqual(2 * 4)
  })

  test('keeps no time that is older than the window, however many restarts are fine', () => {
    const window: RestartWindow = { restarts: undefined }
    for (let i = 0; i < 1000; i++)
      recordRestart(window, i * 600, { maxRestarts: 1e6, maxSeconds: 6 })
    expect(window.restarts?.timesMs.length).toBeLessThanOrEqual(2 * 11)
    recordRestart(window, 606_000, { maxRestarts: 1e6, maxSeconds: 6 })
    expect(window.restarts?.timesMs).toEqual([606_000])
  })

  test('takes no room in advance for a large maxRestarts', () => {
    const window: RestartWindow = { restarts: undefined }
    recordRestart(window, 0, { maxRestarts: Number.MAX_SAFE_INTEGER, maxSeconds: 1 })
    expect(window.restarts?.timesMs).toEqual([0])
  })

  test('forgets every restart when the window is set to undefined', () => {
    const limits = { maxRestarts: 1, maxSeconds: 5 }
    const window: RestartWindow = { restarts: undefined }
    recordRestart(window, 0, limits)
    window.restarts = undefined
    expect(recordRestart(window, 1, limits)).toBe('allowed')
  })

  test('agrees with counting all restarts within the window', () => {
    const steps = fc.array(fc.nat(3000), { maxLength: 60 })
    const limits = fc.record({ maxRestarts: fc.nat(6), maxSeconds: fc.integer({ min: 1, max: 5 }) })
    fc.assert(
      fc.property(steps, limits, (stepsMs, { maxRestarts, maxSeconds }) => {
        let nowMs = 0
        const timesMs = stepsMs.map((stepMs) => {
          nowMs += stepMs
          return nowMs
        })
        const expected = timesMs.map((timeMs, i) => {
          const earlier = timesMs.slice(0, i + 1)
          const count = earlier.filter((each) => timeMs - each <= maxSeconds * 1000).length
          return count > maxRestarts ? 'exceeded' : 'allowed'
        })
        expect(recordAll(timesMs, { maxRestarts, maxSeconds })).toEqual(expected)
      }),
      { seed: 5, numRuns: 1000 },
    )
  })
})

function recordAll(timesMs: readonly number[], limits: RestartLimits): string[] {
  const window: RestartWindow = { restarts: undefined }
  return timesMs.map((timeMs) => recordRestart(window, timeMs, limits))
}
