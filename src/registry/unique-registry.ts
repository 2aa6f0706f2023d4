/**
 * `uniqueRegistry`: key → at most one process.
 */
import type { Key } from '../core/key.ts'
import type { Pid } from '../core/pid.ts'
import type { Protocol } from '../core/protocol.ts'
import { trust } from '../core/trust.ts'
import type { Via } from '../process/address.ts'
import { type ProcessContext, processOf } from '../process/process-context.ts'
import { NameService } from './name-service.ts'
import type { Registry } from './registry.ts'
import { checkCallback, RegistryHandle } from './registry-handle.ts'
import {
  checkRegistryOptions,
  type RegistryOptions,
  type RegistryPlan,
} from './registry-options.ts'
import { keepValue } from './stored-values.ts'

/** What an update of a stored value came to. */
export type Updated<V> =
  | { readonly ok: true; readonly value: V; readonly old: V }
  /** The process does not hold the key; the callback was not called. */
  | { readonly ok: false; readonly reason: { readonly kind: 'not_registered' } }

/** A registry with names, as a child specification and as the place to look names up. */
export interface UniqueRegistry<
  in out K extends Key,
  in out P extends Protocol,
  in out V = undefined,
> extends Registry<K, P, V> {
  /**
   * The name as an address, and as the name to start a process under.
   *
   * @param value what the name holds once a process was started under it; without one, the
   * `initialValue` of the registry. To reach whoever holds the name it plays no part, and it does
   * not travel with a via that is cloned or written out as data.
   * @throws ArgumentError FLOTILLA_INVALID_KEY, FLOTILLA_INVALID_ARGUMENT
   *
   * Source: Elixir `Registry`, "Using in `:via`".
   */
  via(key: K, value?: V): Via<P>
  /** Who holds the key now. @throws ArgumentError FLOTILLA_INVALID_KEY, FLOTILLA_NOT_STARTED */
  whereis(key: K): Pid<P> | undefined
  /**
   * Replaces the value that the process has stored beside its key; nobody is told.
   *
   * @param update gives the new value for the old one; what it throws is thrown, and nothing has
   * changed then
   * @throws ArgumentError FLOTILLA_INVALID_ARGUMENT, FLOTILLA_INVALID_KEY, FLOTILLA_NOT_STARTED
   *
   * Source: Elixir `Registry.update_value/3`.
   */
  updateValue(context: ProcessContext, key: K, update: (old: V) => V): Updated<V>
}

/** The choices of a unique registry whose names hold a `V`. */
export type UniqueRegistryOptions<V = undefined> = RegistryOptions & InitialValue<V>

/** Required where a name that is taken without a value would hold what is no `V`. */
type InitialValue<V> = undefined extends V
  ? { readonly initialValue?: V }
  : {
      /** What a name holds that was taken without a value. */
      readonly initialValue: V
    }

/**
 * A registry in which each key has at most one holder.
 *
 * A process takes a name by being started under it (`child(server, arg, { name: registry.via(key)
 * })` or a fleet) or by hand (`register`), and loses it in the step in which it ends.
 *
 * @param options name; initialValue (for a registry with values), maxNames, maxLocks, listeners,
 * meta, values
 * @throws ArgumentError FLOTILLA_INVALID_ARGUMENT, FLOTILLA_INVALID_OPTION,
 * FLOTILLA_INVALID_ADDRESS, FLOTILLA_UNKNOWN_OPTION
 *
 * Source: Elixir `Registry` with `keys: :unique`. For keyed workers that must come back use
 * `fleet`, which has its own names.
 */
export function uniqueRegistry<K extends Key, P extends Protocol, V = undefined>(
  options: UniqueRegistryOptions<V>,
): UniqueRegistry<K, P, V> {
  const plan = checkRegistryOptions(options, ['initialValue'])
  return new UniqueHandle(plan, new NameService(plan))
}

class UniqueHandle<in out K extends Key, in out P extends Protocol, in out V>
  extends RegistryHandle<K, P, V>
  implements UniqueRegistry<K, P, V>
{
  readonly #names: NameService
  readonly #plan: RegistryPlan
  readonly #lookingUp: string

  constructor(plan: RegistryPlan, names: NameService) {
    super(plan, names)
    this.#names = names
    this.#plan = plan
    this.#lookingUp = `look a name up in ${plan.name}`
  }

  via(key: K, value?: V): Via<P> {
    return value === undefined
      ? this.#names.via(key)
      : this.#names.viaWith(key, keepValue(`make a via of ${this.id}`, value, this.#plan.values))
  }

  whereis(key: K): Pid<P> | undefined {
    return trust(this.#names.pidOf(this.#names.open(this.#lookingUp, key)))
  }

  updateValue(context: ProcessContext, key: K, update: (old: V) => V): Updated<V> {
    const attempted = `update a value of ${this.id}`
    const process = processOf(attempted, context)
    checkCallback(attempted, update)
    const [slot] = this.#names.slotsOfHolder(this.#names.open(attempted, key), process)
    if (slot === undefined) return notRegistered
    const old: V = trust(slot.value)
    const value = keepValue(attempted, update(old), this.#plan.values)
    // The callback may have given the name up, or ended the process.
    if (slot.holder !== process.pid) return notRegistered
    slot.value = value
    return { ok: true, value, old }
  }
}

const notRegistered = { ok: false, reason: { kind: 'not_registered' } } as const
