/**
 * I18: limits.
 */
import { declare, violated } from './violated.ts'

/**
 * I18: a call or cast never makes a mailbox larger than its limit, and is refused only if it would.
 *
 * Signals (exits, reports of monitors, timers) are never refused and may exceed it.
 */
export const mailboxesKeepTheirLimit = declare('I18', 'mailboxes keep their limit', () => ({
  on(event) {
    switch (event.kind) {
      case 'message_sent': {
        const { to, message, mailboxSize, maxMailboxSize } = event
        if (event.messageKind !== 'call' && event.messageKind !== 'cast') return
        if (mailboxSize <= maxMailboxSize) return
        violated(`#${message} is number ${mailboxSize} in the mailbox of ${to}: ${maxMailboxSize}`)
        return
      }
      case 'message_refused': {
        const { to, mailboxSize, maxMailboxSize } = event
        if (mailboxSize >= maxMailboxSize) return
        violated(`${to} refuses a message with ${mailboxSize} of ${maxMailboxSize} in its mailbox`)
      }
    }
  },
}))
