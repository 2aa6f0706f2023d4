/**
 * `table`: keyed rows that outlive the worker that writes them.
 *
 * Invariant: rows belong to the node; they survive the end of any process, the table's own anchor
 * included, and end with the node. What is stored cannot be changed from outside: it is frozen, or
 * a copy. Source: the "Repo/ETS" box of the usual OTP design, where the supervisor owns the table.
 */
import { argumentError, checkCount, checkName, checkOptions } from '../core/argument-error.ts'
import { type ChildSpec, checkLife, type Life } from '../core/child-spec.ts'
import { freezeDeeply } from '../core/freeze.ts'
import { ignore } from '../core/ignore.ts'
import { type Key, ownKey } from '../core/key.ts'
import { KeyMap } from '../core/key-map.ts'
import { KnownParts } from '../core/known-parts.ts'
import { show } from '../core/show.ts'
import { trust } from '../core/trust.ts'
import { isLeftBehind } from '../process/current.ts'
import type { Holding } from '../process/node-runtime.ts'
import type { Process } from '../process/process.ts'
import type { StartOutcome } from '../process/spawn.ts'
import { launch, Startable } from '../process/startable.ts'
import { Tenancy } from '../process/tenancy.ts'
import { Anchor } from '../supervisor/anchor.ts'

/**
 * Where state that outlives a crash is kept: the port that handlers write against.
 *
 * Write `await store.save(key, value)` before the reply, and `await store.load(key)` in `init`;
 * then a durable store can take the place of a `table`, whose answers come at once, without a
 * change.
 */
export interface Store<K extends Key, V> {
  load(key: K): V | undefined | Promise<V | undefined>
  save(key: K, value: V): void | Promise<void>
  remove(key: K): boolean | Promise<boolean>
}

/** Rows in memory, as a child specification and as a store. */
export interface Table<K extends Key, V> extends ChildSpec, Store<K, V> {
  /** @throws ArgumentError FLOTILLA_INVALID_KEY, FLOTILLA_NOT_STARTED */
  load(key: K): V | undefined
  /**
   * Stores a row, in the place of the one that is there. What the code of a process that has ended
   * still saves is ignored: its successor may have saved something newer.
   *
   * @throws ArgumentError FLOTILLA_INVALID_KEY, FLOTILLA_NOT_STARTED, FLOTILLA_LIMIT when the table
   * is full, FLOTILLA_INVALID_ARGUMENT for a value that can be neither frozen nor copied
   */
  save(key: K, value: V): void
  /**
   * Says whether there was one.
   *
   * @throws ArgumentError FLOTILLA_INVALID_KEY, FLOTILLA_NOT_STARTED
   */
  remove(key: K): boolean
  /** Every row, in the order in which the keys were first stored. */
  entries(): IterableIterator<readonly [key: K, value: V], undefined, unknown>
  /** How many rows there are. */
  readonly size: number
}

/** The choices of a table. */
export interface TableOptions {
  readonly name: string
  /** How many rows there may be; default 1,000,000. */
  readonly maxRows?: number
  /**
   * How a stored value is kept from being changed: `freeze` (default) freezes it deeply, for plain
   * data that is never modified anyway; `clone` copies it in and out, for anything
   * `structuredClone` can copy.
   */
  readonly values?: 'freeze' | 'clone'
}

/**
 * A table owned by the node.
 *
 * Put it into the tree before the workers that use it. Not a database: rows end with the node.
 *
 * @param options name; maxRows; values (`freeze` or `clone`)
 * @throws ArgumentError FLOTILLA_INVALID_ARGUMENT, FLOTILLA_INVALID_OPTION, FLOTILLA_UNKNOWN_OPTION
 */
export function table<K extends Key, V>(options: TableOptions): Table<K, V> {
  const attempted = 'make a table'
  const given = checkOptions(attempted, options, ['name', 'maxRows', 'values'])
  checkName(attempted, given.name)
  const named = `${attempted} "${given.name}"`
  const { name, maxRows = 1_000_000, values = 'freeze' } = given
  checkCount(named, maxRows, { option: 'maxRows', min: 1, max: 2 ** 24 })
  if (values !== 'freeze' && values !== 'clone') {
    throw argumentError('invalid_option', {
      attempted: named,
      subject: 'option "values"',
      given: values,
      wanted: '"freeze" or "clone"',
    })
  }
  const life = checkLife(named, { id: name, type: 'worker' }, {})
  return new TableHandle<K, V>(life, { maxRows, values })
}

interface TablePolicy {
  readonly maxRows: number
  readonly values: 'freeze' | 'clone'
}

interface TableRow<K, V> {
  readonly key: K
  value: V
}

class TableHandle<K extends Key, V> extends Startable implements Table<K, V>, Holding {
  readonly #policy: TablePolicy
  readonly #anchor: Anchor
  readonly #rows = new KeyMap<TableRow<K, V>>()
  /** What this table has frozen itself, lately. */
  readonly #frozen = new KnownParts()
  readonly #tenancy: Tenancy

  constructor(life: Life, policy: TablePolicy) {
    super(life)
    this.#policy = policy
    this.#tenancy = new Tenancy('table', life.id)
    this.#anchor = new Anchor(`table "${life.id}"`, {
      label: life.id,
      attach: (anchor) => this.#tenancy.enter(anchor.node, this),
      stopped: ignore,
      describe: () => ({ kind: 'table', size: this.size, maxRows: policy.maxRows }),
    })
  }

  load(key: K): V | undefined {
    const row = this.#rows.get(this.#open('load a row', key))
    return row === undefined ? undefined : this.#shown(row)
  }

  save(key: K, value: V): void {
    const rows = this.#rows
    const own = this.#open('save a row', key)
    const kept = this.#keep(value)
    if (isLeftBehind()) return
    const row = rows.get(own)
    if (row !== undefined) {
      row.value = kept
      return
    }
    if (rows.size >= this.#policy.maxRows) {
      throw argumentError('limit', {
        attempted: `save a row of the table ${show(this.id)}`,
        problem: `it holds ${rows.size} rows, as many as it may`,
        fix: 'remove rows that are not needed, or raise maxRows',
      })
    }
    rows.set(own, { key: own, value: kept })
  }

  remove(key: K): boolean {
    const own = this.#open('remove a row', key)
    return !isLeftBehind() && this.#rows.delete(own)
  }

  *entries(): IterableIterator<readonly [key: K, value: V], undefined, unknown> {
    for (const row of this.#rows.values()) yield [row.key, this.#shown(row)]
  }

  get size(): number {
    return this.#rows.size
  }

  get rowCount(): number {
    return this.#rows.size
  }

  release(): void {
    this.#rows.clear()
    this.#tenancy.leave()
  }

  [launch](supervisor: Process, record: unknown): StartOutcome | Promise<StartOutcome> {
    return this.#anchor.start(supervisor, record)
  }

  /** The key, if the table runs. */
  #open(attempted: string, key: K): K {
    const own = ownKey(attempted, key)
    if (this.#tenancy.node === undefined) throw this.#tenancy.notStarted(attempted)
    return trust(own)
  }

  #shown(row: TableRow<K, V>): V {
    return this.#policy.values === 'clone' ? structuredClone(row.value) : row.value
  }

  #keep(value: V): V {
    try {
      return this.#policy.values === 'clone'
        ? structuredClone(value)
        : freezeDeeply(value, this.#frozen)
    } catch {
      throw argumentError('invalid_argument', {
        attempted: `save a row of the table ${show(this.id)}`,
        subject: 'the value',
        given: value,
        wanted:
          this.#policy.values === 'clone'
            ? 'something that structuredClone can copy'
            : 'plain data (objects, arrays and primitives), or values: "clone"',
      })
    }
  }
}
