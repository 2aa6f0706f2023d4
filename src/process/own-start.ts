/**
 * Processes that start others themselves, without a supervisor.
 *
 * Invariant: the link or the monitor is there before anything of the new process can end it, so no
 * end goes unnoticed; a start that failed leaves neither. One that is not linked has the process
 * above the root for its parent: it belongs to the node and ends with it.
 * Source: OTP `gen_server:start_link/4`, `start/4`, `start_monitor/4`.
 */
import { checkBoolean, checkOptions } from '../core/argument-error.ts'
import type { ChildSpec } from '../core/child-spec.ts'
import type { AnyProtocol, Protocol } from '../core/protocol.ts'
import { runAs } from './current.ts'
import type { Monitor } from './envelope.ts'
import { monitor } from './monitors.ts'
import type { Process } from './process.ts'
import type { StartOutcome } from './spawn.ts'
import { launch, Startable } from './startable.ts'
import { type StartTried, toStarted } from './started.ts'

/** How a process starts another one. */
export interface StartOptions {
  /** Whether their ends are tied together; default true. */
  readonly link?: boolean
  /** Whether the starter gets a `down` when it ends; default false. */
  readonly monitor?: boolean
}

/** What a start with a monitor came to; there is a monitor exactly if there is a process. */
export type StartMonitored<P extends Protocol = AnyProtocol> =
  | (Extract<StartTried<P>, { ok: true }> & { readonly monitor: Monitor })
  | Extract<StartTried<P>, { ok: false }>

/** A start under way: what the new process is told of it while it is not running. */
export class OwnStart {
  readonly starter: Process
  /** The turn of the starter in which it asked; tells whether it may still be waiting. */
  readonly starterTurn: number
  readonly isLinked: boolean
  readonly #isMonitored: boolean
  monitor: Monitor | undefined = undefined

  constructor(starter: Process, options: Required<StartOptions>) {
    this.starter = starter
    this.starterTurn = starter.turn
    this.isLinked = options.link
    this.#isMonitored = options.monitor
  }

  /** The process runs; in the same step, before anybody else can end it. */
  succeeded(process: Process): void {
    // A starter that has ended meanwhile watches nobody.
    if (!this.#isMonitored || !this.starter.alive) return
    this.monitor = monitor(this.starter, { target: process, address: process.pid })
  }
}

/**
 * Starts a process as `options` say; see `ProcessContext.start`.
 *
 * @throws ArgumentError FLOTILLA_INVALID_CHILD, FLOTILLA_INVALID_ARGUMENT, FLOTILLA_INVALID_OPTION,
 * FLOTILLA_UNKNOWN_OPTION
 */
export function startOwn(
  starter: Process,
  spec: ChildSpec,
  options: StartOptions = {},
): Promise<StartTried | StartMonitored> {
  const attempted = 'start a process'
  const checked = Startable.check(attempted, spec)
  const given = checkOptions(attempted, options, ['link', 'monitor'])
  const { link = true, monitor: isMonitored = false } = given
  checkBoolean(attempted, link, 'link')
  checkBoolean(attempted, isMonitored, 'monitor')
  const order = new OwnStart(starter, { link, monitor: isMonitored })
  const parent = link ? starter : starter.node.guardian
  return launchLater(checked, parent, order).then((outcome) => {
    const started = toStarted(outcome, checked.id)
    const { monitor: handle } = order
    return started.ok && handle !== undefined ? { ...started, monitor: handle } : started
  })
}

/** When the handler of the starter has come to its `await`: only then is it known to wait. */
async function launchLater(
  spec: Startable,
  parent: Process,
  order: OwnStart,
): Promise<StartOutcome> {
  await undefined
  return runAs(order.starter, () => spec[launch](parent, order))
}
