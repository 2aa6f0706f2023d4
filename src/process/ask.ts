/**
 * A request of the runtime to one of its own processes, a supervisor for instance.
 */
import { Exit, type ExitReason } from '../core/exit.ts'
import { currentProcess } from './current.ts'
import type { Process } from './process.ts'
import { Request } from './request.ts'

/** What is asked of a process of the runtime. */
export interface Question {
  readonly name: string
  readonly payload: unknown
  /** Whether it goes on with other work while a child is in its `init`; then that may ask, too. */
  readonly concurrent: boolean
}

/**
 * Asks without a time limit: whoever is asked ends the wait by its answer or by its end.
 *
 * @returns the answer; rejects with an Exit, as `call` does
 */
export function ask(target: Process, question: Question): Promise<unknown> {
  const { name, payload } = question
  const caller = currentProcess()
  const request = new Request(target, caller, {
    kind: 'call',
    name,
    payload,
    timeoutMs: 'infinity',
    asOutcome: false,
  })
  const refusal = refusalOf(caller, question.concurrent ? undefined : target)
  if (refusal !== undefined) target.node.refusals.fail(request, refusal)
  else if (!target.node.post(target, request)) target.node.refusals.overflow(request)
  return request.promise
}

/** A question that could never be answered: of a process to itself, or to whom its start blocks. */
function refusalOf(
  caller: Process | undefined,
  target: Process | undefined,
): ExitReason | undefined {
  if (caller?.phase === 'dead') return new Exit(caller.exitReason ?? { kind: 'normal' }).reason
  if (target === undefined) return undefined
  for (let waiting = caller; waiting !== undefined; waiting = waiting.parent) {
    if (waiting === target) {
      return { kind: 'calling_self', cycle: [target.describe(), target.describe()] }
    }
    if (waiting.phase !== 'starting') return undefined
  }
  return undefined
}
