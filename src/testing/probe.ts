/**
 * Probes: processes of a test, to which others send, and whose events the test waits for.
 *
 * Invariant: whatever arrives is an event, once and in order; a probe does nothing by itself.
 */
import { argumentError, checkCount, checkDuration, checkOptions } from '../core/argument-error.ts'
import type { Pid } from '../core/pid.ts'
import type { Protocol, SilentProtocol } from '../core/protocol.ts'
import { trust } from '../core/trust.ts'
import type { Context } from '../gen-server/context.ts'
import { defineServer, ServerDefinition } from '../gen-server/define-server.ts'
import type { Server } from '../gen-server/protocol.ts'
import { later, type Next, next } from '../gen-server/steps.ts'
import type { Address, Via } from '../process/address.ts'
import type { Monitor } from '../process/envelope.ts'
import { type Node, runtimeBehind } from '../process/node.ts'
import { startOwn } from '../process/own-start.ts'
import { ended } from '../process/signals.ts'
import type { Timers } from '../process/timers.ts'
import { child } from '../supervisor/child.ts'
import { type AnyProbeEvent, type ProbeEvent, ProbeEvents, type Wanted } from './probe-events.ts'

/** Which event is waited for: of a kind, and of a name where it has one. */
export type ProbePattern<P extends Protocol> =
  | { readonly kind: 'cast'; readonly name?: keyof P['casts'] & string }
  | { readonly kind: 'call'; readonly name?: keyof P['calls'] & string }
  | { readonly kind: 'info' | 'down' | 'exit' }

/** A process of a test. */
export interface Probe<P extends Protocol = SilentProtocol> {
  /** What others send to. */
  readonly pid: Pid<P>
  /** What has arrived and was not taken, the oldest first. */
  readonly arrived: readonly ProbeEvent<P>[]
  /**
   * Takes the oldest event that fits, as soon as there is one; others stay where they are.
   *
   * The time is that of the clock of the node: on a `virtualHost` it passes when the test says so.
   *
   * @param wanted a kind, with a name if it has one; or a function of the event; default any event
   * @param options timeoutMs (default 1000, or `'infinity'`)
   * @throws ProbeTimeout (as a rejection) if none came in time; it says what did
   * @throws Exit (as a rejection) with the reason of the end of the probe
   * @throws ArgumentError (as a rejection) FLOTILLA_INVALID_ARGUMENT, FLOTILLA_INVALID_OPTION,
   * FLOTILLA_UNKNOWN_OPTION; FLOTILLA_LIMIT with more than 1,024 waits at a time
   */
  next<const W extends ProbePattern<P>>(
    wanted: W,
    options?: { readonly timeoutMs?: number | 'infinity' },
  ): Promise<Extract<ProbeEvent<P>, W>>
  next(
    wanted?: (event: ProbeEvent<P>) => boolean,
    options?: { readonly timeoutMs?: number | 'infinity' },
  ): Promise<ProbeEvent<P>>
  /**
   * Has the probe told, by a `down`, of the end of a process; at once if none is there.
   *
   * @throws ArgumentError as `context.monitor` does
   */
  monitor(address: Address): Monitor
  /**
   * Ties the ends together: the probe traps exits, so the end of the other is an `exit` event, and
   * the other hears of the end of the probe.
   *
   * @throws ArgumentError as `context.link` does
   */
  link(pid: Pid): void
}

/** The choices of a probe. */
export interface ProbeOptions<P extends Protocol> {
  /**
   * The server that it stands in for: it takes the calls and casts of that, and does none of what
   * that does. Left out: it takes none, only messages, reports and signals.
   */
  readonly as?: Server<never, unknown, P>
  /** A name that it takes, such as `names.via('a')`. */
  readonly name?: Via<NoInfer<P>>
  /** How many events may wait to be taken; with one more it ends by a crash. Default 10,000. */
  readonly maxArrived?: number
}

/**
 * Starts a probe on a node.
 *
 * It belongs to the node, not to its tree: nobody restarts it, and it ends with the node, or by
 * `stopServer` or `exit(pid, 'kill')`. It traps exits.
 *
 * @param node from `startNode`
 * @param options as, name, maxArrived: see {@link ProbeOptions}
 * @returns its handle, when it runs
 * @throws ArgumentError (as a rejection) FLOTILLA_INVALID_ARGUMENT, FLOTILLA_INVALID_OPTION,
 * FLOTILLA_UNKNOWN_OPTION, FLOTILLA_INVALID_ADDRESS; FLOTILLA_ALREADY_STARTED if the name is held
 * @throws Exit (as a rejection) if it cannot be started, for instance since the node has stopped
 *
 * Not for what a server answers to its caller: `await call(…)` says that.
 *
 * Source: Akka `TestProbe`; ExUnit `assert_receive/3`.
 */
export async function startProbe<P extends Protocol = SilentProtocol>(
  node: Node,
  options: ProbeOptions<P> = {},
): Promise<Probe<P>> {
  const runtime = runtimeBehind(attempted, node)
  const given = checkOptions(attempted, options, ['as', 'name', 'maxArrived'])
  const { as, name, maxArrived = 10_000 } = given
  checkCount(attempted, maxArrived, { option: 'maxArrived', min: 1, max: 1_000_000 })
  const record = new Recorder(maxArrived)
  const server = recordingServer(as, record)
  const spec = child(server, undefined, name === undefined ? {} : { name: trust(name) })
  const started = await startOwn(runtime.guardian, spec, { link: false })
  if (started.ok) return trust(new RunningProbe(started.pid, record, runtime.timers))
  const { reason } = started
  if (reason.kind === 'init_failed') throw reason.exit
  throw argumentError('already_started', {
    attempted,
    problem: 'its name is held by another process',
    fix: 'stop that first, or take another name',
  })
}

const attempted = 'start a probe'

/** What the process of a probe and its handle share. */
class Recorder {
  readonly events = new ProbeEvents()
  context: Context | undefined = undefined
  readonly #maxArrived: number

  constructor(maxArrived: number) {
    this.#maxArrived = maxArrived
  }

  add(event: AnyProbeEvent): Next<undefined> {
    if (this.events.add(event) > this.#maxArrived) {
      throw new Error(`${this.#maxArrived} events have arrived at a probe, and nobody took them`)
    }
    return next(undefined)
  }
}

class RunningProbe {
  readonly pid: Pid
  readonly #record: Recorder
  readonly #timers: Timers

  constructor(pid: Pid, record: Recorder, timers: Timers) {
    this.pid = pid
    this.#record = record
    this.#timers = timers
    void ended(pid).then((reason) => record.events.over(reason))
  }

  get arrived(): readonly AnyProbeEvent[] {
    return this.#record.events.arrived
  }

  async next(wanted?: unknown, options: { timeoutMs?: number | 'infinity' } = {}) {
    const waiting = 'wait for an event of a probe'
    const { timeoutMs = 1000 } = checkOptions(waiting, options, ['timeoutMs'])
    checkDuration(waiting, timeoutMs, { option: 'timeoutMs', allowInfinity: true })
    return await this.#record.events.next(checkWanted(waiting, wanted), timeoutMs, this.#timers)
  }

  monitor(address: Address): Monitor | undefined {
    return this.#record.context?.monitor(address)
  }

  link(pid: Pid): void {
    this.#record.context?.link(pid)
  }
}

/** A server that puts on record whatever it gets, and does nothing else. */
function recordingServer(as: unknown, record: Recorder) {
  const behaviour = as === undefined ? undefined : ServerDefinition.behaviourOf(attempted, as)
  const onCall = (name: string) => (_state: undefined, payload: unknown, context: Context) => {
    const port = context.replyPort<unknown>()
    const reply = (value: unknown) => port.send(value)
    record.add({ kind: 'call', name, payload, reply })
    return later(port, undefined)
  }
  const onCast = (name: string) => (_state: undefined, payload: unknown) =>
    record.add({ kind: 'cast', name, payload })
  return defineServer({
    name: 'probe',
    init: (_: undefined, context) => {
      context.trapExits(true)
      record.context = context
      return undefined
    },
    calls: Object.fromEntries(
      Array.from(behaviour?.calls.keys() ?? [], (name) => [name, onCall(name)]),
    ),
    casts: Object.fromEntries(
      Array.from(behaviour?.casts.keys() ?? [], (name) => [name, onCast(name)]),
    ),
    info: (_state, message) => record.add({ kind: 'info', message }),
    down: (_state, down) => record.add({ kind: 'down', down }),
    exit: (_state, signal) => record.add({ kind: 'exit', signal }),
  })
}

const kinds: readonly unknown[] = ['cast', 'call', 'info', 'down', 'exit']

function checkWanted(waiting: string, wanted: unknown): Wanted {
  if (wanted === undefined) return { text: 'an event', matches: () => true }
  if (typeof wanted === 'function') {
    const matches = (event: AnyProbeEvent) => Boolean(wanted(event))
    return { text: 'an event that fits', matches }
  }
  const given: { kind?: unknown; name?: unknown } = checkOptions(waiting, Object(wanted), [
    'kind',
    'name',
  ])
  const { kind, name } = given
  if (!kinds.includes(kind) || (name !== undefined && typeof name !== 'string')) {
    throw argumentError('invalid_argument', {
      attempted: waiting,
      subject: 'what is wanted',
      given: wanted,
      wanted: "an object with a kind ('cast', 'call', 'info', 'down' or 'exit'), or a function",
    })
  }
  const text = name === undefined ? `an event of kind "${kind}"` : `${kind} "${name}"`
  const matches = (event: AnyProbeEvent) =>
    event.kind === kind && (name === undefined || event.name === name)
  return { text, matches }
}
