/**
 * `fleet`: named workers on demand, kept running.
 */
import {
  argumentError,
  checkCount,
  checkDuration,
  checkFunction,
  checkName,
  checkOptions,
} from '../core/argument-error.ts'
import {
  type ChildSpec,
  checkIntensity,
  checkLife,
  type Intensity,
  intensityNames,
  type Life,
  type Restart,
  type Shutdown,
} from '../core/child-spec.ts'
import { checkReason, Exit, type ExitReason, shutdown } from '../core/exit.ts'
import { type Key, keyText, ownKey, showKey } from '../core/key.ts'
import type { Pid } from '../core/pid.ts'
import type { Arguments, Protocol } from '../core/protocol.ts'
import { trust } from '../core/trust.ts'
import { type CallOptions, call, cast } from '../gen-server/call.ts'
import { ServerDefinition } from '../gen-server/define-server.ts'
import type { Server } from '../gen-server/protocol.ts'
import type { Via } from '../process/address.ts'
import { unheard } from '../process/attribution.ts'
import type { Process } from '../process/process.ts'
import type { StartOutcome } from '../process/spawn.ts'
import { launch, Startable } from '../process/startable.ts'
import type { Started } from '../process/started.ts'
import type { RegistryEvent } from '../registry/changes.ts'
import { NameService } from '../registry/name-service.ts'
import { Binding } from '../supervisor/binding.ts'
import { DesiredSet, type FleetCounts } from './desired-set.ts'
import { type FleetPlan, Keeper } from './keeper.ts'
import { ReleaseOrder, StartOrder, StopOrder } from './orders.ts'

/** A fleet, as a child specification and as the place to reach its workers. */
export interface Fleet<K extends Key, in Arg, in out P extends Protocol> extends ChildSpec {
  /**
   * The worker of this key as an address, whoever that is now.
   *
   * @throws ArgumentError FLOTILLA_INVALID_KEY
   */
  via(key: K): Via<P>
  /**
   * The worker of this key now.
   *
   * @throws ArgumentError FLOTILLA_INVALID_KEY, FLOTILLA_NOT_STARTED
   */
  whereis(key: K): Pid<P> | undefined
  /**
   * Starts the worker of `arg` and keeps it running; resolves when its `init` is over. A parked key
   * is released by it.
   *
   * @returns the pid, or why nothing was started; a first start that fails leaves nothing behind
   * @throws ArgumentError (at once) FLOTILLA_INVALID_KEY, FLOTILLA_NOT_STARTED
   * @throws Exit (as a rejection) if the fleet is down or ends meanwhile
   */
  start(arg: Arg): Promise<Started<P>>
  /**
   * The worker of `arg`, started if it is absent: one winner, every loser gets the winner's pid.
   *
   * @throws Exit (as a rejection) if it cannot be started: its `init` failed or refused, the fleet
   * has its limit of children (`max_children`), or the key is parked
   */
  ensure(arg: Arg): Promise<Pid<P>>
  /**
   * Stops the worker and forgets it.
   *
   * @param reason of the exit signal, default `shutdown`
   * @returns false: there is none
   */
  stop(key: K, reason?: ExitReason): Promise<boolean>
  /** Takes a parked key up again; false: it is not parked. */
  release(key: K): Promise<boolean>
  /** `call(fleet.via(key), ...)`. */
  call<N extends keyof P['calls'] & string>(
    key: K,
    name: N,
    ...args: Arguments<P['calls'][N]['payload'], CallOptions>
  ): Promise<P['calls'][N]['reply']>
  /** `cast(fleet.via(key), ...)`; starts nobody. */
  cast<N extends keyof P['casts'] & string>(
    key: K,
    name: N,
    ...args: Arguments<P['casts'][N]['payload'], never>
  ): boolean
  /** The keys whose name is held now: by a worker in its `init`, its life or its last words. */
  keys(): IterableIterator<K, undefined, unknown>
  /** How many names are held now; `counts` tells what of it runs. */
  readonly size: number
  /** How many are wanted, and in which state; walks the fleet. */
  counts(): FleetCounts
  /** The keys that were given up on. */
  parked(): readonly { readonly key: K; readonly reason: ExitReason | undefined }[]
  /** A gap-free feed of names taken and freed; see `UniqueRegistry.watch`. */
  watch(listener: (event: RegistryEvent<K>) => void): { stop(): void }
}

/** The choices of a fleet. */
export interface FleetOptions<K extends Key, Arg> extends Intensity {
  readonly name: string
  /** The key under which a start argument lives; the one place that says so. */
  readonly key: (arg: Arg) => K
  /** When a worker that ended is started again; default `permanent`. */
  readonly restart?: Restart
  /** How long a worker may take to stop; default 5000. */
  readonly shutdownMs?: Shutdown
  /** How long the `init` of a worker may take, as for `child`; default `'infinity'`. */
  readonly startTimeoutMs?: number | 'infinity'
  /** How many workers there may be; default 10,000,000. */
  readonly maxChildren?: number
  /**
   * Given: a call to an absent key starts it first. Absent: it fails with noproc. Unknown keys
   * never start anything by default.
   */
  readonly onDemand?: (key: K) => NoInfer<Arg>
}

/**
 * A fleet: workers of one kind, each found by its key, started on demand and kept running.
 *
 * It is a registry and a dynamic supervisor wired in the one right order, with two differences from
 * wiring them by hand. What is wanted is remembered outside the process that runs it, so losing
 * that process, or everything above it, ends in a restart of the workers and not in an empty fleet.
 * And the budget (maxRestarts, default 3, in maxSeconds, default 5) is one per key: a key that uses
 * it up is parked, with a report, until `start` or `release` takes it up again; no other key
 * notices.
 *
 * @param server from `defineServer`
 * @param options name; key; restart (default `permanent`), shutdownMs, startTimeoutMs, maxChildren,
 * onDemand, maxRestarts, maxSeconds
 * @throws ArgumentError FLOTILLA_INVALID_ARGUMENT, FLOTILLA_INVALID_OPTION, FLOTILLA_UNKNOWN_OPTION
 *
 * Not for workers without a key, nor for a handful of fixed ones: use `supervisor`.
 */
export function fleet<K extends Key, Arg, State, P extends Protocol>(
  server: Server<Arg, State, P>,
  options: FleetOptions<K, Arg>,
): Fleet<K, Arg, P> {
  const attempted = 'make a fleet'
  const behaviour = ServerDefinition.behaviourOf(attempted, server)
  const given = checkOptions(attempted, options, optionNames)
  checkName(attempted, given.name)
  const named = `${attempted} "${given.name}"`
  const { name, maxChildren = childrenMax, startTimeoutMs = 'infinity' } = given
  checkDuration(named, startTimeoutMs, { option: 'startTimeoutMs', allowInfinity: true })
  checkFunction(named, given.key, 'key')
  if (given.onDemand !== undefined) checkFunction(named, given.onDemand, 'onDemand')
  checkCount(named, maxChildren, { option: 'maxChildren', min: 0, max: childrenMax })
  const limits = checkIntensity(named, given)
  const { restart, shutdownMs } = checkLife(named, { id: name, type: 'worker' }, given)
  const plan: FleetPlan = {
    name,
    server: behaviour,
    names: new NameService({ name, maxNames: childrenMax }),
    desired: new DesiredSet(name),
    policy: { restart, limits, backOff: { firstMs: 10, lastMs: 5000 } },
    shutdownMs,
    startTimeoutMs,
    maxChildren,
  }
  const life = checkLife(named, { id: name, type: 'supervisor' }, {})
  const { key, onDemand } = given
  return new FleetHandle(life, plan, { key, onDemand })
}

const optionNames = [
  'name',
  'key',
  'restart',
  'shutdownMs',
  'startTimeoutMs',
  'maxChildren',
  'onDemand',
  ...intensityNames,
]
const childrenMax = 10_000_000

interface Keying<K extends Key, Arg> {
  readonly key: (arg: Arg) => K
  readonly onDemand: ((key: K) => Arg) | undefined
}

class FleetHandle<K extends Key, in Arg, in out P extends Protocol>
  extends Startable
  implements Fleet<K, Arg, P>
{
  readonly #plan: FleetPlan
  readonly #key: (arg: Arg) => K
  readonly #binding: Binding<Keeper>

  constructor(life: Life, plan: FleetPlan, keying: Keying<K, Arg>) {
    super(life)
    this.#plan = plan
    this.#key = keying.key
    this.#binding = new Binding(`fleet "${life.id}"`)
    const { onDemand } = keying
    if (onDemand !== undefined) {
      plan.names.startOnDemand = async (key) => this.#startOnDemand(key, onDemand(trust(key)))
    }
  }

  via(key: K): Via<P> {
    return this.#plan.names.via(key)
  }

  whereis(key: K): Pid<P> | undefined {
    return trust(this.#plan.names.find(key)?.pid)
  }

  start(arg: Arg): Promise<Started<P>> {
    const payload = new StartOrder(this.#keyOf(arg), arg)
    return this.#ask('start', payload)
  }

  ensure(arg: Arg): Promise<Pid<P>> {
    const key = this.#keyOf(arg)
    const present = this.whereis(key)
    const row = this.#plan.desired.find(key)
    if (present !== undefined && row?.phase === 'running') return Promise.resolve(present)
    if (row?.phase === 'parked') {
      return this.#refuse({ kind: 'parked', reason: row.lastReason ?? shutdown }, key)
    }
    return unheard(this.start(arg).then((started) => this.#startedBySomebody(started, key)))
  }

  stop(key: K, reason: ExitReason = shutdown): Promise<boolean> {
    const attempted = `stop a worker of ${this.id}`
    const payload = new StopOrder(ownKey(attempted, key), checkReason(attempted, reason))
    return this.#ask('stop', payload)
  }

  release(key: K): Promise<boolean> {
    const payload = new ReleaseOrder(ownKey(`release a key of ${this.id}`, key))
    return this.#ask('release', payload)
  }

  call<N extends keyof P['calls'] & string>(
    key: K,
    name: N,
    ...args: Arguments<P['calls'][N]['payload'], CallOptions>
  ): Promise<P['calls'][N]['reply']> {
    return call(this.via(key), name, ...args)
  }

  cast<N extends keyof P['casts'] & string>(
    key: K,
    name: N,
    ...args: Arguments<P['casts'][N]['payload'], never>
  ): boolean {
    return cast(this.via(key), name, ...args)
  }

  keys(): IterableIterator<K, undefined, unknown> {
    return trust(this.#plan.names.keys())
  }

  get size(): number {
    return this.#plan.names.rowCount
  }

  counts(): FleetCounts {
    return this.#plan.desired.counts()
  }

  parked(): readonly { readonly key: K; readonly reason: ExitReason | undefined }[] {
    const parked: { readonly key: K; readonly reason: ExitReason | undefined }[] = []
    for (const row of this.#plan.desired.rows()) {
      if (row.phase === 'parked') parked.push({ key: trust(row.key), reason: row.lastReason })
    }
    return parked
  }

  watch(listener: (event: RegistryEvent<K>) => void): { stop(): void } {
    return this.#plan.names.watch(trust(listener))
  }

  [launch](parent: Process, record: unknown): StartOutcome | Promise<StartOutcome> {
    return this.#binding.start(new Keeper(this.#plan), { parent, record })
  }

  #ask<T>(name: string, payload: unknown): Promise<T> {
    return trust(this.#binding.ask({ name, payload, concurrent: true }))
  }

  /** A start argument for another key would answer the call from the wrong worker. */
  #startOnDemand(asked: Key, arg: Arg): Promise<Pid<P>> {
    const made = this.#keyOf(arg)
    if (keyText(made) === keyText(asked)) return this.ensure(arg)
    throw argumentError('invalid_option', {
      attempted: `start a worker of ${this.id} on demand`,
      problem: `onDemand gave a start argument for the key ${showKey(made)}`,
      wanted: `one for ${showKey(asked)}`,
    })
  }

  #keyOf(arg: Arg): K {
    return trust(ownKey(`start a worker of ${this.id}`, this.#key(arg)))
  }

  #startedBySomebody(started: Started<P>, key: K): Pid<P> | Promise<never> {
    if (started.ok) return started.pid
    switch (started.reason.kind) {
      case 'already_started':
        return started.reason.pid
      case 'max_children':
        return this.#refuse({ kind: 'max_children', maxChildren: this.#plan.maxChildren }, key)
      case 'init_failed':
        return Promise.reject(started.reason.exit)
      case 'ignored':
        return this.#refuse(
          { kind: 'noproc', address: `${this.id} ${showKey(key)}, whose init chose not to start` },
          key,
        )
    }
  }

  #refuse(reason: ExitReason, key: K): Promise<never> {
    return unheard(Promise.reject(new Exit(reason, `Start of ${this.id} ${showKey(key)}`)))
  }
}
