/**
 * Where the status goes: redrawn in place on a terminal, a line a second everywhere else.
 *
 * Invariant: after `close` the cursor stands on a line of its own below what was written.
 */

import type { Snapshot } from './snapshot.ts'
import { type Style, statusLine, statusLines } from './status.ts'

/** A stream, as far as the status needs it. */
export interface Output {
  readonly isTTY?: boolean | undefined
  readonly columns?: number | undefined
  readonly rows?: number | undefined
  write(text: string): unknown
}

/** The environment variables that a status respects. */
export type Environment = Readonly<Record<string, string | undefined>>

/** Shows a run while it goes on. */
export interface Screen {
  show(seen: Snapshot): void
  /** Says something once, without disturbing the picture. */
  say(line: string): void
  close(): void
}

/** The right screen for a stream. */
export function screenFor(output: Output, environment: Environment): Screen {
  const { isTTY, rows = rowsOfPicture } = output
  return isTTY === true && environment.TERM !== 'dumb' && rows >= rowsOfPicture
    ? new LiveScreen(output, () => styleOf(output, environment))
    : new PlainScreen(output)
}

/** What a terminal needs to show the picture with the cursor below it. */
const rowsOfPicture = 12

/** How to write to a stream. Source: no-color.org, which wants any text but the empty one. */
export function styleOf(output: Output, { NO_COLOR, TERM }: Environment): Style {
  const isTerminal = output.isTTY === true && TERM !== 'dumb'
  const { columns = 80 } = output
  return { columns, colour: isTerminal && (NO_COLOR === undefined || NO_COLOR === '') }
}

class LiveScreen implements Screen {
  readonly #output: Output
  readonly #style: () => Style
  #drawn: readonly string[] = []

  constructor(output: Output, style: () => Style) {
    this.#output = output
    this.#style = style
  }

  show(seen: Snapshot): void {
    this.#draw([], statusLines(seen, this.#style()))
  }

  say(line: string): void {
    this.#draw([line], this.#drawn)
  }

  /** Draws the picture over the last one, below what is to stay. */
  #draw(above: readonly string[], picture: readonly string[]): void {
    const up = this.#drawn.length === 0 ? '' : `\x1b[${this.#drawn.length}A`
    const lines = [...above, ...picture].map((line) => `\x1b[2K${line}\n`)
    // One write for everything, so that it is never seen half drawn.
    this.#output.write(`${up}\r${lines.join('')}`)
    this.#drawn = picture
  }

  close(): void {
    this.#output.write('\n')
  }
}

const everyMs = 1000

class PlainScreen implements Screen {
  readonly #output: Output
  #nextMs = 0
  #phase: Snapshot['phase'] | undefined = undefined

  constructor(output: Output) {
    this.#output = output
  }

  show(seen: Snapshot): void {
    const isNews = seen.phase !== this.#phase
    if (!isNews && seen.elapsedMs < this.#nextMs) return
    this.#phase = seen.phase
    this.#nextMs = (Math.floor(seen.elapsedMs / everyMs) + 1) * everyMs
    this.say(statusLine(seen))
  }

  say(line: string): void {
    this.#output.write(`${line}\n`)
  }

  close(): void {
    // Every line is complete already.
  }
}
