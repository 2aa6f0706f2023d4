/**
 * What the handles of both kinds of registry have in common.
 *
 * Invariant: whatever is wrong with an argument is said before anything has happened, and a
 * registry that does not run is an error for every use of it, never an empty answer.
 */
import { argumentError, checkDuration, checkOptions } from '../core/argument-error.ts'
import { isSame } from '../core/equal.ts'
import { type Key, ownKey } from '../core/key.ts'
import type { Pid } from '../core/pid.ts'
import type { Protocol } from '../core/protocol.ts'
import { trust } from '../core/trust.ts'
import { checkSignal } from '../process/abort-signal.ts'
import { currentProcess, isLeftBehind } from '../process/current.ts'
import type { Process } from '../process/process.ts'
import { type ProcessContext, processOf } from '../process/process-context.ts'
import { checkPid } from '../process/signals.ts'
import type { StartOutcome } from '../process/spawn.ts'
import { launch, Startable } from '../process/startable.ts'
import { Anchor } from '../supervisor/anchor.ts'
import type { RegistryEvent } from './changes.ts'
import type { EntryService, Refusal } from './entry-service.ts'
import { type LockPlan, Locks } from './locks.ts'
import { Metadata } from './metadata.ts'
import type {
  Entry,
  KeyedEntry,
  LockOptions,
  MetaLookup,
  Registry,
  ValueGiven,
} from './registry.ts'
import type { RegistryPlan } from './registry-options.ts'
import {
  checkSelectors,
  entryFilter,
  entryOf,
  type Found,
  filterEntries,
  type Pick,
  pick,
  Selector,
  valueFilter,
} from './selection.ts'
import { keepValue } from './stored-values.ts'

/** The handle of a registry. */
export abstract class RegistryHandle<in out K extends Key, in out P extends Protocol, in out V>
  extends Startable
  implements Registry<K, P, V>
{
  readonly #plan: RegistryPlan
  readonly #entries: EntryService
  readonly #anchor: Anchor
  readonly #locks: Locks
  readonly #metadata: Metadata
  // Made once: a look-up costs less than putting a text together.
  readonly #lookingUp: string
  readonly #registering: string

  constructor(plan: RegistryPlan, entries: EntryService) {
    super(plan.life)
    this.#plan = plan
    this.#entries = entries
    this.#locks = new Locks(plan.name, plan.maxLocks)
    this.#locks.onEmpty = () => this.#moveOutIfClosed()
    this.#metadata = new Metadata(plan.meta)
    this.#lookingUp = `look up in ${plan.name}`
    this.#registering = `register in ${plan.name}`
    entries.onRelease = () => this.#metadata.clear()
    this.#anchor = new Anchor(`registry "${plan.name}"`, {
      label: plan.name,
      attach: (anchor) => this.#attach(anchor),
      stopped: (isOrphan) => this.#stopped(isOrphan),
      describe: () => ({ kind: 'registry', size: entries.rowCount }),
    })
  }

  register(context: ProcessContext, key: K, ...[value]: ValueGiven<V>): never {
    const attempted = this.#registering
    const process = processOf(attempted, context)
    const own = this.#entries.open(attempted, key)
    const kept = keepValue(attempted, value, this.#plan.values)
    this.#entries.checkIsHere(attempted, process)
    const refusal: Refusal | undefined = process.alive
      ? this.#entries.register(process, own, kept)
      : { kind: 'noproc' }
    return trust(refusal === undefined ? { ok: true } : { ok: false, reason: refusal })
  }

  unregister(context: ProcessContext, key: K): boolean {
    const attempted = `unregister from ${this.id}`
    const process = processOf(attempted, context)
    const own = this.#entries.open(attempted, key)
    const slots = this.#entries.slotsOfHolder(own, process)
    for (const slot of slots) this.#entries.drop(slot, process)
    return slots.length > 0
  }

  unregisterMatch(context: ProcessContext, key: K, filter: object): number {
    const attempted = `unregister from ${this.id}`
    const process = processOf(attempted, context)
    const own = this.#entries.open(attempted, key)
    const checked = entryFilter(attempted, filter)
    const found = filterEntries(this.#entries.slotsOfHolder(own, process), checked)
    // A guard may have put another value in the place of the one that fits.
    const same = found.filter(({ slot, entry }) => isSame(slot.value, entry.value))
    return same.filter(({ slot }) => this.#entries.drop(slot, process)).length
  }

  lookup(key: K): readonly Entry<P, V>[] {
    return trust(this.#entries.slotsOf(this.#entries.open(this.#lookingUp, key)).map(entryOf))
  }

  values(key: K, pid: Pid): readonly V[] {
    const attempted = this.#lookingUp
    const process = checkPid(attempted, pid)
    const own = this.#entries.open(attempted, key)
    if (process === undefined) return []
    return trust(this.#entries.slotsOfHolder(own, process).map(({ value }) => value))
  }

  keys(pid: Pid): readonly K[] {
    const attempted = `list the keys of a process in ${this.id}`
    const process = checkPid(attempted, pid)
    this.#entries.running(attempted)
    return trust(this.#entries.keysHeldBy(process))
  }

  count(): number {
    this.#entries.running('count the entries of a registry')
    return this.#entries.rowCount
  }

  match(key: K, pattern: unknown, where?: unknown): readonly Entry<P, V>[] {
    return trust(this.#match(key, pattern, where).map(({ entry }) => entry))
  }

  countMatch(key: K, pattern: unknown, where?: unknown): number {
    return this.#match(key, pattern, where).length
  }

  selector(spec: object): Selector<KeyedEntry<K, P, V>, never> {
    return trust(Selector.of(`make a selector of ${this.id}`, spec))
  }

  select(specs: object): readonly never[] {
    const picks = this.#pick(specs)
    return trust(picks.map(({ selector, bound, entry }) => selector.give(bound, entry)))
  }

  countSelect(specs: object): number {
    return this.#pick(specs).length
  }

  dispatch(key: K, use: (entries: readonly Entry<P, V>[]) => void): void {
    checkCallback(`dispatch in ${this.id}`, use)
    const entries = this.lookup(key)
    if (entries.length > 0) use(entries)
  }

  meta(key: Key): MetaLookup {
    const row = this.#metadata.get(this.#entries.open(`read metadata of ${this.id}`, key))
    return row === undefined ? { ok: false } : { ok: true, value: row.value }
  }

  putMeta(key: Key, value: unknown): void {
    const attempted = `store metadata of ${this.id}`
    const own = this.#entries.open(attempted, key)
    const kept = keepValue(attempted, value, this.#plan.values)
    if (!isLeftBehind()) this.#metadata.put(attempted, own, kept)
  }

  deleteMeta(key: Key): boolean {
    const own = this.#entries.open(`remove metadata of ${this.id}`, key)
    return !isLeftBehind() && this.#metadata.delete(own)
  }

  lock<T>(key: Key, work: () => T | PromiseLike<T>, options: LockOptions = {}): Promise<T> {
    const attempted = `take a lock of ${this.id}`
    const own = ownKey(attempted, key)
    checkCallback(attempted, work)
    const plan = checkLock(attempted, own, options)
    return trust(this.#locks.run(this.#entries.running(attempted), plan, work))
  }

  watch(listener: (event: RegistryEvent<K, V>) => void): { stop(): void } {
    return this.#entries.watch(trust(listener))
  }

  [launch](supervisor: Process, record: unknown): StartOutcome | Promise<StartOutcome> {
    const occupant = this.#entries.occupant(supervisor.node)
    if (occupant !== undefined) return { kind: 'already_started', pid: occupant.pid }
    return this.#anchor.start(supervisor, record)
  }

  #match(key: K, pattern: unknown, where: unknown): readonly Found[] {
    const attempted = `match in ${this.id}`
    const own = this.#entries.open(attempted, key)
    const filter = valueFilter(attempted, pattern, where)
    return filterEntries(this.#entries.slotsOf(own), filter)
  }

  #pick(specs: unknown): readonly Pick[] {
    const attempted = `select from ${this.id}`
    const selectors = checkSelectors(attempted, specs)
    this.#entries.running(attempted)
    return pick(this.#entries.slots(), selectors)
  }

  #attach(anchor: Process): void {
    const isNew = this.#entries.node === undefined
    this.#entries.attach(anchor)
    if (isNew) this.#metadata.reset()
  }

  #stopped(isOrphan: boolean): void {
    // Whoever killed the supervisor stopped no registry: the next start goes on with what there is.
    if (isOrphan && (this.#entries.rowCount > 0 || this.#locks.rowCount > 0)) return
    this.#entries.close()
    this.#moveOutIfClosed()
  }

  /** Whoever still holds a lock must not be joined by a holder in another registry of this name. */
  #moveOutIfClosed(): void {
    if (this.#entries.node === undefined && this.#locks.rowCount === 0) this.#entries.moveOut()
  }
}

function checkLock(attempted: string, key: Key, options: LockOptions): LockPlan {
  const given = checkOptions(attempted, options, ['timeoutMs', 'signal', 'owner'])
  const { timeoutMs = 'infinity', signal, owner } = given
  checkDuration(attempted, timeoutMs, { option: 'timeoutMs', allowInfinity: true })
  if (signal !== undefined) checkSignal(attempted, signal)
  return {
    key,
    timeoutMs,
    signal,
    owner: owner === undefined ? currentProcess() : processOf(attempted, owner),
  }
}

/** @throws ArgumentError FLOTILLA_INVALID_ARGUMENT */
export function checkCallback(attempted: string, given: unknown): void {
  if (typeof given === 'function') return
  throw argumentError('invalid_argument', {
    attempted,
    subject: 'the callback',
    given,
    wanted: 'a function',
  })
}
