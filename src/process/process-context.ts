/**
 * What a process can do besides compute: the part of a handler's context that every kind of process
 * has.
 *
 * Invariant: for code that a dead process left behind every method does nothing.
 */
import { argumentError, checkBoolean, checkDuration, checkOptions } from '../core/argument-error.ts'
import type { ChildSpec } from '../core/child-spec.ts'
import { checkReason, Exit, type ExitReason, normal, OwnExit } from '../core/exit.ts'
import { type Key, ownKey } from '../core/key.ts'
import type { Pid } from '../core/pid.ts'
import type { Protocol } from '../core/protocol.ts'
import { trust } from '../core/trust.ts'
import { type Address, absenceOf, addressText, locate } from './address.ts'
import { type Alias, type AliasMode, closeAlias, openAlias, pathOf } from './alias.ts'
import { exitNote, LocalMonitor, type Monitor } from './envelope.ts'
import { link, unlink } from './links.ts'
import { demonitor, monitor } from './monitors.ts'
import type { NodeRuntime } from './node-runtime.ts'
import { type StartMonitored, type StartOptions, startOwn } from './own-start.ts'
import type { Process } from './process.ts'
import { checkPid } from './signals.ts'
import { sleep } from './sleep.ts'
import type { StartTried } from './started.ts'

/** What any process may use of itself; a server gets it as part of its `Context`. */
export interface ProcessContext {
  readonly self: Pid
  /** Aborted when this process ends: hand it to fetch, timers, database drivers. */
  readonly signal: AbortSignal
  /**
   * Asks for one `down` when the process at the address has ended, at once if none is there.
   *
   * @param options tag: put into the report, to tell it from others; alias: the monitor is an
   * alias, too, closed when `AliasMode` says so
   * @throws ArgumentError FLOTILLA_INVALID_ADDRESS, FLOTILLA_NOT_STARTED,
   * FLOTILLA_INVALID_ARGUMENT, FLOTILLA_INVALID_OPTION, FLOTILLA_UNKNOWN_OPTION, FLOTILLA_LIMIT
   *
   * Source: Erlang `erlang:monitor/3`.
   */
  monitor(address: Address, options: MonitorOptions & { readonly alias: AliasMode }): Alias
  monitor(address: Address, options?: MonitorOptions): Monitor
  /**
   * Takes a monitor back. True if it had not reported yet; with `flush` a report that already
   * waits in the mailbox is removed.
   *
   * @throws ArgumentError FLOTILLA_INVALID_ARGUMENT, FLOTILLA_INVALID_OPTION,
   * FLOTILLA_UNKNOWN_OPTION
   */
  demonitor(monitor: Monitor, options?: { readonly flush?: boolean }): boolean
  /**
   * Makes an address for messages that leads here until it is taken back: for answers that must not
   * arrive once they are not waited for any more. Only `send` takes it.
   *
   * @param options reply (default false): the first message through it is let in and no other
   * @throws ArgumentError FLOTILLA_INVALID_ARGUMENT, FLOTILLA_INVALID_OPTION,
   * FLOTILLA_UNKNOWN_OPTION; FLOTILLA_LIMIT beyond 65,536 of one process
   *
   * Source: Erlang `erlang:alias/1`.
   */
  alias(options?: { readonly reply?: boolean }): Alias
  /**
   * Takes an alias of this process back: what is sent through it from now on vanishes.
   *
   * @returns false if it led nowhere already
   * @throws ArgumentError FLOTILLA_INVALID_ARGUMENT
   *
   * Source: Erlang `erlang:unalias/1`.
   */
  unalias(alias: Alias): boolean
  /**
   * Ties the two ends together.
   *
   * @throws Exit `noproc` if that process has ended and this one does not trap exits
   * @throws ArgumentError FLOTILLA_INVALID_ADDRESS, also for a via
   */
  link(pid: Pid): void
  unlink(pid: Pid): void
  /**
   * Starts a process without a supervisor, and resolves when its `init` is over.
   *
   * It is linked to this one, which is its parent: the end of this process ends it too, through its
   * `terminate` if it traps exits. With `link: false` it belongs to the node instead: nobody's end
   * takes it along, and when the node stops it is killed after the tree has been stopped in order.
   * The restart, shutdownMs and significant of the specification mean nothing here. For processes
   * that must be kept running, use a supervisor.
   *
   * @param spec from `child` and the like
   * @param options link (default true); monitor (default false): the result has a monitor, which
   * reports the end however soon that comes
   * @returns the pid, or why nothing was started, as a value: the link does not tell it as well
   * @throws ArgumentError (at once) FLOTILLA_INVALID_CHILD, FLOTILLA_INVALID_ARGUMENT,
   * FLOTILLA_INVALID_OPTION, FLOTILLA_UNKNOWN_OPTION
   *
   * Source: OTP `gen_server:start_link/4`, `start/4`, `start_monitor/4`.
   */
  start<P extends Protocol>(
    spec: ChildSpec<P>,
    options: StartOptions & { readonly monitor: true },
  ): Promise<StartMonitored<P>>
  start<P extends Protocol>(spec: ChildSpec<P>, options?: StartOptions): Promise<StartTried<P>>
  /**
   * Waits by the clock of the node; ends with the process, so code of a dead one never goes on
   * after it. While a handler waits, its mailbox does: to do something later, use a timer.
   *
   * @param durationMs milliseconds of any length; 0 lets everybody else have a turn; `'infinity'`
   * waits until the process is ended and costs nothing
   * @throws ArgumentError (at once) FLOTILLA_INVALID_OPTION
   *
   * Source: Elixir `Process.sleep/1`.
   */
  sleep(durationMs: number | 'infinity'): Promise<void>
  /**
   * Says what this process is, among others of its server: shown in `processInfo` and in the events
   * of its end. Unlike a name it leads nowhere and may be shared.
   *
   * @throws ArgumentError FLOTILLA_INVALID_KEY
   *
   * Source: OTP `proc_lib:set_label/1`.
   */
  setLabel(label: Key): void
  /**
   * Ends this process with `reason` from anywhere in its own code, by throwing an `Exit`, which
   * code around it may catch: then nothing happens. Where a handler can give back a stop step, do
   * that instead.
   *
   * @throws Exit always; ArgumentError FLOTILLA_INVALID_ARGUMENT if `reason` is none
   */
  exit(reason: ExitReason): never
  /**
   * From now on exit signals become messages for `exit` (true) or act (false); the old choice.
   *
   * @throws ArgumentError FLOTILLA_INVALID_OPTION
   */
  trapExits(on: boolean): boolean
}

/** What a monitor reports besides the end. */
export interface MonitorOptions {
  /** Comes back in the report as `tag`. */
  readonly tag?: unknown
  /** Makes the monitor an alias, too, and says when that leads nowhere any more. */
  readonly alias?: AliasMode
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

  /** The process of a context. */
  static behind(context: OwnContext): Process {
    return context.#process
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

  monitor(address: Address, options: MonitorOptions & { readonly alias: AliasMode }): Alias
  monitor(address: Address, options?: MonitorOptions): Monitor
  monitor(address: Address, options: MonitorOptions = {}): Monitor {
    const attempted = 'monitor a process'
    const { alias: mode, ...tagged } = checkOptions(attempted, options, ['tag', 'alias'])
    if (mode !== undefined) checkMode(attempted, mode)
    const target = locate(attempted, address)
    const process = this.#process
    const handle = mode === undefined ? undefined : openAlias(process, mode)
    if (!process.alive) return handle ?? { id: 0 }
    return monitor(process, { ...tagged, target, address, handle })
  }

  demonitor(handle: Monitor, options: { readonly flush?: boolean } = {}): boolean {
    const attempted = 'take a monitor back'
    const { flush = false } = checkOptions(attempted, options, ['flush'])
    checkBoolean(attempted, flush, 'flush')
    const checked = checkMonitor(attempted, handle)
    const { node = this.#process.node } = checked
    return node === this.#process.node && demonitor(this.#process, checked, flush)
  }

  alias(options: { readonly reply?: boolean } = {}): Alias {
    const attempted = 'make an alias'
    const { reply = false } = checkOptions(attempted, options, ['reply'])
    checkBoolean(attempted, reply, 'reply')
    return openAlias(this.#process, reply ? 'reply' : 'explicit_unalias')
  }

  unalias(alias: Alias): boolean {
    const path = pathOf(alias)
    if (path !== undefined)
      return path.process === this.#process && closeAlias(path.process, path.id)
    throw argumentError('invalid_argument', {
      attempted: 'take an alias back',
      subject: 'the alias',
      given: alias,
      wanted: 'what context.alias or context.monitor gave back',
    })
  }

  link(pid: Pid): void {
    const process = this.#process
    const other = checkPid('link to a process', pid)
    if (!process.alive) return
    if (other !== undefined) {
      link(process, other)
      return
    }
    const reason = absenceOf(pid)
    if (!process.trapping) throw new Exit(reason, `Link to ${addressText(pid)}`)
    process.node.deliverNext(process, exitNote({ from: pid, reason }))
  }

  unlink(pid: Pid): void {
    const other = checkPid('unlink a process', pid)
    if (other !== undefined) unlink(this.#process, other)
  }

  start<P extends Protocol>(
    spec: ChildSpec<P>,
    options?: StartOptions,
  ): Promise<StartMonitored<P>> {
    return trust(startOwn(this.#process, spec, options))
  }

  sleep(durationMs: number | 'infinity'): Promise<void> {
    checkDuration('sleep', durationMs, { option: 'durationMs', allowInfinity: true })
    return sleep(this.#process, durationMs)
  }

  setLabel(label: Key): void {
    const checked = ownKey('label a process', label)
    if (this.#process.alive) this.#process.extras.label = checked
  }

  exit(reason: ExitReason): never {
    throw new OwnExit(checkReason('exit', reason))
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

const modes: readonly unknown[] = ['explicit_unalias', 'demonitor', 'reply_demonitor']

function checkMode(attempted: string, given: unknown): void {
  if (modes.includes(given)) return
  throw argumentError('invalid_option', {
    attempted,
    subject: 'option "alias"',
    given,
    wanted: '"explicit_unalias", "demonitor" or "reply_demonitor"',
  })
}

interface CheckedMonitor extends Monitor {
  readonly node: NodeRuntime | undefined
}

function checkMonitor(attempted: string, handle: Monitor): CheckedMonitor {
  try {
    const { id } = handle
    if (typeof id === 'number') return { id, node: LocalMonitor.homeOf(handle) }
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
