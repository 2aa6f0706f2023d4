/**
 * A request of the system with which somebody looks at a process from outside.
 *
 * Invariant: it is carried out between two messages and never enters a handler, and one whose
 * caller has given up before its turn is not carried out at all: whoever was told that it failed
 * need not fear that it happens later.
 */
import { argumentError, checkDuration, checkOptions } from '../core/argument-error.ts'
import { Exit, type ExitReason, normal } from '../core/exit.ts'
import { trust } from '../core/trust.ts'
import { type Address, absenceOf, addressText, homeOf, locate } from '../process/address.ts'
import { currentProcess } from '../process/current.ts'
import { cycleOf } from '../process/cycle.ts'
import type { Process } from '../process/process.ts'
import { refused } from '../process/refusals.ts'
import { SystemRequest } from '../process/system-request.ts'

/** How long to wait for a process. */
export interface SystemOptions {
  /** Milliseconds, default 5000, or `'infinity'`. */
  readonly timeoutMs?: number | 'infinity'
}

/** What is asked of a process. */
export interface Question<T> {
  /** What the caller tries, as words after "Cannot". */
  readonly attempted: string
  /** The name of the function of `sys`. */
  readonly name: string
  readonly timeoutMs: number | 'infinity'
  /** The refusal of a process that this cannot be asked of. */
  readonly refusalOf?: (target: Process) => Error | undefined
  /** Finds the answer, inside the process; it must not throw. */
  readonly work: (process: Process) => T
}

/**
 * Asks the process at an address.
 *
 * @returns what `work` gave back
 * @throws ArgumentError (at once) FLOTILLA_INVALID_ADDRESS, FLOTILLA_NOT_STARTED, and the refusal
 * @throws Exit (as a rejection) `noproc` or `nodedown` if nobody is there, `calling_self`,
 * `timeout`, `overload`, or the reason with which the process ended meanwhile
 */
export function inquire<T>(address: Address, question: Question<T>): Promise<T> {
  const target = locate(question.attempted, address)
  const refusal = target === undefined ? undefined : question.refusalOf?.(target)
  if (refusal !== undefined) throw refusal
  const caller = currentProcess()
  const exitOf = (reason: ExitReason): Exit =>
    new Exit(reason, wordsOf(question.name, addressText(address)))
  if (caller?.phase === 'dead') return refused(caller.node, exitOf(caller.exitReason ?? normal))
  if (target === undefined) return refused(homeOf(address), exitOf(absenceOf(address)))
  const inquiry = new Inquiry(target, caller, question)
  const cycle = caller === undefined ? undefined : cycleOf(caller, target)
  if (cycle !== undefined) target.node.refusals.fail(inquiry, cycle)
  else if (!target.node.postSystem(target, inquiry)) target.node.refusals.overflow(inquiry)
  else if (question.timeoutMs !== 'infinity') target.node.limit(inquiry)
  return trust(inquiry.promise)
}

/** Reads the options that every function has, and those of its own. */
export function checkSystemOptions<T extends SystemOptions>(
  attempted: string,
  options: T,
  names: readonly string[] = [],
): T & { readonly timeoutMs: number | 'infinity' } {
  const given = checkOptions(attempted, options, ['timeoutMs', ...names])
  const { timeoutMs = 5000 } = given
  checkDuration(attempted, timeoutMs, { option: 'timeoutMs', allowInfinity: true })
  return { ...given, timeoutMs }
}

/** Refuses anything but one of a few words. */
export function checkCommand(attempted: string, given: unknown): void {
  if (given === 'on' || given === 'off' || given === 'get') return
  const wanted = '"on", "off" or "get"'
  throw argumentError('invalid_argument', { attempted, subject: 'the command', given, wanted })
}

function wordsOf(name: string, target: string): string {
  return `sys.${name} of ${target}`
}

class Inquiry extends SystemRequest {
  readonly #work: (process: Process) => unknown

  constructor(target: Process, caller: Process | undefined, question: Question<unknown>) {
    super(target, caller, {
      kind: 'system',
      name: question.name,
      payload: undefined,
      timeoutMs: question.timeoutMs,
      asOutcome: false,
    })
    this.#work = question.work
  }

  override carryOut(process: Process): void {
    this.answer(this.#work(process))
  }

  override get lapsed(): boolean {
    return this.settled
  }

  override inWords(): string {
    return wordsOf(this.name, this.target.describe())
  }
}
