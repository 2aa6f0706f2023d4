import { nothingIsLeftBehind } from 'flotilla/testing'
import { describe, expect, test } from 'vitest'
import { ended, gone, living, type Made, verdict, worldOf } from './feeding.ts'

const nothing = { processes: 0, timers: 0, rows: 0, aliases: 0, calls: 0, escapeListeners: 0 }
const over = (residue: object = {}): Made => {
  const reason = { kind: 'shutdown' } as const
  return { kind: 'node_ended', node: 'a', life: 1, reason, residue: { ...nothing, ...residue } }
}

describe('I20, nothing is left behind', () => {
  test('holds when everything is gone', () => {
    const events = [living('a/2'), ended('a/2'), gone('a/2'), over()]
    expect(verdict(nothingIsLeftBehind, events)).toBeUndefined()
  })

  test('says what a process left', () => {
    const message = verdict(nothingIsLeftBehind, [living('a/2'), gone('a/2', { aliases: 1 })])
    expect(message).toBe('a/2 has ended and left 1 aliases')
  })

  test('says who outlives its node', () => {
    const message = verdict(nothingIsLeftBehind, [living('a/2'), ended('a/2'), over()])
    expect(message).toBe('the node a has ended and a/2 lives')
  })

  test.each([
    ['timers', 2],
    ['rows', 1],
    ['calls', 1],
    ['escapeListeners', 1],
  ])('says that a node left %s', (table, left) => {
    const message = verdict(nothingIsLeftBehind, [over({ [table]: left })])
    expect(message).toBe(`the node a has ended and left ${table}: ${left}`)
  })

  test('says at the end who lives and what is open', () => {
    expect(verdict(nothingIsLeftBehind, [living('a/2')])).toBe(
      'everything has stopped and a/2 lives',
    )
    const message = verdict(nothingIsLeftBehind, [], worldOf({ openCalls: 3 }))
    expect(message).toBe('everything has stopped and 3 calls have not settled')
  })
})
