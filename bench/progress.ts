/**
 * The progress line: redrawn in place on a terminal, one line for each row elsewhere.
 */
import { armOf } from './plan/arms.ts'
import type { Turn } from './rounds.ts'

/** A stream, as far as the progress needs it. */
export interface Output {
  readonly isTTY?: boolean | undefined
  write(text: string): unknown
}

/** Shows whose turn it is. */
export class Progress {
  readonly #output: Output
  readonly #rows: readonly { readonly id: string }[]
  #shown = ''
  #isDrawn = false

  constructor(output: Output, rows: readonly { readonly id: string }[]) {
    this.#output = output
    this.#rows = rows
  }

  /** Shows a turn: each one on a terminal, the first of a row elsewhere. */
  show({ row, arm, round }: Turn): void {
    const number = this.#rows.findIndex(({ id }) => id === row.id) + 1
    const line = `row ${number} of ${this.#rows.length}: ${row.id}`
    if (this.#output.isTTY === true) {
      this.#output.write(`\r\u001b[2K${line}, round ${round}, ${armOf(arm).title}`)
      this.#isDrawn = true
    } else if (row.id !== this.#shown) {
      this.#shown = row.id
      this.#output.write(`${line}\n`)
    }
  }

  /** Leaves the cursor on a line of its own. */
  clear(): void {
    if (this.#isDrawn) this.#output.write('\r\u001b[2K')
    this.#isDrawn = false
  }
}
