/**
 * What can be done with a registry of either kind.
 *
 * Invariant: only types; what acts as a process takes the context of that process first, so nobody
 * registers somebody else.
 */
import type { ChildSpec } from '../core/child-spec.ts'
import type { Key } from '../core/key.ts'
import type { Binding, Bound, Named, Pattern, Wildcard } from '../core/pattern.ts'
import type { Pid } from '../core/pid.ts'
import type { AnyProtocol, Protocol } from '../core/protocol.ts'
import type { ProcessContext } from '../process/process-context.ts'
import type { RegistryEvent } from './changes.ts'
import type { Selector } from './selection.ts'

/** A process under a key, with the value stored beside it. */
export interface Entry<P extends Protocol = AnyProtocol, V = unknown> {
  readonly pid: Pid<P>
  readonly value: V
}

/** An entry together with its key. */
export interface KeyedEntry<K extends Key = Key, P extends Protocol = AnyProtocol, V = unknown>
  extends Entry<P, V> {
  readonly key: K
}

/** The value argument of a registration: to be left out only where there need not be a value. */
export type ValueGiven<V> = undefined extends V ? [value?: V] : [value: V]

/** What a registration by hand came to; a refusal is a value: races for keys are no errors. */
export type Registered<P extends Protocol = AnyProtocol> =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: RegistrationRefusal<P> }

/** Why nothing was registered. */
export type RegistrationRefusal<P extends Protocol = AnyProtocol> =
  /** The key has a holder, perhaps the very process that asks. */
  { readonly kind: 'already_registered'; readonly pid: Pid<P> } | EntryRefusal

/** Why no entry was made, whoever holds the key. */
export type EntryRefusal =
  /** The registry holds as many entries as it may. */
  | { readonly kind: 'limit'; readonly maxNames: number }
  /** The process has ended; what its code still does is ignored. */
  | { readonly kind: 'noproc' }

/** What is stored as metadata under a key, if anything. */
export type MetaLookup = { readonly ok: true; readonly value: unknown } | { readonly ok: false }

/** Which entries of a key are meant. */
export interface EntryFilter<Q, V, E> {
  /** What the value has to fit; any value if left out. */
  readonly value?: Q
  readonly where?: Guard<Bound<Q, V>, E>
}

/** Whether an entry that fits is meant; gets what the pattern binds and the entry. */
export type Guard<B, E> = (bound: B, entry: E) => boolean

/** The two patterns of a {@link SelectSpec}. */
export interface PatternPair {
  readonly key: unknown
  readonly value: unknown
}

/** Which entries are meant, over all keys, and what each of them gives. */
export interface SelectSpec<E extends KeyedEntry, Q extends PatternPair, R> {
  /** A pattern of keys; any key if left out. Keys hold no objects, so it cannot be one. */
  readonly key?: Q['key']
  /** One process; any if left out. */
  readonly pid?: Pid | Wildcard
  readonly value?: Q['value']
  readonly where?: Guard<BoundIn<Q, E>, E>
  /** What an entry gives; `{ key, pid, value }` if left out. */
  readonly give?: (bound: BoundIn<Q, E>, entry: E) => R
}

/** The parts that the patterns of a {@link SelectSpec} bind, by name. */
export type BoundIn<Q extends PatternPair, E extends KeyedEntry> = Named<
  Binding<Q['key'], E['key']> & Binding<Q['value'], E['value']>
>

/** What a selector gives for each entry. */
export type SelectedBy<S> = S extends Selector<infer _E, infer R> ? R : never

/** How long to wait for a lock, and with whose end it is given back. */
export interface LockOptions {
  /** How many milliseconds to wait for the lock; default `'infinity'`. The work takes its time. */
  readonly timeoutMs?: number | 'infinity'
  /** Gives up waiting when aborted; work that has begun goes on. */
  readonly signal?: AbortSignal
  /** Whose lock it is; default: the process whose code asks, if it is one. */
  readonly owner?: ProcessContext
}

/** A registry of either kind, as a child specification and as the place to look processes up. */
export interface Registry<in out K extends Key, in out P extends Protocol, in out V = undefined>
  extends ChildSpec {
  /**
   * Registers the process itself under a key, until it ends or unregisters.
   *
   * @param context of the process, as its handlers get it; it may be in its `init`
   * @param value stored beside the key; may be left out if `undefined` is a value
   * @throws ArgumentError FLOTILLA_INVALID_ARGUMENT, FLOTILLA_INVALID_KEY, FLOTILLA_NOT_STARTED
   *
   * Source: Elixir `Registry.register/3`. For workers that are started under a name use a via.
   */
  register(context: ProcessContext, key: K, ...value: ValueGiven<V>): Registered<P>
  /**
   * Gives the key up; the process lives on. Says whether it had it, and does nothing otherwise.
   *
   * @throws ArgumentError FLOTILLA_INVALID_ARGUMENT, FLOTILLA_INVALID_KEY, FLOTILLA_NOT_STARTED
   *
   * Source: Elixir `Registry.unregister/2`.
   */
  unregister(context: ProcessContext, key: K): boolean
  /**
   * Gives up those of its own entries of the key that fit; says how many.
   *
   * @param filter value pattern and guard
   * @throws ArgumentError FLOTILLA_INVALID_ARGUMENT, FLOTILLA_INVALID_KEY, FLOTILLA_NOT_STARTED,
   * FLOTILLA_INVALID_OPTION, FLOTILLA_UNKNOWN_OPTION; whatever `where` throws, before any is gone
   *
   * Source: Elixir `Registry.unregister_match/4`.
   */
  unregisterMatch<const Q extends Pattern<V> = Wildcard>(
    context: ProcessContext,
    key: K,
    filter: EntryFilter<Q, V, Entry<P, V>>,
  ): number
  /**
   * Who is registered under the key, never a dead process; in a unique registry at most one.
   *
   * @throws ArgumentError FLOTILLA_INVALID_KEY, FLOTILLA_NOT_STARTED
   */
  lookup(key: K): readonly Entry<P, V>[]
  /**
   * The values that one process has stored under the key.
   *
   * @throws ArgumentError FLOTILLA_INVALID_KEY, FLOTILLA_INVALID_ADDRESS, FLOTILLA_NOT_STARTED
   */
  values(key: K, pid: Pid): readonly V[]
  /**
   * The keys of a process, each once for each of its entries.
   *
   * @throws ArgumentError FLOTILLA_INVALID_ADDRESS, FLOTILLA_NOT_STARTED
   */
  keys(pid: Pid): readonly K[]
  /** How many entries there are now. @throws ArgumentError FLOTILLA_NOT_STARTED */
  count(): number
  /**
   * The entries of the key whose value fits.
   *
   * @param pattern see `Pattern`
   * @param where asked for each entry that fits; what it throws is thrown
   * @throws ArgumentError FLOTILLA_INVALID_ARGUMENT, FLOTILLA_INVALID_KEY, FLOTILLA_NOT_STARTED
   *
   * Source: Elixir `Registry.match/4`.
   */
  match<const Q extends Pattern<V>>(
    key: K,
    pattern: Q,
    where?: Guard<Bound<Q, V>, Entry<P, V>>,
  ): readonly Entry<P, V>[]
  /** How many entries `match` would give. Source: Elixir `Registry.count_match/4`. */
  countMatch<const Q extends Pattern<V>>(
    key: K,
    pattern: Q,
    where?: Guard<Bound<Q, V>, Entry<P, V>>,
  ): number
  /**
   * A specification for `select`, checked and ready to be used many times, alone or with others.
   *
   * @param spec which entries are meant and what each of them gives
   * @throws ArgumentError FLOTILLA_INVALID_ARGUMENT, FLOTILLA_INVALID_OPTION,
   * FLOTILLA_INVALID_ADDRESS, FLOTILLA_UNKNOWN_OPTION
   */
  selector<
    const KQ extends Pattern<K> = Wildcard,
    const VQ extends Pattern<V> = Wildcard,
    R = KeyedEntry<K, P, V>,
  >(
    spec: SelectSpec<KeyedEntry<K, P, V>, { readonly key: KQ; readonly value: VQ }, R>,
  ): Selector<KeyedEntry<K, P, V>, R>
  /**
   * What the entries of all keys give that fit one of several selectors; the first that fits
   * decides. It walks the whole registry: for one key use `match`.
   *
   * @throws ArgumentError as `selector` does, FLOTILLA_NOT_STARTED; whatever `where` or `give`
   * throws
   *
   * Source: Elixir `Registry.select/2`.
   */
  select<const S extends readonly Selector<KeyedEntry<K, P, V>>[]>(
    selectors: S,
  ): readonly SelectedBy<S[number]>[]
  /** What the entries of all keys give that fit. */
  select<
    const KQ extends Pattern<K> = Wildcard,
    const VQ extends Pattern<V> = Wildcard,
    R = KeyedEntry<K, P, V>,
  >(
    spec: SelectSpec<KeyedEntry<K, P, V>, { readonly key: KQ; readonly value: VQ }, R>,
  ): readonly R[]
  /** How much `select` would give, by several selectors. Source: `Registry.count_select/2`. */
  countSelect(selectors: readonly Selector<KeyedEntry<K, P, V>>[]): number
  /** How much `select` would give; `give` is not called. */
  countSelect<
    const KQ extends Pattern<K> = Wildcard,
    const VQ extends Pattern<V> = Wildcard,
    R = KeyedEntry<K, P, V>,
  >(spec: SelectSpec<KeyedEntry<K, P, V>, { readonly key: KQ; readonly value: VQ }, R>): number
  /**
   * Calls `use` once, here and now, with the entries of the key; not at all if there are none. What
   * it throws is thrown, what it returns is not looked at.
   *
   * @throws ArgumentError FLOTILLA_INVALID_ARGUMENT, FLOTILLA_INVALID_KEY, FLOTILLA_NOT_STARTED
   *
   * Source: Elixir `Registry.dispatch/4`.
   */
  dispatch(key: K, use: (entries: readonly Entry<P, V>[]) => void): void
  /**
   * What is stored about the registry itself under a key of its own space.
   *
   * @throws ArgumentError FLOTILLA_INVALID_KEY, FLOTILLA_NOT_STARTED
   *
   * Source: Elixir `Registry.meta/2`.
   */
  meta(key: Key): MetaLookup
  /**
   * Stores metadata, in the place of what is there; kept as the values of entries are.
   *
   * @throws ArgumentError FLOTILLA_INVALID_KEY, FLOTILLA_INVALID_ARGUMENT, FLOTILLA_NOT_STARTED,
   * FLOTILLA_LIMIT beyond 10,000 keys
   *
   * Source: Elixir `Registry.put_meta/3`.
   */
  putMeta(key: Key, value: unknown): void
  /**
   * Removes metadata; says whether there was any.
   *
   * @throws ArgumentError FLOTILLA_INVALID_KEY, FLOTILLA_NOT_STARTED
   *
   * Source: Elixir `Registry.delete_meta/2`.
   */
  deleteMeta(key: Key): boolean
  /**
   * Runs `work` while nobody else has the lock of this key, first come first served.
   *
   * The work begins after the present code, and the lock is free again when it has settled, or in
   * the step in which its owner ends. Lock keys have a space of their own.
   *
   * @returns what the work gives or throws
   * @throws Exit (as a rejection) if the work is not run: `timeout`, `aborted`, the reason of an
   * owner that has ended, `nodedown`, and `calling_self` inside the work that has this very lock
   * @throws ArgumentError (at once) FLOTILLA_INVALID_KEY, FLOTILLA_INVALID_ARGUMENT,
   * FLOTILLA_INVALID_OPTION, FLOTILLA_UNKNOWN_OPTION, FLOTILLA_NOT_STARTED, FLOTILLA_LIMIT
   *
   * Source: Elixir `Registry.lock/3`. Whoever takes several takes them in one order everywhere, or
   * two of them may wait for each other. It orders work on one node only.
   */
  lock<T>(key: Key, work: () => T | PromiseLike<T>, options?: LockOptions): Promise<T>
  /**
   * A gap-free feed of changes, releases by death included: what tests wait on instead of sleeping.
   *
   * The listener is called in a later turn than the change; it may be added before the start.
   */
  watch(listener: (event: RegistryEvent<K, V>) => void): { stop(): void }
}
