import { mailboxesKeepTheirLimit } from 'flotilla/testing'
import { describe, expect, test } from 'vitest'
import { type Made, sent, verdict } from './feeding.ts'

const refused = (mailboxSize: number): Made => {
  return { kind: 'message_refused', node: 'a', life: 1, to: 'a/2', mailboxSize, maxMailboxSize: 10 }
}

describe('I18, mailboxes keep their limit', () => {
  test('holds up to the limit, and beyond it for signals', () => {
    const signal = sent(2, { messageKind: 'exit', mailboxSize: 11 })
    const events = [sent(1, { mailboxSize: 10 }), signal, refused(10), refused(11)]
    expect(verdict(mailboxesKeepTheirLimit, events)).toBeUndefined()
  })

  test.each(['call', 'cast'] as const)('says which %s was one too many', (messageKind) => {
    const message = verdict(mailboxesKeepTheirLimit, [sent(7, { messageKind, mailboxSize: 11 })])
    expect(message).toBe('#7 is number 11 in the mailbox of a/2: 10')
  })

  test('says who refuses while there is room', () => {
    const message = verdict(mailboxesKeepTheirLimit, [refused(9)])
    expect(message).toBe('a/2 refuses a message with 9 of 10 in its mailbox')
  })
})
