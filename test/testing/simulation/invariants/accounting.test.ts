import type { NodeStatistics } from 'flotilla'
import { numbersAddUp } from 'flotilla/testing'
import { describe, expect, test } from 'vitest'
import { began, ended, gone, living, type Made, sent, verdict, worldOf } from './feeding.ts'

const dropped: Made = { kind: 'message_dropped', node: 'a', life: 1, to: 'a/3', message: undefined }
const refused: Made = {
  ...({ kind: 'message_refused', node: 'a', life: 1, to: 'a/2' } as const),
  ...{ mailboxSize: 10, maxMailboxSize: 10 },
}
const down = { messageKind: 'down' } as const
/** One has ended; of five messages one is handled, and a report may have been flushed. */
const story = [
  [...living('a/1'), ...living('a/2'), ...living('a/3')],
  [sent(1), sent(2, { messageKind: 'cast' }), sent(3, { messageKind: 'own' }), sent(4, down)],
  [sent(5, { to: 'a/3', messageKind: 'cast' }), dropped, refused, ended('a/3'), gone('a/3')],
  [began(1)],
]
const true_: NodeStatistics = {
  ...{ started: 3, ended: 1, processes: 2, sent: 4, refused: 1, dropped: 1, lateReplies: 0 },
  ...{ queued: 3, deadlines: 0, rows: {}, monitors: 0, links: 0, aliases: 0 },
  ...{ deferred: 0, suspended: 0 },
}

function judged(given: Partial<NodeStatistics>, life = 1): string | undefined {
  const statistics = () => ({ ...true_, ...given })
  return verdict(numbersAddUp, story, worldOf({}, { statistics, life }))
}

describe('I24, the numbers add up', () => {
  test('holds when a node says what happened', () => {
    expect(judged({})).toBeUndefined()
  })

  test('holds whether a report was flushed, and whether a process went on by itself', () => {
    expect(judged({ queued: 2 })).toBeUndefined()
    expect(judged({ sent: 5 })).toBeUndefined()
  })

  test.each([
    ['started', 4, '3'],
    ['ended', 0, '1'],
    ['processes', 3, '2'],
    ['dropped', 0, '1'],
    ['refused', 0, '1 to Infinity'],
    ['sent', 3, '4 to 5'],
    ['sent', 6, '4 to 5'],
    ['queued', 4, '2 to 3'],
    ['queued', 1, '2 to 3'],
  ])('says that %s is not %i', (name, says, truth) => {
    const message = `the node a says ${name}: ${says}, but it is ${truth}`
    expect(judged({ [name]: says })).toBe(message)
  })

  test('asks nothing of another life of the node, or of one that is down', () => {
    expect(judged({ started: 99 }, 2)).toBeUndefined()
    expect(verdict(numbersAddUp, story)).toBeUndefined()
  })

  test('counts each life by itself', () => {
    const statistics = () => ({ ...true_, started: 1, ended: 0, processes: 1, sent: 1, queued: 0 })
    const world = worldOf({}, { statistics, life: 2 })
    const anew: Made = { kind: 'node_starting', node: 'a', life: 2 }
    const second = { life: 2, to: 'a~2/2' }
    const events = [
      anew,
      living('a~2/2', { life: 2 }).slice(0, 1),
      sent(8, second),
      began(8, { ...second, atMs: 2000 }),
    ]
    const message = verdict(numbersAddUp, [...story, ...events], world)
    expect(message).toBe('the node a~2 says dropped: 1, but it is 0')
  })
})
