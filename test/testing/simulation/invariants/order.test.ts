import { messagesKeepTheirOrder } from 'flotilla/testing'
import { describe, expect, test } from 'vitest'
import { began, ended, gone, sent, verdict } from './feeding.ts'

describe('I13, messages keep their order', () => {
  test('holds for those of one sender in order, and for others in between', () => {
    const other = { from: 'a/7' }
    const signal = { messageKind: 'exit' } as const
    const sending = [sent(1), sent(2, other), sent(3), sent(4, signal)]
    const handling = [began(4, signal), began(2, other), began(1), began(3)]
    expect(verdict(messagesKeepTheirOrder, [sending, handling])).toBeUndefined()
  })

  test('says what overtook what', () => {
    const message = verdict(messagesKeepTheirOrder, [sent(1), sent(2), began(2)])
    expect(message).toBe('a/2 handles #2 of a/1 before #1, sent earlier')
  })

  test('says what is handled twice, or was never sent', () => {
    const twice = 'a/2 handles #1, which is not in its mailbox: twice, or never sent'
    expect(verdict(messagesKeepTheirOrder, [sent(1), began(1), began(1)])).toBe(twice)
    expect(verdict(messagesKeepTheirOrder, [began(1)])).toBe(twice)
  })

  test('does not let a message go to the successor of its receiver', () => {
    const message = verdict(messagesKeepTheirOrder, [sent(1), ended('a/2'), gone('a/2'), began(1)])
    expect(message).toContain('a/2 handles #1')
  })
})
