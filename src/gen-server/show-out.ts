/**
 * Shows the hooks of a process what leaves it: replies, messages, states.
 *
 * Invariant: only what takes effect is shown: a reply that nobody waits for and a message that is
 * refused are no events. Replies and states are shown before they take it, messages once they lie
 * in a mailbox.
 */
import type { Message } from '../process/envelope.ts'
import type { Process } from '../process/process.ts'
import type { Request } from '../process/request.ts'
import type { Step } from './steps.ts'

/** What a process has sent. */
export interface Sent {
  readonly message: 'call' | 'cast' | 'info'
  readonly name: string | undefined
  readonly payload: unknown
}

/** Shows a step; false if a hook has ended the process, which then must not follow it. */
export function showStep(process: Process, envelope: Message, step: Step): boolean {
  const debug = process.oversight?.debug
  if (debug === undefined) return true
  const replies = step.step === 'reply' || (step.step === 'stop' && step.replies)
  if (envelope.kind === 'call' && replies) showReply(process, envelope, step.reply)
  if (process.alive) debug.emit({ kind: 'state', state: step.state })
  return process.alive
}

/** Shows the answer to a call. */
export function showReply(process: Process, request: Request, payload: unknown): void {
  if (request.settled) return
  const { name, caller } = request
  const out = { kind: 'out', message: 'reply', name, payload, to: caller?.pid } as const
  process.oversight?.debug?.emit(out)
}

/** Shows a message that has reached the mailbox of another process. */
export function showSent(sender: Process, target: Process, sent: Sent): void {
  sender.oversight?.debug?.emit({ kind: 'out', ...sent, to: target.pid })
}
