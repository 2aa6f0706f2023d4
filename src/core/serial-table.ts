/**
 * A table by serial number, for rows that are put in as their numbers are given out.
 *
 * Invariant: `size` is the number of rows; a page without rows is kept only while it is the newest,
 * so that no page of one row after the other is made for rows that come and go.
 *
 * Numbers that follow one another stand in one page of a few places. A `Map` of the rows themselves
 * costs a cache miss for each of very many and stops everything to grow; one of their pages is a
 * sixteenth as big, and mostly not asked: it is the page that was used last. The price is a page
 * for a row that has outlived all of its neighbours.
 */

/** So few that a page of one row wastes little. */
const places = 16

class Page<T> {
  readonly number: number
  readonly rows: (T | undefined)[] = new Array<T | undefined>(places).fill(undefined)
  count = 0

  constructor(number: number) {
    this.number = number
  }
}

/** Rows by whole numbers from 0 on; each new row has a higher number than all before it. */
export class SerialTable<T extends object> {
  readonly #pages = new Map<number, Page<T>>()
  #newest: Page<T> | undefined = undefined
  /** The page that was used last; if it was dropped since, it is empty and never used again. */
  #last: Page<T> | undefined = undefined
  #size = 0

  /** How many rows there are. */
  get size(): number {
    return this.#size
  }

  /** How many pages are in memory; for leak tests. */
  get pageCount(): number {
    return this.#pages.size
  }

  /** @param serial from outside, so it may be any number */
  get(serial: number): T | undefined {
    return this.#pageOf(serial)?.rows[serial % places]
  }

  /** @param serial higher than that of every row there was */
  add(serial: number, row: T): void {
    const number = Math.floor(serial / places)
    const page = this.#newest?.number === number ? this.#newest : this.#open(number)
    page.rows[serial % places] = row
    page.count += 1
    this.#size += 1
  }

  /** Says whether there was such a row. */
  delete(serial: number): boolean {
    const page = this.#pageOf(serial)
    if (page?.rows[serial % places] === undefined) return false
    page.rows[serial % places] = undefined
    page.count -= 1
    this.#size -= 1
    if (page.count === 0 && page !== this.#newest) this.#pages.delete(page.number)
    return true
  }

  /** By number. */
  *values(): IterableIterator<T> {
    for (const page of this.#pages.values()) {
      for (const row of page.rows) if (row !== undefined) yield row
    }
  }

  #pageOf(serial: number): Page<T> | undefined {
    const number = Math.floor(serial / places)
    if (this.#last?.number === number) return this.#last
    const page = this.#pages.get(number)
    if (page !== undefined) this.#last = page
    return page
  }

  #open(number: number): Page<T> {
    const before = this.#newest
    if (before?.count === 0) this.#pages.delete(before.number)
    const page = new Page<T>(number)
    this.#pages.set(number, page)
    this.#newest = page
    return page
  }
}
