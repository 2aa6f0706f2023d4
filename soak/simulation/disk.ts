/**
 * The disk of a simulated node: what outlives its crashes.
 *
 * Invariant: a row is written only by who has seen the last one, so that the code of a process that
 * has ended cannot overwrite what its successor has written.
 */

/** How far the operations of one account are. */
export interface Row {
  /** Counts the writes. */
  readonly version: number
  /** How many operations were applied. */
  readonly count: number
  /** Of each client, the number of its last operation that was applied. */
  readonly last: Readonly<Record<string, number>>
}

/** A row was written meanwhile by somebody else. */
export class Overtaken extends Error {
  override readonly name = 'Overtaken'
}

const empty: Row = Object.freeze({ version: 0, count: 0, last: Object.freeze({}) })

/** The rows of one node. */
export class Disk {
  readonly #rows = new Map<number, Row>()

  /** The row of a key; an empty one if there is none. */
  load(key: number): Row {
    return this.#rows.get(key) ?? empty
  }

  /** Writes the successor of the row that is there. @throws Overtaken if that is another one */
  save(key: number, row: Row): void {
    const { version } = this.load(key)
    if (row.version !== version + 1) throw new Overtaken(`${key} is at ${version}`)
    this.#rows.set(key, row)
  }
}
