/**
 * `uniqueRegistry`: key → at most one process.
 */
import { checkCount, checkName, checkOptions } from '../core/argument-error.ts'
import { type ChildSpec, checkLife, type Life } from '../core/child-spec.ts'
import type { Key } from '../core/key.ts'
import type { Pid } from '../core/pid.ts'
import type { AnyProtocol, Protocol } from '../core/protocol.ts'
import { trust } from '../core/trust.ts'
import type { Via } from '../process/address.ts'
import type { Process } from '../process/process.ts'
import { checkPid } from '../process/signals.ts'
import type { StartOutcome } from '../process/spawn.ts'
import { launch, Startable } from '../process/startable.ts'
import { Anchor } from '../supervisor/anchor.ts'
import { NameService, type RegistryEvent } from './name-service.ts'

/** A name that is held, with the value stored beside it. */
export interface Entry<P extends Protocol = AnyProtocol, V = unknown> {
  readonly pid: Pid<P>
  readonly value: V
}

/** A registry, as a child specification and as the place to look names up. */
export interface UniqueRegistry<K extends Key, in out P extends Protocol, V = undefined>
  extends ChildSpec {
  /** The name as an address. @throws ArgumentError FLOTILLA_INVALID_KEY */
  via(key: K): Via<P>
  /** Who holds the key now. @throws ArgumentError FLOTILLA_INVALID_KEY, FLOTILLA_NOT_STARTED */
  whereis(key: K): Pid<P> | undefined
  /**
   * At most one entry, never a dead process.
   *
   * @throws ArgumentError FLOTILLA_INVALID_KEY, FLOTILLA_NOT_STARTED
   */
  lookup(key: K): readonly Entry<P, V>[]
  /** The keys a process holds here. @throws ArgumentError FLOTILLA_INVALID_ADDRESS */
  keys(pid: Pid): readonly K[]
  /** How many names are held now. */
  count(): number
  /**
   * A gap-free feed of changes, releases by death included: what tests wait on instead of sleeping.
   *
   * The listener is called in a later turn than the change; it may be added before the start.
   */
  watch(listener: (event: RegistryEvent<K>) => void): { stop(): void }
}

/** The choices of a registry. */
export interface UniqueRegistryOptions {
  /** What a via of it says, and what errors call it. */
  readonly name: string
  /** How many names it holds at most; default 10,000,000. A start beyond fails. */
  readonly maxNames?: number
  /** Accepted and checked as OTP does; on one thread one table serves better than many. */
  readonly partitions?: number
}

/**
 * A registry in which each key has at most one holder.
 *
 * A process takes a name by being started under it (`child(server, arg, { name: registry.via(key)
 * })` or a fleet) and loses it in the step in which it ends.
 *
 * @throws ArgumentError FLOTILLA_INVALID_ARGUMENT, FLOTILLA_INVALID_OPTION, FLOTILLA_UNKNOWN_OPTION
 *
 * Source: Elixir `Registry` with `keys: :unique`. For keyed workers that must come back use
 * `fleet`, which has its own names.
 */
export function uniqueRegistry<K extends Key, P extends Protocol, V = undefined>(
  options: UniqueRegistryOptions,
): UniqueRegistry<K, P, V> {
  const attempted = 'make a registry'
  const given = checkOptions(attempted, options, ['name', 'maxNames', 'partitions'])
  checkName(attempted, given.name)
  const named = `${attempted} "${given.name}"`
  const { name, maxNames = 10_000_000, partitions = 1 } = given
  checkCount(named, maxNames, { option: 'maxNames', min: 1, max: namesMax })
  checkCount(named, partitions, { option: 'partitions', min: 1, max: 1024 })
  const life = checkLife(named, { id: name, type: 'supervisor' }, {})
  return new RegistryHandle(life, new NameService({ name, maxNames }))
}

/** What one Map of V8 holds, with room for the eighth of vacant slots. */
const namesMax = 14_000_000

class RegistryHandle<K extends Key, in out P extends Protocol, V>
  extends Startable
  implements UniqueRegistry<K, P, V>
{
  readonly #names: NameService
  readonly #anchor: Anchor

  constructor(life: Life, names: NameService) {
    super(life)
    this.#names = names
    this.#anchor = new Anchor(`registry "${life.id}"`, {
      label: life.id,
      attach: (node) => names.attach(node),
      stopped: () => names.detachIfEmpty(),
    })
  }

  via(key: K): Via<P> {
    return this.#names.via(key)
  }

  whereis(key: K): Pid<P> | undefined {
    return trust(this.#names.find(key)?.pid)
  }

  lookup(key: K): readonly Entry<P, V>[] {
    const pid = this.whereis(key)
    return pid === undefined ? [] : [{ pid, value: trust(undefined) }]
  }

  keys(pid: Pid): readonly K[] {
    return trust(this.#names.keysOf(checkPid('list the keys of a process', pid)))
  }

  count(): number {
    return this.#names.rowCount
  }

  watch(listener: (event: RegistryEvent<K>) => void): { stop(): void } {
    return this.#names.watch(trust(listener))
  }

  [launch](supervisor: Process, record: unknown): StartOutcome | Promise<StartOutcome> {
    return this.#anchor.start(supervisor, record)
  }
}
