/**
 * How far a set of runs is, said now and then.
 *
 * Invariant: at most one line in `everyMs`, however many runs there are.
 */
import type { SeedTally } from './seed-tally.ts'
import type { Shell } from './shell.ts'

const everyMs = 5000

/** Tells of runs that are done. */
export class Progress {
  readonly #shell: Shell
  readonly #total: number
  #done = 0
  #saidMs: number

  /** @param total how many runs there will be */
  constructor(shell: Shell, total: number) {
    this.#shell = shell
    this.#total = total
    this.#saidMs = shell.nowMs()
  }

  /** One more is done. */
  done(tally: SeedTally): void {
    this.#done += 1
    const nowMs = this.#shell.nowMs()
    if (nowMs - this.#saidMs < everyMs) return
    this.#saidMs = nowMs
    const failed = tally.failed.length + tally.lost.length
    this.#shell.say(
      `${this.#done} of ${this.#total} runs, ${tally.simulatedHours.toFixed(1)} simulated hours, ` +
        `${failed} failed`,
    )
  }
}
