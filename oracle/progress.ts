/**
 * The progress line: redrawn in place on a terminal, one line every ten seconds elsewhere.
 */
import type { Counts } from './lanes.ts'

/** A stream, as far as the progress needs it. */
export interface Output {
  readonly isTTY?: boolean | undefined
  write(text: string): unknown
}

const redrawMs = 200
const lineMs = 10_000

/** Shows how far a run is. */
export class Progress {
  readonly #output: Output
  readonly #programs: number
  readonly #nowMs: () => number
  readonly #startMs: number
  #shownMs: number
  #isDrawn = false

  constructor(output: Output, programs: number, nowMs: () => number) {
    this.#output = output
    this.#programs = programs
    this.#nowMs = nowMs
    this.#startMs = nowMs()
    this.#shownMs = this.#startMs
  }

  /** Shows the counts, unless it did a moment ago. */
  show(counts: Counts): void {
    const nowMs = this.#nowMs()
    const isLive = this.#output.isTTY === true
    if (nowMs - this.#shownMs < (isLive ? redrawMs : lineMs)) return
    this.#shownMs = nowMs
    const line = this.#line(counts, nowMs)
    this.#output.write(isLive ? `\r\u001b[2K${line}` : `${line}\n`)
    this.#isDrawn = isLive
  }

  /** Leaves the cursor on a line of its own. */
  close(): void {
    if (this.#isDrawn) this.#output.write('\r\u001b[2K')
  }

  #line({ programs, explained, different }: Counts, nowMs: number): string {
    const rate = programs / Math.max(0.001, (nowMs - this.#startMs) / 1000)
    const leftSeconds = Math.ceil((this.#programs - programs) / Math.max(rate, 0.001))
    return (
      `${programs} of ${this.#programs} programs, ${Math.round(rate)}/s, ` +
      `${explained} explained, ${different} different, ${leftSeconds} s left`
    )
  }
}
