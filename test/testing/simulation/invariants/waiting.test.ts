import { describe, expect, test } from 'vitest'
import { Waiting } from '../../../../src/testing/simulation/invariants/waiting.ts'
import { began, gone, type Made, sent } from './feeding.ts'

function waitingAfter(...events: Made[]): Waiting {
  const waiting = new Waiting((kind) => kind === 'call')
  for (const event of events) waiting.on({ ...event, sequence: 1, atMs: 0 })
  return waiting
}

const dropped: Made = { kind: 'message_dropped', node: 'a', life: 1, to: 'a/2', message: 1 }

describe('what waits', () => {
  test('is what was sent, with its sender, the earliest first', () => {
    const waiting = waitingAfter(
      sent(1),
      sent(2, { from: 'a/3' }),
      sent(3, { messageKind: 'cast' }),
    )
    expect([...(waiting.of('a/2') ?? [])]).toEqual([
      [1, 'a/1'],
      [2, 'a/3'],
    ])
  })

  test.each([
    ['is handled', began(1)],
    ['is dropped', dropped],
  ])('does not wait any more when it %s', (_, event) => {
    expect(waitingAfter(sent(1)).of('a/2')?.size).toBe(1)
    expect(waitingAfter(sent(1), event).of('a/2')?.size).toBe(0)
  })

  test('leaves no table behind when its receiver ends', () => {
    expect(waitingAfter(sent(1)).size).toBe(1)
    expect(waitingAfter(sent(1), gone('a/2')).size).toBe(0)
  })
})
