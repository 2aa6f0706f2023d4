/**
 * Numbers by column, line by line.
 *
 * Invariant: its memory is taken with the first line, for as many as were announced. What is
 * written down of a run about its memory must not be what makes that grow.
 */

/** The lines of one run; all of them have the columns of the first. */
export class Recording<C extends string> {
  readonly #capacity: number
  #columns: readonly C[] = []
  #values = new Float64Array(0)
  #count = 0

  /** @param capacity how many lines there will be; more of them take more memory */
  constructor(capacity: number) {
    this.#capacity = capacity
  }

  get length(): number {
    return this.#count
  }

  add(line: Readonly<Record<C, number>>): void {
    if (this.#count === 0) {
      this.#columns = columnsOf(line)
      this.#values = roomFor(this.#capacity * this.#columns.length)
    }
    const first = this.#count * this.#columns.length
    if (first >= this.#values.length) {
      const more = roomFor(this.#values.length * 2)
      more.set(this.#values)
      this.#values = more
    }
    for (const [place, column] of this.#columns.entries()) {
      this.#values[first + place] = line[column]
    }
    this.#count += 1
  }

  /** Every line, made anew, the first one first. */
  lines(): Record<C, number>[] {
    return Array.from({ length: this.#count }, (_, index) => this.#line(index))
  }

  #line(index: number): Record<C, number> {
    const first = index * this.#columns.length
    const cells = this.#columns.map((column, place) => [column, this.#values[first + place]])
    return Object.fromEntries(cells)
  }
}

function columnsOf<C extends string>(line: Readonly<Record<C, number>>): C[] {
  const columns: C[] = []
  for (const column in line) columns.push(column)
  return columns
}

/** Written to, so that the system gives the memory now and not page by page as it is used. */
function roomFor(numbers: number): Float64Array<ArrayBuffer> {
  return new Float64Array(Math.max(1, numbers)).fill(Number.NaN)
}
