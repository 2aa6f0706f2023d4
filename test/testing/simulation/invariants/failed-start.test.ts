import { failedStartLeavesNothing } from 'flotilla/testing'
import { describe, expect, test } from 'vitest'
import { tracesLeft } from '../../../../src/testing/simulation/invariants/failed-start.ts'
import { ended, freed, gone, started, starting, taken, verdict } from './feeding.ts'

const failed = ended('a/2', { wasStarting: true })

describe('I5, a failed start leaves nothing', () => {
  test('holds when its names are free and its tables empty', () => {
    const events = [taken('a/2'), starting('a/2'), failed, freed('a/2'), gone('a/2')]
    expect(verdict(failedStartLeavesNothing, events)).toBeUndefined()
  })

  test('says what it left', () => {
    const events = [starting('a/2'), failed, gone('a/2', { monitors: 1, timers: 2 })]
    const message = verdict(failedStartLeavesNothing, events)
    expect(message).toBe('the start of a/2 failed and left 2 timers, 1 monitors')
  })

  test('says how many names it left', () => {
    const events = [taken('a/2'), taken('a/2', { key: 'u2' }), starting('a/2'), failed]
    const message = verdict(failedStartLeavesNothing, [events, freed('a/2'), gone('a/2')])
    expect(message).toBe('the start of a/2 failed and left 1 names')
  })

  test('is not about those who had started', () => {
    const events = [taken('a/2'), starting('a/2'), started('a/2'), ended('a/2')]
    expect(verdict(failedStartLeavesNothing, [events, gone('a/2', { links: 1 })])).toBeUndefined()
  })
})

test('traces are told by name, and none if there is none', () => {
  const none = { names: 0, timers: 0, monitors: 0, links: 0, aliases: 0, queued: 0 }
  expect(tracesLeft({ ...none, deferredCalls: 0 })).toBe('')
  expect(tracesLeft({ ...none, links: 3, deferredCalls: 1 })).toBe('3 links, 1 deferredCalls')
})
