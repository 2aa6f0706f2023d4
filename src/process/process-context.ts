/**
 * What a process can do besides compute: the part of a handler's context that every kind of process
 * has.
 *
 * Invariant: for code that a dead process left behind every method does nothing.
 */
import { argumentError, checkBoolean, checkOptions } from '../core/argument-error.ts'
import { Exit, normal } from '../core/exit.ts'
import type { Pid } from '../core/pid.ts'
import { type Address, addressText, locate } from './address.ts'
import { exitNote, type Monitor } from './envelope.ts'
import { link, unlink } from './links.ts'
import { demonitor, monitor } from './monitors.ts'
import type { Process } from './process.ts'
import { checkPid } from './signals.ts'

/** What any process may use of itself; a server gets it as part of its `Context`. */
export interface ProcessContext {
  readonly self: Pid
  /** Aborted when this process ends: hand it to fetch, timers, database drivers. */
  readonly signal: AbortSignal
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
}

/** The context of one process. */
export class OwnContext implements ProcessContext {
  readonly #process: Process

  constructor(process: Process) {
    this.#process = process
  }

  /** The process behind a value that may be a context; unlike `instanceof` it asks no proxy. */
  static processOf(value: unknown): Process | undefined {
    return typeof value === 'object' && value !== null && #process in value
      ? value.#process
      : undefined
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
}

/**
 * The process behind a context that a user gave, dead or alive.
 *
 * @throws ArgumentError FLOTILLA_INVALID_ARGUMENT
 */
export function processOf(attempted: string, context: ProcessContext): Process {
  const process = OwnContext.processOf(context)
  if (process !== undefined) return process
  throw argumentError('invalid_argument', {
    attempted,
    subject: 'the context',
    given: context,
    wanted: 'the context of a process',
    fix: 'pass on what the handler got as its third parameter',
  })
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
