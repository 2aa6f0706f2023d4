/**
 * The third parameter of every handler: what a process can do besides compute.
 *
 * Invariant: for code that a dead process left behind every method does nothing.
 */
import { argumentError, checkBoolean, checkDuration, checkOptions } from '../core/argument-error.ts'
import { Exit, normal } from '../core/exit.ts'
import type { Pid } from '../core/pid.ts'
import { type Address, addressText, locate } from '../process/address.ts'
import { exitNote, type Monitor } from '../process/envelope.ts'
import { link, unlink } from '../process/links.ts'
import { demonitor, monitor } from '../process/monitors.ts'
import { OwnedTimer, type Timer } from '../process/owned-timer.ts'
import type { Process } from '../process/process.ts'
import type { Request } from '../process/request.ts'
import { checkPid } from '../process/signals.ts'
import { answer, checkMessage } from './messages.ts'
import { checkReply, type ReplyPort } from './steps.ts'

/** What a handler may use of its own process. */
export interface Context {
  readonly self: Pid
  /** Aborted when this process ends: hand it to fetch, timers, database drivers. */
  readonly signal: AbortSignal
  /**
   * The port for the answer of the call being handled, to be used after `later`.
   *
   * @throws ArgumentError FLOTILLA_OUTSIDE_CALL when no call is being handled
   */
  replyPort<R>(): ReplyPort<R>
  /** Asks for one `down` when the process at the address has ended, at once if none is there. */
  monitor(address: Address): Monitor
  /**
   * Takes a monitor back. True if it had not reported yet; with `flush` a report that already
   * waits in the mailbox is removed.
   *
   * @throws ArgumentError FLOTILLA_INVALID_ARGUMENT, FLOTILLA_INVALID_OPTION,
   * FLOTILLA_UNKNOWN_OPTION
   */
  demonitor(monitor: Monitor, options?: { readonly flush?: boolean }): boolean
  /**
   * Ties the two ends together.
   *
   * @throws Exit `noproc` if that process has ended and this one does not trap exits
   * @throws ArgumentError FLOTILLA_INVALID_ADDRESS, also for a via
   */
  link(pid: Pid): void
  unlink(pid: Pid): void
  /**
   * From now on exit signals become messages for `exit` (true) or act (false); the old choice.
   *
   * @throws ArgumentError FLOTILLA_INVALID_OPTION
   */
  trapExits(on: boolean): boolean
  /**
   * Casts to this server after `delayMs` milliseconds; the timer dies with the process.
   *
   * @throws ArgumentError FLOTILLA_INVALID_OPTION, FLOTILLA_UNKNOWN_MESSAGE
   */
  after(delayMs: number, cast: string, payload?: unknown): Timer
}

/** The context of one process. */
export class ServerContext implements Context {
  readonly #process: Process

  constructor(process: Process) {
    this.#process = process
  }

  get self(): Pid {
    return this.#process.pid
  }

  get signal(): AbortSignal {
    const process = this.#process
    const { extras } = process
    if (extras.aborter === undefined) {
      extras.aborter = new AbortController()
      if (!process.alive) extras.aborter.abort(new Exit(process.exitReason ?? normal))
    }
    return extras.aborter.signal
  }

  replyPort<R>(): ReplyPort<R> {
    const request = this.#process.handling
    if (request?.kind !== 'call') {
      throw argumentError('outside_call', {
        attempted: 'take a reply port',
        problem: 'no call is being handled',
        fix: 'take it inside the handler of the call, before it returns later(port, state)',
      })
    }
    return new RequestPort(this.#process, request)
  }

  monitor(address: Address): Monitor {
    const target = locate('monitor a process', address)
    return this.#process.alive ? monitor(this.#process, target, address) : { id: 0 }
  }

  demonitor(handle: Monitor, options: { readonly flush?: boolean } = {}): boolean {
    const attempted = 'take a monitor back'
    const { flush = false } = checkOptions(attempted, options, ['flush'])
    checkBoolean(attempted, flush, 'flush')
    return demonitor(this.#process, checkMonitor(attempted, handle), flush)
  }

  link(pid: Pid): void {
    const process = this.#process
    const other = checkPid('link to a process', pid)
    if (!process.alive) return
    if (other !== undefined) {
      link(process, other)
      return
    }
    const reason = { kind: 'noproc', address: addressText(pid) } as const
    if (!process.trapping) throw new Exit(reason, `Link to ${addressText(pid)}`)
    process.node.deliver(process, exitNote({ from: pid, reason }))
  }

  unlink(pid: Pid): void {
    const other = checkPid('unlink a process', pid)
    if (other !== undefined) unlink(this.#process, other)
  }

  trapExits(on: boolean): boolean {
    const process = this.#process
    const before = process.trapping
    process.trapping = checkBoolean('trap exits', on, 'on')
    return before
  }

  after(delayMs: number, cast: string, payload?: unknown): Timer {
    const attempted = 'set a timer'
    checkDuration(attempted, delayMs, { option: 'delayMs' })
    checkMessage(attempted, this.#process.behaviour, { kind: 'cast', name: cast })
    return new OwnedTimer(this.#process, cast, payload).start(delayMs)
  }
}

function checkMonitor(attempted: string, handle: Monitor): Monitor {
  try {
    const { id } = handle
    if (typeof id === 'number') return { id }
  } catch {
    // Nothing that has properties, or a getter that throws: not a handle.
  }
  throw argumentError('invalid_argument', {
    attempted,
    subject: 'the monitor',
    given: handle,
    wanted: 'what context.monitor gave back',
  })
}

class RequestPort<R> implements ReplyPort<R> {
  readonly #process: Process
  readonly #request: Request

  constructor(process: Process, request: Request) {
    this.#process = process
    this.#request = request
  }

  send(reply: R): void {
    checkReply(reply)
    answer(this.#process, this.#request, reply)
  }
}
