/**
 * What both ends of a message need: the check of its name, and the delivery of an answer.
 */
import { argumentError } from '../core/argument-error.ts'
import { quote, show } from '../core/show.ts'
import type { Behaviour, Process } from '../process/process.ts'
import type { Request } from '../process/request.ts'

/**
 * Refuses a message that the server has no handler for, at the sender, so that a typing mistake
 * cannot crash a server.
 *
 * @throws ArgumentError FLOTILLA_UNKNOWN_MESSAGE
 */
export function checkMessage(
  attempted: string,
  behaviour: Behaviour,
  message: { readonly kind: 'call' | 'cast'; readonly name: string },
): void {
  const known = message.kind === 'call' ? behaviour.calls : behaviour.casts
  if (typeof message.name === 'string' && known.has(message.name)) return
  const names = [...known.keys()].map((name) => quote(name, 40))
  throw argumentError('unknown_message', {
    attempted,
    problem: `server ${quote(behaviour.label, 80)} has no ${message.kind} ${show(message.name)}`,
    wanted: names.length === 0 ? 'nothing: it has none' : names.join(', '),
  })
}

/**
 * Refuses what can be the name of no message at all, whatever the server.
 *
 * @throws ArgumentError FLOTILLA_UNKNOWN_MESSAGE
 */
export function checkMessageName(attempted: string, name: unknown): void {
  if (typeof name === 'string') return
  throw argumentError('unknown_message', {
    attempted,
    subject: 'the name of the message',
    given: name,
    wanted: 'a text',
  })
}

/** Gives a caller its reply; one that comes too late or twice is dropped, counted and reported. */
export function answer(process: Process, request: Request, value: unknown): void {
  if (request.answer(value)) return
  process.node.counters.lateReplies += 1
  const { pid, behaviour, node } = process
  if (node.reports.heard) node.reports.emit({ kind: 'late_reply', pid, label: behaviour.label })
}
