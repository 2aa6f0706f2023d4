/**
 * `duplicateRegistry`: key → any number of processes.
 */
import { argumentError } from '../core/argument-error.ts'
import type { Key } from '../core/key.ts'
import type { AnyProtocol, Protocol } from '../core/protocol.ts'
import type { ProcessContext } from '../process/process-context.ts'
import { DuplicateService } from './duplicate-service.ts'
import type { EntryRefusal, Registry, ValueGiven } from './registry.ts'
import { RegistryHandle } from './registry-handle.ts'
import { checkRegistryOptions, type RegistryOptions } from './registry-options.ts'

/** What a registration came to where a key may have several holders. */
export type RegisteredDuplicate =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: EntryRefusal }

/**
 * A registry of groups, as a child specification and as the place to reach them. Its keys are no
 * addresses: there is no `via`.
 */
export interface DuplicateRegistry<
  in out K extends Key,
  in out P extends Protocol = AnyProtocol,
  in out V = undefined,
> extends Registry<K, P, V> {
  /**
   * Adds an entry of the process itself; it may have several under one key.
   *
   * @throws ArgumentError FLOTILLA_INVALID_ARGUMENT, FLOTILLA_INVALID_KEY, FLOTILLA_NOT_STARTED
   *
   * Source: Elixir `Registry.register/3`.
   */
  register(context: ProcessContext, key: K, ...value: ValueGiven<V>): RegisteredDuplicate
}

/** The choices of a registry of duplicates. */
export type DuplicateRegistryOptions = RegistryOptions

/**
 * A registry in which several processes, and one process several times, may have the same key: for
 * publishing to whoever is interested, with `dispatch`.
 *
 * @param options name; maxNames, maxLocks, listeners, meta, values
 * @throws ArgumentError FLOTILLA_INVALID_ARGUMENT, FLOTILLA_INVALID_OPTION,
 * FLOTILLA_INVALID_ADDRESS, FLOTILLA_UNKNOWN_OPTION
 *
 * Source: Elixir `Registry` with `keys: :duplicate`. For keys that name one process use
 * `uniqueRegistry` or `fleet`.
 */
export function duplicateRegistry<K extends Key, P extends Protocol = AnyProtocol, V = undefined>(
  options: DuplicateRegistryOptions,
): DuplicateRegistry<K, P, V> {
  const plan = checkRegistryOptions(options)
  return new DuplicateHandle(plan, new DuplicateService(plan))
}

class DuplicateHandle<in out K extends Key, in out P extends Protocol, in out V>
  extends RegistryHandle<K, P, V>
  implements DuplicateRegistry<K, P, V>
{
  /** Not in the interface: for programs without a compiler, so that they hear why. */
  via(): never {
    throw this.#refusal('make a via', 'a key of it names nobody in particular')
  }

  /** Not in the interface, as `via`. */
  updateValue(): never {
    throw this.#refusal('update a value', 'a process may have several entries under one key')
  }

  #refusal(attempted: string, problem: string): Error {
    return argumentError('invalid_argument', {
      attempted: `${attempted} of ${this.id}`,
      problem,
      fix: 'use a uniqueRegistry, or lookup, match and dispatch',
    })
  }
}
