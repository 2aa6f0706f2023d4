/**
 * I13: messages between two processes keep their order.
 */
import type { MessageKind } from '../simulation-event.ts'
import { declare, violated } from './violated.ts'
import { Waiting } from './waiting.ts'

const ordinary: ReadonlySet<MessageKind> = new Set<MessageKind>(['call', 'cast', 'info'])

/** Whether a message was sent by code, and may be overtaken by none of the same sender. */
export function isOrdinary(kind: MessageKind): boolean {
  return ordinary.has(kind)
}

/**
 * I13: what one process sends to another is handled in the order of sending, and nothing twice.
 *
 * Source: Erlang reference manual, "Processes", "Signals", ordering.
 */
export const messagesKeepTheirOrder = declare('I13', 'messages keep their order', () => {
  const waiting = new Waiting(isOrdinary)
  return {
    on(event) {
      if (event.kind === 'handler_began' && isOrdinary(event.messageKind)) {
        const { message, to, from } = event
        const known = waiting.of(to)
        if (known?.has(message) !== true) {
          violated(`${to} handles #${message}, which is not in its mailbox: twice, or never sent`)
        }
        for (const [earlier, sender] of known) {
          if (earlier >= message) break
          // Whoever sent without being known may be several.
          if (sender !== from || from === undefined) continue
          violated(`${to} handles #${message} of ${from} before #${earlier}, sent earlier`)
        }
      }
      waiting.on(event)
    },
  }
})
