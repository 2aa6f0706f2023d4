/**
 * Picking entries by patterns and guards.
 *
 * Invariant: what is picked from is what the registry held at one instant, that of the call: every
 * pattern has been asked before the first guard runs, and guards are the only code of a user that
 * does. Source: Elixir `Registry.match/4` and `Registry.select/2`.
 */
import { argumentError, checkFunction, checkOptions } from '../core/argument-error.ts'
import type { HeldSlot } from '../core/name-table.ts'
import { Wildcard } from '../core/pattern.ts'
import { type Bindings, compilePattern, fits, fitsAll, type Test } from '../core/pattern-match.ts'
import { trust } from '../core/trust.ts'
import type { LocalPid } from '../process/local-pid.ts'
import { checkPid } from '../process/signals.ts'
import type { Entry, KeyedEntry } from './registry.ts'

declare const selects: unique symbol

type AnyGuard = (bound: object, entry: Entry) => boolean

/** Whose entries are meant: everybody's, those of a process, or nobody's, for it has ended. */
type Whose = LocalPid | 'anybody' | 'nobody'

interface SelectPlan {
  readonly key: Test
  readonly whose: Whose
  readonly value: Test
  readonly where: AnyGuard | undefined
  readonly give: ((bound: object, entry: KeyedEntry) => unknown) | undefined
}

/** A specification for `select`, made by the `selector` of a registry. */
export class Selector<in out E extends KeyedEntry = KeyedEntry, out R = unknown> {
  declare readonly [selects]?: (entry: E) => readonly [E, R]
  readonly #plan: SelectPlan

  private constructor(plan: SelectPlan) {
    this.#plan = plan
  }

  /**
   * Reads a specification.
   *
   * @throws ArgumentError FLOTILLA_INVALID_ARGUMENT, FLOTILLA_INVALID_OPTION,
   * FLOTILLA_INVALID_ADDRESS, FLOTILLA_UNKNOWN_OPTION
   */
  static of(attempted: string, spec: unknown): Selector {
    if (Selector.#is(spec)) return spec
    const given = checkOptions<Readonly<Record<string, unknown>>>(attempted, trust(spec), specParts)
    const { key, pid, where, give } = given
    const hasValue = Object.hasOwn(given, 'value')
    if (give !== undefined) checkFunction(attempted, give, 'give')
    return new Selector({
      key: key === undefined ? fitsAll : compileKey(attempted, key),
      whose: pid === undefined ? 'anybody' : whoseOf(attempted, pid),
      value: hasValue ? compilePattern(attempted, 'the value pattern', given.value) : fitsAll,
      where: guardOf(attempted, where),
      give: give === undefined ? undefined : trust(give),
    })
  }

  /** What an entry binds if its parts fit; its guard has not been asked. */
  bind(slot: HeldSlot<LocalPid>): Bindings | undefined {
    const { key, whose, value } = this.#plan
    if (whose !== 'anybody' && whose !== slot.holder) return undefined
    const bindings: Bindings = new Map()
    return fits(key, slot.key, bindings) && fits(value, slot.value, bindings) ? bindings : undefined
  }

  /** Asks the guard. */
  admits(bound: object, entry: KeyedEntry): boolean {
    return passes(this.#plan.where, bound, entry)
  }

  /** What an entry gives. */
  give(bound: object, entry: KeyedEntry): unknown {
    return this.#plan.give === undefined ? entry : this.#plan.give(bound, entry)
  }

  static #is(value: unknown): value is Selector {
    return typeof value === 'object' && value !== null && #plan in value
  }
}

/** One entry that a selector picked. */
export interface Pick {
  readonly selector: Selector
  readonly bound: object
  readonly entry: KeyedEntry
}

/**
 * One specification, or several of which the first that fits decides.
 *
 * @throws ArgumentError as `Selector.of` does, FLOTILLA_INVALID_ARGUMENT for more than 100
 */
export function checkSelectors(attempted: string, specs: unknown): readonly Selector[] {
  const list = asList(specs)
  if (list === undefined) return [Selector.of(attempted, specs)]
  if (list.length <= selectorsMax) return list.map((spec) => Selector.of(attempted, spec))
  throw argumentError('invalid_argument', {
    attempted,
    problem: `there are ${list.length} specifications`,
    wanted: `at most ${selectorsMax}`,
  })
}

/** Every entry that one of the selectors picks, once. */
export function pick(
  slots: Iterable<HeldSlot<LocalPid>>,
  selectors: readonly Selector[],
): readonly Pick[] {
  const fitting: (readonly Pick[])[] = []
  for (const slot of slots) {
    const entry: KeyedEntry = { key: slot.key, pid: slot.holder, value: slot.value }
    const picks: Pick[] = []
    for (const selector of selectors) {
      const bindings = selector.bind(slot)
      if (bindings !== undefined) picks.push({ selector, bound: boundBy(bindings), entry })
    }
    if (picks.length > 0) fitting.push(picks)
  }
  const picked: Pick[] = []
  for (const picks of fitting) {
    const first = picks.find(({ selector, bound, entry }) => selector.admits(bound, entry))
    if (first !== undefined) picked.push(first)
  }
  return picked
}

/** What the value of an entry is asked for. */
export interface ValueFilter {
  readonly test: Test
  readonly where: AnyGuard | undefined
}

/** An entry of one key, and where it is held. */
export interface Found {
  readonly slot: HeldSlot<LocalPid>
  readonly entry: Entry
}

/** @throws ArgumentError FLOTILLA_INVALID_ARGUMENT, FLOTILLA_INVALID_OPTION */
export function valueFilter(attempted: string, pattern: unknown, where: unknown): ValueFilter {
  return {
    test: compilePattern(attempted, 'the pattern', pattern),
    where: guardOf(attempted, where),
  }
}

/** As `valueFilter`, from an object with `value` and `where`. */
export function entryFilter(attempted: string, filter: unknown): ValueFilter {
  const given = checkOptions<Readonly<Record<string, unknown>>>(attempted, trust(filter), [
    'value',
    'where',
  ])
  const pattern = Object.hasOwn(given, 'value') ? given.value : new Wildcard()
  return valueFilter(attempted, pattern, given.where)
}

/** The entries of one key that pass. */
export function filterEntries(
  slots: readonly HeldSlot<LocalPid>[],
  { test, where }: ValueFilter,
): readonly Found[] {
  const fitting = slots.flatMap((slot) => {
    const bindings: Bindings = new Map()
    if (!fits(test, slot.value, bindings)) return []
    return [{ slot, entry: entryOf(slot), bound: boundBy(bindings) }]
  })
  return fitting.filter(({ bound, entry }) => passes(where, bound, entry))
}

/** What users see of a slot. */
export function entryOf(slot: HeldSlot<LocalPid>): Entry {
  return { pid: slot.holder, value: slot.value }
}

const specParts = ['key', 'pid', 'value', 'where', 'give']
const selectorsMax = 100

function passes(where: AnyGuard | undefined, bound: object, entry: Entry): boolean {
  return where === undefined || where(bound, entry) === true
}

function boundBy(bindings: Bindings): object {
  return Object.freeze(Object.fromEntries(bindings))
}

function guardOf(attempted: string, where: unknown): AnyGuard | undefined {
  if (where === undefined) return undefined
  checkFunction(attempted, where, 'where')
  return trust(where)
}

function whoseOf(attempted: string, pid: unknown): Whose {
  if (typeof pid === 'object' && pid !== null && Wildcard.is(pid)) return 'anybody'
  return checkPid(attempted, trust(pid))?.pid ?? 'nobody'
}

function compileKey(attempted: string, pattern: unknown): Test {
  const test = compilePattern(attempted, 'the key pattern', pattern)
  if (isOfKeys(test)) return test
  throw argumentError('invalid_argument', {
    attempted,
    subject: 'the key pattern',
    given: pattern,
    wanted: 'a key in which any part may be any or a variable',
  })
}

function isOfKeys(test: Test): boolean {
  switch (test.kind) {
    case 'same': {
      const { value } = test
      if (typeof value === 'number') return Number.isFinite(value)
      return typeof value === 'string' || typeof value === 'bigint' || typeof value === 'boolean'
    }
    case 'items':
      return test.items.every(isOfKeys)
    default:
      return test.kind !== 'properties'
  }
}

/** A copy of an array, read once; `undefined` for anything else. */
function asList(specs: unknown): readonly unknown[] | undefined {
  try {
    if (!Array.isArray(specs) || specs.length > listMax) return undefined
    // By index: an iterator of somebody's making might never end.
    return Array.from({ length: specs.length }, (_, index) => specs[index])
  } catch {
    return undefined // a proxy whose traps throw: refused as what it is not
  }
}

/** Longer ones are not copied to be counted. */
const listMax = 10_000
