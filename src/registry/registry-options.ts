/**
 * The choices that registries of both kinds have in common.
 *
 * Invariant: checked once, when the registry is made, and never read again.
 */
import {
  argumentError,
  checkBoolean,
  checkCount,
  checkName,
  checkOptions,
  copyPlain,
} from '../core/argument-error.ts'
import { checkLife, type Life } from '../core/child-spec.ts'
import { checkKey } from '../core/key.ts'
import { trust } from '../core/trust.ts'
import { type Address, ownAddress } from '../process/address.ts'
import { metaRowsMax } from './metadata.ts'
import { checkKeeping, keepValue, type ValueKeeping } from './stored-values.ts'

/** The choices of a registry of either kind. */
export interface RegistryOptions {
  /** What its entries and errors call it; another registry or fleet of the node may not. */
  readonly name: string
  /** How many entries it holds at most; default 10,000,000. What goes beyond is refused. */
  readonly maxNames?: number
  /** How many may hold or wait for its locks at once; default 100,000. */
  readonly maxLocks?: number
  /**
   * Processes that get a `RegistryMessage` for each entry that comes or goes, handled by `info`.
   * One that is not there, or whose mailbox is full, misses it.
   */
  readonly listeners?: readonly Address[]
  /** What `meta` shows from the start. */
  readonly meta?: Readonly<Record<string, unknown>>
  /**
   * How values and metadata are kept from being changed: `freeze` (default) takes plain data, pids
   * and vias and freezes them in depth; `share` takes anything and leaves it as it is, so that
   * whoever has it can change it.
   */
  readonly values?: ValueKeeping
  /** Accepted and checked as OTP does; on one thread one table serves better than many. */
  readonly partitions?: number
  /** Accepted and checked as OTP does; there is nothing to compress. */
  readonly compressed?: boolean
}

/** The same, checked. */
export interface RegistryPlan {
  readonly life: Life
  readonly name: string
  readonly maxNames: number
  readonly maxLocks: number
  readonly listeners: readonly Address[]
  readonly meta: Readonly<Record<string, unknown>>
  readonly values: ValueKeeping
  /** What names hold that are taken without a value. */
  readonly initialValue: unknown
}

const optionNames = [
  'name',
  'maxNames',
  'maxLocks',
  'listeners',
  'meta',
  'values',
  'partitions',
  'compressed',
]

/** What one Map of V8 holds, with room for the eighth of vacant slots. */
const namesMax = 14_000_000
const listenersMax = 1000

/**
 * Checks the choices.
 *
 * @param own the names of further choices of this kind of registry
 * @throws ArgumentError FLOTILLA_INVALID_ARGUMENT, FLOTILLA_INVALID_OPTION,
 * FLOTILLA_INVALID_ADDRESS, FLOTILLA_UNKNOWN_OPTION
 */
export function checkRegistryOptions(
  options: RegistryOptions & { readonly initialValue?: unknown },
  own: readonly string[] = [],
): RegistryPlan {
  const attempted = 'make a registry'
  const given = checkOptions(attempted, options, [...optionNames, ...own])
  checkName(attempted, given.name)
  const named = `${attempted} "${given.name}"`
  const { name, maxNames = 10_000_000, maxLocks = 100_000, partitions = 1 } = given
  const { listeners = [], meta = {}, values: keeping = 'freeze', compressed = false } = given
  checkCount(named, maxNames, { option: 'maxNames', min: 1, max: namesMax })
  checkCount(named, maxLocks, { option: 'maxLocks', min: 1, max: 2 ** 24 })
  checkCount(named, partitions, { option: 'partitions', min: 1, max: 1024 })
  checkBoolean(named, compressed, 'compressed')
  const values = checkKeeping(named, keeping)
  return {
    life: checkLife(named, { id: name, type: 'supervisor' }, {}),
    name,
    maxNames,
    maxLocks,
    listeners: checkListeners(named, listeners),
    meta: checkMeta(named, meta, values),
    values,
    initialValue: keepValue(named, given.initialValue, values),
  }
}

function checkListeners(attempted: string, given: unknown): readonly Address[] {
  let list: readonly unknown[] | undefined
  try {
    if (Array.isArray(given) && given.length <= listenersMax) list = itemsOf(given)
  } catch {
    // A proxy whose traps throw: no list that could be read.
  }
  if (list !== undefined) return list.map((address) => ownAddress(attempted, address))
  throw argumentError('invalid_option', {
    attempted,
    subject: 'option "listeners"',
    given,
    wanted: `an array of at most ${listenersMax} pids and vias`,
  })
}

/** By index: an iterator of somebody's making might never end. */
function itemsOf(list: readonly unknown[]): readonly unknown[] {
  return Array.from({ length: list.length }, (_, index) => list[index])
}

function checkMeta(
  attempted: string,
  given: unknown,
  values: ValueKeeping,
): Readonly<Record<string, unknown>> {
  const copy = copyPlain(given)
  const keys = copy === undefined ? undefined : Reflect.ownKeys(copy)
  if (keys === undefined || keys.length > metaRowsMax || keys.some(isNoText)) {
    throw argumentError('invalid_option', {
      attempted,
      subject: 'option "meta"',
      given,
      wanted: `a plain object with at most ${metaRowsMax} text keys`,
    })
  }
  const rows: Readonly<Record<string, unknown>> = trust(copy)
  for (const [key, value] of Object.entries(rows)) {
    checkKey(attempted, key)
    keepValue(attempted, value, values)
  }
  return rows
}

function isNoText(key: PropertyKey): boolean {
  return typeof key !== 'string'
}
